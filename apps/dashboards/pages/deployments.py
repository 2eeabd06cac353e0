"""How are your deployments doing? One row each, and the sentence above them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.benchmarks.queries import Standing
from apps.costing.efficiency import BILLING, SCOPES, Efficiency
from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.figures.spark import Spark, spark
from apps.dashboards.figures.strip import Strip
from apps.dashboards.frame import Frame
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.deployments_answer import answer, is_silent
from apps.dashboards.pages.parts import per_thousand, sum_of, why_absent
from apps.dashboards.queries.list import Listed
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, listed, share
from apps.rollups.parts import TOKEN
from apps.rollups.window import DeploymentWindow

_NUMBERS = ("none", "one", "two", "three", "four", "five")
_SHORT = {"latency": "value of waiting", "selection": "quality evidence", "maintenance": "maintenance"}


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
    tails: bool
    """Whether strips are shown, and any of them with its tails."""
    add: str
    """Where to add one; empty for those who may not."""


def build(
    found: Sequence[Listed],
    *,
    frame: Frame,
    organization: str,
    add: str,
    page_of: Callable[[str], str],
    connect_of: Callable[[str], str],
    days: int,
    zone: ZoneInfo,
    now: datetime,
) -> DeploymentsPage:
    """`page_of` and `connect_of` give the addresses of a deployment's pages."""
    scope = scope_of(found)
    rows = tuple(
        _row(one, scope, found, page=page_of(one.slug), connect=connect_of(one.slug), zone=zone, now=now)
        for one in found
    )
    return DeploymentsPage(
        frame=frame,
        answer=answer(found, organization=organization, days=days, zone=zone, now=now),
        basis=_basis(found, scope, frame.window),
        scope=scope,
        scope_means=comparison.SCOPES[scope],
        rows=rows,
        legend=tuple((kind, NAMES[kind]) for kind in NAMES if any(_has(row.bar, kind) for row in rows)),
        strips=any(row.strip for row in rows),
        tails=any(row.strip and row.strip.wide for row in rows),
        add=add,
    )


def scope_of(found: Sequence[Listed]) -> str:
    """The widest scope that every deployment with an efficiency has: scopes are not mixed in one list."""
    headlines = [one.window.headline for one in found if one.window]
    scopes = [headline.scope for headline in headlines if headline]
    return min(scopes, key=SCOPES.index, default=BILLING)


def efficiency_of(one: Listed, scope: str) -> Efficiency | None:
    return next((each for each in one.window.efficiencies if each.scope == scope), None) if one.window else None


def _row(
    one: Listed, scope: str, found: Sequence[Listed], *, page: str, connect: str, zone: ZoneInfo, now: datetime
) -> Row:
    silent = is_silent(one.last_seen, now=now)
    amounts = per_thousand(one.window) if one.window else {}
    total = sum_of(amounts) if amounts.get(TOKEN) is not None else None
    efficiency = efficiency_of(one, scope)
    standing = _standing(one, scope)
    strip = comparison.strip_of(standing, share, beside=_beside(standing, found, scope)) if standing else None
    return Row(
        name=one.name,
        url=page if one.last_seen else connect,
        connect=connect,
        about=_about(one, zone),
        waiting=one.last_seen is None,
        silent=silent,
        per_thousand=money.dollars(total) if total is not None else "",
        efficiency=share(efficiency.value) if efficiency and efficiency.value is not None else "",
        bar=bar(amounts, owner=one.name) if total else None,
        strip=strip,
        verdict=comparison.said(standing.verdict) if standing and strip else "",
        over=comparison.is_over(standing.verdict if standing else None),
        reason=missing.short(standing) if standing and not strip else "",
        spark=_spark(one.window) if one.window else None,
        last_seen=_last_seen(one, silent=silent, zone=zone, now=now),
        measured=_measured(one, amounts),
        lacking=_lacking(one),
    )


def _standing(one: Listed, scope: str) -> Standing | None:
    return one.standings.get(f"efficiency_{scope}")


def _beside(standing: Standing, found: Sequence[Listed], scope: str) -> list[float]:
    """Own values compared with the same table: their strips share an axis."""
    others = [_standing(one, scope) for one in found]
    return [other.own for other in others if other and other.own is not None and other.snapshot == standing.snapshot]


def _spark(window: DeploymentWindow) -> Spark | None:
    """Billed for 1,000 priced requests, day by day."""
    days = [window.totals.start + timedelta(days=n) for n in range(window.totals.days)]
    sums = [window.days.get(day) for day in days]
    values = [1000 * one.billed_nano / one.priced if one and one.priced else None for one in sums]
    return spark(values, what="Billed for 1,000 requests", words=lambda nano: money.dollars(round(nano)))


def _about(one: Listed, zone: ZoneInfo) -> str:
    workload = "user-facing" if one.user_facing else "background"
    if one.window is None:
        return f"{workload} · made {times.short_day(one.created_at.astimezone(zone).date())}"
    totals = one.window.totals
    a_day = round(totals.requests.requests / totals.active_days) if totals.active_days else 0
    return f"{workload} · {count(a_day)} a day" if a_day else workload


def _last_seen(one: Listed, *, silent: bool, zone: ZoneInfo, now: datetime) -> str:
    if one.last_seen is None:
        return "never"
    return times.moment(one.last_seen, zone) if silent else times.ago(one.last_seen, now=now)


def _measured(one: Listed, amounts: Mapping[str, int | None]) -> str:
    if one.last_seen is None:
        return "nothing yet"
    known = sum(amount is not None for amount in amounts.values())
    return "all five parts" if known == len(NAMES) else f"{_NUMBERS[known]} of five parts"


def _lacking(one: Listed) -> str:
    """What is missing, shortest; the pages of the deployment say what to do about it."""
    if one.window is None:
        return ""
    lacks = why_absent(one.window)
    if "token" in lacks:
        return "not measurable yet"
    short = [_SHORT[kind] for kind in lacks if kind in _SHORT and not (kind == "latency" and not one.user_facing)]
    return f"no {listed(short)}" if short else ""


def _has(figure: Bar | None, kind: str) -> bool:
    return figure is not None and any(segment.kind == kind for segment in figure.segments)


def _basis(found: Sequence[Listed], scope: str, window: str) -> str:
    compared = next((each for one in found if (each := _standing(one, scope)) and each.week), None)
    words = f"{window}. Dollars by your own settings; efficiency and places under the published assumptions."
    if compared is None:
        return words
    who = f", {comparison.cohort(compared)}" if compared.stratum is not None else ""
    return f"{words} {comparison.frozen(compared)}{who}."
