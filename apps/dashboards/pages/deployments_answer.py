"""The sentence that opens the list of deployments, computed from what stands in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.dashboards.pages.comparison import Words
from apps.dashboards.queries.list import Listed
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import listed, share

SILENT_AFTER = timedelta(hours=24)
MOST_NAMES = 4


def answer(
    found: Sequence[Listed], *, organization: str, days: int, zone: ZoneInfo, now: datetime
) -> tuple[Words, ...]:
    """What was billed and what it bought; who loses most to retries; who is silent."""
    if not found:
        return (Words(f"{organization} has no deployment yet. Add one to see what its model routing costs."),)
    if not any(one.last_seen for one in found):
        waits = "is" if len(found) == 1 else "are"
        return (Words(f"{listed([one.name for one in found[:MOST_NAMES]])} {waits} waiting for the first trace."),)
    return (*_spent(found, organization, days), *_worst(found), *_silent(found, zone, now))


def is_silent(last_seen: datetime | None, *, now: datetime) -> bool:
    return last_seen is not None and now - last_seen >= SILENT_AFTER


def _spent(found: Sequence[Listed], organization: str, days: int) -> tuple[Words, ...]:
    sums = [one.window.totals.requests for one in found if one.window]
    billed = sum(one.billed_nano for one in sums)
    token = sum(one.token_nano for one in sums)
    lost = sum(one.wasted_nano + one.premium_nano + one.regret_nano for one in sums)
    if not billed:
        return (Words(f"Nothing that has a price was billed to {organization} in {days} days. "),)
    opening = f"{organization} was billed {money.whole_dollars(billed)} in {days} days"
    if not token + lost:
        return (Words(f"{opening}. What retries took of it is not measurable with what is reported. "),)
    cents = f"{100 * token / (token + lost):.0f} cents"
    return (Words(f"{opening}, and at most "), Words(cents, "you"), Words(" of each dollar bought answers. "))


def _worst(found: Sequence[Listed]) -> tuple[Words, ...]:
    """The deployment that loses the largest share to retries, when it is not the only one that loses any."""
    shares = {_named(one): value for one in found if (value := _retry_share(one))}
    if len(shares) < 2:
        return ()
    worst = max(shares, key=lambda name: shares[name])
    return (Words(worst, "worse name"), Words(f" loses the largest share to retries, {share(shares[worst])}. "))


def _silent(found: Sequence[Listed], zone: ZoneInfo, now: datetime) -> tuple[Words, ...]:
    silent = {one.name: one.last_seen for one in found if one.last_seen and is_silent(one.last_seen, now=now)}
    if not silent:
        return ()
    if len(silent) == 1:
        name, since = next(iter(silent.items()))
        return (Words(name, "worse name"), Words(f" has been silent since {times.moment(since, zone)}."))
    return (Words(listed(list(silent)[:MOST_NAMES]), "worse"), Words(" have gone silent."))


def _named(one: Listed) -> str:
    return f"{one.name} in {one.environment}" if one.apart and one.environment else one.name


def _retry_share(one: Listed) -> float | None:
    """Of what was billed to requests whose cost is split."""
    if one.window is None:
        return None
    sums = one.window.totals.requests
    retry = sums.wasted_nano + sums.premium_nano
    split = sums.token_nano + sums.regret_nano + retry
    return retry / split if split else None
