"""The sentence that opens the list of deployments, computed from what stands in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.queries.list import Listed
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import cents_of_a_dollar, listed, share

SILENT_AFTER = timedelta(hours=24)
MOST_NAMES = 4


def answer(
    found: Sequence[Listed], *, organization: str, days: int, zone: ZoneInfo, now: datetime
) -> tuple[Words, ...]:
    """What was billed and what it bought; who loses most to retries; who is silent."""
    if not found:
        none = _("{organization} has no deployment yet. Add one to see what its model routing costs.")
        return (Words(none.format(organization=organization)),)
    if not any(one.last_seen for one in found):
        waits = ngettext(
            "{names} is waiting for the first trace.", "{names} are waiting for the first trace.", len(found)
        )
        return (Words(waits.format(names=listed([one.name for one in found[:MOST_NAMES]]))),)
    return (*_spent(found, organization, days), *_worst(found), *_silent(found, zone, now))


def is_silent(last_seen: datetime | None, *, now: datetime) -> bool:
    return last_seen is not None and now - last_seen >= SILENT_AFTER


def _spent(found: Sequence[Listed], organization: str, days: int) -> tuple[Words, ...]:
    sums = [one.window.totals.requests for one in found if one.window]
    billed = sum(one.billed_nano for one in sums)
    token = sum(one.token_nano for one in sums)
    lost = sum(one.wasted_nano + one.premium_nano + one.regret_nano for one in sums)
    if not billed:
        nothing = _("Nothing that has a price was billed to {organization} in {days} days.")
        return (Words(nothing.format(organization=organization, days=days) + " "),)
    said = (
        _("{organization} was billed {dollars} in {days} days, and at most {cents} of each dollar bought answers.")
        if token + lost
        else _(
            "{organization} was billed {dollars} in {days} days. "
            "What retries took of it is not measurable with what is reported."
        )
    )
    cents = cents_of_a_dollar(token / (token + lost)) if token + lost else ""
    return emphasised(
        said + " ",
        organization=organization,
        dollars=money.whole_dollars(billed),
        days=str(days),
        cents=Words(cents, "you"),
    )


def _worst(found: Sequence[Listed]) -> tuple[Words, ...]:
    """The deployment that loses the largest share to retries, when it is not the only one that loses any."""
    shares = {_named(one): value for one in found if (value := _retry_share(one))}
    if len(shares) < 2:
        return ()
    worst = max(shares, key=lambda name: shares[name])
    said = _("{name} loses the largest share to retries, {part}.") + " "
    return emphasised(said, name=Words(worst, "worse name"), part=share(shares[worst]))


def _silent(found: Sequence[Listed], zone: ZoneInfo, now: datetime) -> tuple[Words, ...]:
    silent = {one.name: one.last_seen for one in found if one.last_seen and is_silent(one.last_seen, now=now)}
    if not silent:
        return ()
    if len(silent) == 1:
        name, since = next(iter(silent.items()))
        said = _("{name} has been silent since {moment}.")
        return emphasised(said, name=Words(name, "worse name"), moment=times.moment(since, zone))
    return emphasised(_("{names} have gone silent."), names=Words(listed(list(silent)[:MOST_NAMES]), "worse"))


def _named(one: Listed) -> str:
    if not one.apart or not one.environment:
        return one.name
    return _("{name} in {environment}").format(name=one.name, environment=one.environment)


def _retry_share(one: Listed) -> float | None:
    """Of what was billed to requests whose cost is split."""
    if one.window is None:
        return None
    sums = one.window.totals.requests
    retry = sums.wasted_nano + sums.premium_nano
    split = sums.token_nano + sums.regret_nano + retry
    return retry / split if split else None
