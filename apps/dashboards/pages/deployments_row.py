"""One deployment of the list, in words and small figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.queries import Standing
from apps.costing.efficiency import BILLING, LATENCY, SELECTION, efficiency
from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.figures.spark import Spark, spark
from apps.dashboards.figures.strip import Strip
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.deployments_answer import is_silent
from apps.dashboards.pages.deployments_order import efficiency_of, total_of
from apps.dashboards.pages.parts import absent_of, per_thousand
from apps.dashboards.pages.unmeasured import short
from apps.dashboards.queries.list import Listed, Trend, Trends
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, listed, share
from apps.dashboards.wording.translate import Names
from apps.rollups.queries import PRODUCTION

_MEASURED = (
    gettext_noop("none of five parts"),
    gettext_noop("one of five parts"),
    gettext_noop("two of five parts"),
    gettext_noop("three of five parts"),
    gettext_noop("four of five parts"),
    gettext_noop("all five parts"),
)
_TRENDS = Names(
    {
        BILLING: gettext_noop("Efficiency, billing scope,"),
        LATENCY: gettext_noop("Efficiency, latency scope,"),
        SELECTION: gettext_noop("Efficiency, selection scope,"),
    }
)


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
    seen_at: str
    """The moment for programs, and below as it is on the reader's clock; empty where only the day is known."""
    seen: str
    measured: str
    lacking: str


@dataclass(frozen=True)
class Reading:
    """What a row needs to know of the reader and of the rows around it."""

    scope: str
    found: Sequence[Listed]
    trends: Trends
    zone: ZoneInfo
    now: datetime


def row(one: Listed, at: Reading, *, page: str, connect: str) -> Row:
    """`page` and `connect` are addresses of the deployment's pages."""
    silent = is_silent(one.last_seen, now=at.now)
    amounts = per_thousand(one.window) if one.window else {}
    total, efficiency = total_of(one), efficiency_of(one, at.scope)
    standing = standing_of(one, at.scope)
    strip = comparison.strip_of(standing, share, beside=_beside(standing, at)) if standing else None
    return Row(
        name=one.name,
        url=page if one.last_seen else connect,
        connect=connect,
        about=_about(one, at.zone),
        waiting=one.last_seen is None,
        silent=silent,
        per_thousand=money.dollars(total) if total is not None else "",
        efficiency=share(efficiency.value) if efficiency and efficiency.value is not None else "",
        bar=bar(amounts, owner=one.name) if total else None,
        strip=strip,
        verdict=comparison.said(standing.verdict) if standing and strip else "",
        over=comparison.is_over(standing.verdict if standing else None),
        reason=_reason(one, standing, strip),
        spark=_trend(at.trends.get(one.place, ()), at.scope),
        measured=_measured(one, amounts),
        lacking=_lacking(one),
        **_seen(one, at, silent=silent),
    )


def standing_of(one: Listed, scope: str) -> Standing | None:
    return one.standings.get(f"efficiency_{scope}")


def _reason(one: Listed, standing: Standing | None, strip: Strip | None) -> str:
    """Why there is no strip."""
    if one.window is not None and one.environment != PRODUCTION:
        return _("only production is compared")
    return missing.short(standing) if standing and not strip else ""


def _beside(standing: Standing, at: Reading) -> list[float]:
    """Own values compared with the same table: their strips share an axis."""
    others = [standing_of(one, at.scope) for one in at.found]
    return [other.own for other in others if other and other.own is not None and other.snapshot == standing.snapshot]


def _trend(weeks: Trend, scope: str) -> Spark | None:
    """The efficiency in the scope of the list, week by week; a week that does not pass the gates of it is a gap."""
    values = [efficiency(scope, week).value if week else None for week in weeks]
    return spark(values, what=_TRENDS[scope], words=share, unit="week")


def _about(one: Listed, zone: ZoneInfo) -> str:
    workload = _("user-facing") if one.user_facing else _("background")
    if one.last_seen is None:
        made = _("made {day}").format(day=times.short_day(one.created_at.astimezone(zone).date()))
        return f"{workload} · {made}"
    if one.window is None or not one.window.totals.active_days:
        return workload
    totals = one.window.totals
    a_day = round(totals.requests.requests / totals.active_days)
    number = _("{number} a day").format(number=count(a_day))
    return f"{workload} · {number}" if a_day else workload


def _seen(one: Listed, at: Reading, *, silent: bool) -> Mapping[str, str]:
    """Of an environment apart, the last day with a request of it: moments are known of the whole deployment."""
    if one.last_seen is None:
        return {"last_seen": _("never"), "seen_at": "", "seen": ""}
    if one.apart:
        last = one.window.last_day if one.window else None
        return {"last_seen": times.short_day(last) if last else _("not in these days"), "seen_at": "", "seen": ""}
    if one.last_seen.astimezone(UTC).time() == time():
        day = times.day(one.last_seen.astimezone(UTC).date())
        return {"last_seen": day, "seen_at": "", "seen": ""}
    words = times.moment(one.last_seen, at.zone) if silent else times.ago(one.last_seen, now=at.now)
    return {
        "last_seen": words,
        "seen_at": one.last_seen.astimezone(UTC).isoformat(timespec="seconds"),
        "seen": times.stamp(one.last_seen, at.zone),
    }


def _measured(one: Listed, amounts: Mapping[str, int | None]) -> str:
    if one.last_seen is None:
        return _("nothing yet")
    if one.window is None or not one.window.totals.requests.requests:
        return _("no request in these days")
    return _(_MEASURED[sum(amount is not None for amount in amounts.values())])


def _lacking(one: Listed) -> str:
    """What is missing, shortest; below the list stands what would measure it."""
    if one.window is None or not one.window.totals.requests.requests:
        return ""
    lacks = absent_of(one.window)
    if "token" in lacks:
        return _("not measurable yet")
    words = short(lacks, user_facing=one.user_facing)
    return _("no {parts}").format(parts=listed(words)) if words else ""
