"""How are your deployments doing? One row each, and the sentence above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.benchmarks.queries import Standing
from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.figures.spark import Spark, spark
from apps.dashboards.figures.strip import Strip
from apps.dashboards.frame import Frame
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.comparison import Words
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, listed, share

SILENT_AFTER = timedelta(hours=24)
LOCAL_EFFICIENCY = "Routing efficiency"


@dataclass(frozen=True)
class Facts:
    """What is known of one deployment in the window, before it is put into words. Money in nano-USD."""

    name: str
    url: str
    connect: str
    user_facing: bool
    created_at: datetime
    last_seen: datetime | None
    requests: int
    active_days: int
    billed_nano: int | None
    parts: Mapping[str, int | None]
    """Total of the window by part, by the tenant's own settings; None = not measured."""
    efficiency: float | None
    """In the scope of the list, under the published assumptions."""
    why_no_efficiency: str
    daily: Sequence[float | None]
    """Nano-USD per 1,000 requests, a day each, oldest first."""
    not_measured: Sequence[str]
    """What is missing, in words."""
    standing: Standing | None


@dataclass(frozen=True)
class Row:
    """One deployment in words; `waiting` rows have nothing but a name, `silent` ones have stopped."""

    name: str
    url: str
    connect: str
    about: str
    waiting: bool
    silent: bool
    per_thousand: str
    efficiency: str
    bar: Bar | None
    strip: Strip | None
    verdict: str
    over: bool
    reason: str
    spark: Spark | None
    last_seen: str
    measured: str
    lacking: str


@dataclass(frozen=True)
class DeploymentsPage:
    frame: Frame
    answer: tuple[Words, ...]
    basis: str
    scope: str
    scope_means: str
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...]
    strips: bool
    add: str
    """Where to add one; empty for those who may not."""


def build(
    found: Sequence[Facts],
    *,
    frame: Frame,
    organization: str,
    scope: str,
    add: str,
    days: int,
    zone: ZoneInfo,
    now: datetime,
) -> DeploymentsPage:
    """`scope` is the one in which every row's efficiency is told: scopes are not mixed in one list."""
    rows = tuple(_row(one, beside=_beside(one, found), zone=zone, now=now) for one in found)
    return DeploymentsPage(
        frame=frame,
        answer=answer(found, organization=organization, days=days, zone=zone, now=now),
        basis=_basis(found, frame.window),
        scope=scope,
        scope_means=comparison.SCOPES[scope],
        rows=rows,
        legend=tuple((kind, NAMES[kind]) for kind in NAMES if any(_has(row.bar, kind) for row in rows)),
        strips=any(row.strip for row in rows),
        add=add,
    )


def answer(found: Sequence[Facts], *, organization: str, days: int, zone: ZoneInfo, now: datetime) -> tuple[Words, ...]:
    """What was spent and what it bought; who loses most to retries; who is silent."""
    if not found:
        return (Words(f"{organization} has no deployment yet. "), Words("Add one to see what its model routing costs."))
    if not any(one.last_seen for one in found):
        waits = "is" if len(found) == 1 else "are"
        return (Words(f"{listed([one.name for one in found[:4]])} {waits} waiting for the first trace."),)
    return (*_spent(found, organization, days), *_worst(found), *_silent(found, zone, now))


def _spent(found: Sequence[Facts], organization: str, days: int) -> tuple[Words, ...]:
    billed = sum(one.billed_nano or 0 for one in found)
    split = [one for one in found if one.parts.get("token") is not None and one.parts.get("retry") is not None]
    token = sum(one.parts["token"] or 0 for one in split)
    retry = sum(one.parts["retry"] or 0 for one in split)
    if not any(one.billed_nano for one in found):
        return (Words(f"Nothing was billed to {organization} in {days} days that has a price. "),)
    opening = Words(f"{organization} was billed {money.whole_dollars(billed)} in {days} days")
    if not token + retry:
        return (opening, Words(". What retries took of it is not measurable with what is reported. "))
    cents = f"{100 * token / (token + retry):.0f} cents"
    return (opening, Words(", and at most "), Words(cents, "you"), Words(" of each dollar bought answers. "))


def _worst(found: Sequence[Facts]) -> tuple[Words, ...]:
    """The deployment that loses the largest share to retries, when it is not the only one."""
    shares = {one.name: _retry_share(one) for one in found}
    known = {name: value for name, value in shares.items() if value}
    if len(known) < 2:
        return ()
    worst = max(known, key=lambda name: known[name] or 0)
    return (Words(worst, "worse name"), Words(f" loses the largest share to retries, {share(known[worst])}. "))


