"""What do failures cost? The retry overhead in its parts, by cause, over time, by route and by model, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.benchmarks.queries import Standing
from apps.dashboards.figures.plots import Plot
from apps.dashboards.frame import Frame
from apps.dashboards.pages import beside_peers, failures_tables
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.failures_answer import answer, at_least, basis, coverage, saving, unknown
from apps.dashboards.pages.failures_over_time import Period, is_weekly, period, periods_of, plot
from apps.dashboards.pages.failures_tables import Cause, Part, Place
from apps.dashboards.pages.happened import Happenings
from apps.dashboards.pages.span import Chooser
from apps.dashboards.queries.failures import Failures, in_vain, overhead
from apps.dashboards.queries.requests import FALLBACK, RETRIED
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count

METRICS: Mapping[str, dict[str, str]] = {
    "retry_rate": {"again": RETRIED},
    "retry_cost_multiple": {"again": RETRIED, "outcome": "served"},
    "effective_cost_uplift": {},
    "failure_rate": {"outcome": "failed"},
    "fallback_rate": {"again": FALLBACK},
}
"""With what the requests behind each are asked for."""


@dataclass(frozen=True)
class FailuresPage:
    frame: Frame
    name: str
    chooser: Chooser
    answer: tuple[Words, ...]
    basis: str
    metrics: tuple[beside_peers.Row, ...]
    peers_basis: str
    parts: tuple[Part, ...]
    total: str
    unknown: tuple[Words, ...]
    saving: str
    causes: tuple[Cause, ...]
    causes_total: str
    causes_cost: str
    plot: Plot | None
    period: str
    periods: tuple[Period, ...]
    happened: Happenings
    routes: tuple[Place, ...]
    planned: tuple[Place, ...]
    asked: tuple[Place, ...]
    coverage: str
    csv: str
    settings: str


def build(
    found: Failures,
    standings: Mapping[str, Standing],
    *,
    frame: Frame,
    name: str,
    chooser: Chooser,
    behind: Behind,
    happened: Happenings,
    csv: str,
    settings: str,
) -> FailuresPage:
    """`csv` is the address of the tables as text."""
    spent = overhead(found.sums)
    periods = periods_of(found)
    return FailuresPage(
        frame=frame,
        name=name,
        chooser=chooser,
        answer=answer(found, spent),
        basis=basis(found),
        metrics=tuple(
            beside_peers.row(found.window.metrics[one], standings.get(one), url=behind.at(**filters) if filters else "")
            for one, filters in METRICS.items()
        ),
        peers_basis=beside_peers.basis(standings.get("retry_rate")),
        parts=failures_tables.parts(spent, found.sums, behind) if spent else (),
        total=at_least(spent.nano, found.sums) if spent else "",
        unknown=unknown(found.sums, spent),
        saving=saving(found.sums, spent),
        causes=failures_tables.causes(found.causes, behind),
        causes_cost=money.dollars(sum(sums.wasted_nano for sums in found.causes.values())),
        causes_total=count(sum(in_vain(cause, sums) for cause, sums in found.causes.items())),
        plot=plot(found, periods, happened.events) if spent and spent.nano else None,
        period=_("Week from") if is_weekly(found) else _("Day"),
        periods=tuple(period(first, sums, found, behind) for first, sums in periods),
        happened=happened,
        routes=failures_tables.routes(found, behind),
        planned=failures_tables.planned(found, behind),
        asked=failures_tables.asked(found.asked, behind),
        coverage=coverage(found),
        csv=csv,
        settings=settings,
    )