def _silent(found: Sequence[Facts], zone: ZoneInfo, now: datetime) -> tuple[Words, ...]:
    silent = [one for one in found if is_silent(one.last_seen, now=now)]
    if not silent:
        return ()
    if len(silent) == 1 and silent[0].last_seen is not None:
        since = times.moment(silent[0].last_seen, zone)
        return (Words(silent[0].name, "worse name"), Words(f" has been silent since {since}."))
    return (Words(listed([one.name for one in silent[:4]]), "worse"), Words(" have gone silent."))


def is_silent(last_seen: datetime | None, *, now: datetime) -> bool:
    return last_seen is not None and now - last_seen >= SILENT_AFTER


def _retry_share(one: Facts) -> float | None:
    token, retry = one.parts.get("token"), one.parts.get("retry")
    return retry / (token + retry) if token is not None and retry is not None and token + retry else None


def _beside(one: Facts, found: Sequence[Facts]) -> list[float]:
    """Own values compared with the same table: their strips share an axis."""
    if one.standing is None:
        return []
    alike = [two.standing for two in found if two.standing and two.standing.snapshot == one.standing.snapshot]
    return [standing.own for standing in alike if standing.own is not None]


def _row(one: Facts, *, beside: Sequence[float], zone: ZoneInfo, now: datetime) -> Row:
    silent = is_silent(one.last_seen, now=now)
    per_thousand = _per_thousand(one)
    strip = comparison.strip_of(one.standing, share, beside=beside) if one.standing else None
    verdict = one.standing.verdict if one.standing else None
    known = [kind for kind in NAMES if one.parts.get(kind) is not None]
    return Row(
        name=one.name,
        url=one.url,
        connect=one.connect,
        about=_about(one, zone),
        waiting=one.last_seen is None,
        silent=silent,
        per_thousand=money.dollars(per_thousand) if per_thousand is not None else "",
        efficiency=share(one.efficiency) if one.efficiency is not None else "",
        bar=bar(one.parts, owner=one.name) if known and sum(one.parts[kind] or 0 for kind in known) else None,
        strip=strip,
        verdict=comparison.said(verdict) if strip else "",
        over=comparison.is_over(verdict),
        reason="" if strip else _reason(one),
        spark=spark(one.daily, what="Cost per 1,000 requests", words=lambda nano: money.dollars(round(nano))),
        last_seen=_last_seen(one, silent=silent, zone=zone, now=now),
        measured=_measured(one, known),
        lacking=_lacking(one),
    )


def _per_thousand(one: Facts) -> int | None:
    known = [amount for amount in one.parts.values() if amount is not None]
    return money.per_thousand(sum(known), one.requests) if known else None


def _about(one: Facts, zone: ZoneInfo) -> str:
    workload = "user-facing" if one.user_facing else "background"
    if one.last_seen is None:
        return f"{workload} · made {times.short_day(one.created_at.astimezone(zone).date())}"
    a_day = round(one.requests / one.active_days) if one.active_days else 0
    return f"{workload} · {count(a_day)} a day" if a_day else workload


def _reason(one: Facts) -> str:
    if one.standing is None:
        return ""
    return missing.reason(one.standing)


def _last_seen(one: Facts, *, silent: bool, zone: ZoneInfo, now: datetime) -> str:
    if one.last_seen is None:
        return "never"
    return times.moment(one.last_seen, zone) if silent else times.ago(one.last_seen, now=now)


def _measured(one: Facts, known: Sequence[str]) -> str:
    if one.last_seen is None:
        return "nothing yet"
    numbers = ("none", "one", "two", "three", "four", "all")
    return f"{numbers[len(known)]} of five parts" if len(known) < len(NAMES) else "all five parts"


def _lacking(one: Facts) -> str:
    return listed(list(one.not_measured[:2])) if one.not_measured else ""


def _has(figure: Bar | None, kind: str) -> bool:
    return figure is not None and any(segment.kind == kind for segment in figure.segments)


def _basis(found: Sequence[Facts], window: str) -> str:
    compared = next((one.standing for one in found if one.standing and one.standing.week), None)
    words = f"{window}. Own declarations in the dollars; efficiency and places under the published assumptions."
    return f"{words} {comparison.frozen(compared)}." if compared else words
