"""Whether the planned models were the right ones, where there is evidence of quality."""

from django.utils.translation import gettext_noop as _

from apps.rollups.metrics.definition import Direction, Found, Metric, Unit, divided
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals

COVERAGE = _("requests whose task has evidence of their planned model and another, of those served by an attempt")
_EVIDENCE = _(
    "Evidence of a task is of the days before, and says nothing of single requests: what a model was not tried on, "
    "nobody knows."
)


def _optimal(sums: RequestSums) -> tuple[int, int]:
    return sums.optimal, sums.evaluable


def _cost(sums: RequestSums) -> tuple[int, int]:
    return sums.optimal_nano, sums.optimum_planned_nano


def _excess(sums: RequestSums) -> tuple[int, int]:
    return sums.regret_nano, sums.evaluable_base_nano - sums.regret_nano


def _under(sums: RequestSums) -> tuple[int, int]:
    return sums.under_quality, sums.evaluable


def _of(totals: Totals) -> tuple[int, int]:
    return totals.requests.evaluable, totals.requests.served_dispatched


SELECTION = (
    Metric(
        name="optimal_selection_rate",
        title=_("Requests planned on the cheapest model that is good enough"),
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        numerator=_(
            "evaluable requests whose planned model is eligible, at no more than 1.05 times the least eligible price"
        ),
        denominator=_("evaluable requests"),
        coverage=COVERAGE,
        why=_("Rules are right on the day they are written; prices and models move on."),
        caveat=_(
            "Evidence of a task is of the days before, and says nothing of single requests: what a model was not tried on, "
            "nobody knows. The rate of requests under quality belongs beside it."
        ),
        find=lambda totals: Found(divided(*_optimal(totals.requests)), *_of(totals)),
        pair=_optimal,
        proportion=True,
    ),
    Metric(
        name="optimal_cost_ratio",
        title=_("What the best choices would have cost, of what the planned ones do"),
        unit=Unit.RATIO,
        direction=Direction.HIGHER,
        numerator=_("cost of evaluable requests on their cheapest eligible model"),
        denominator=_("cost of these requests on their planned model"),
        coverage=COVERAGE,
        why=_("The rate counts requests, this weighs them by what they cost."),
        caveat=_(
            "Evidence of a task is of the days before, and says nothing of single requests: what a model was not tried on, "
            "nobody knows. Above 1 where cheap models were planned that are not good enough."
        ),
        find=lambda totals: Found(divided(*_cost(totals.requests)), *_of(totals)),
        pair=_cost,
    ),
    Metric(
        name="excess_spend",
        title=_("What choosing dearer models than needed adds to the cost of answers"),
        unit=Unit.RATIO,
        direction=Direction.LOWER,
        numerator=_("selection inefficiency of evaluable requests"),
        denominator=_("their base cost without it"),
        coverage=COVERAGE,
        why=_("It is what better rules would save, without a worse answer."),
        caveat=_EVIDENCE,
        find=lambda totals: Found(divided(*_excess(totals.requests)), *_of(totals)),
        pair=_excess,
    ),
    Metric(
        name="under_quality_rate",
        title=_("Requests planned on a model that is not good enough for their task"),
        unit=Unit.SHARE,
        direction=Direction.LOWER,
        numerator=_("evaluable requests whose planned model is not eligible"),
        denominator=_("evaluable requests"),
        coverage=COVERAGE,
        why=_("A cheap model that fails its task saves nothing, and no dollar figure shows it."),
        caveat=_(
            "Evidence of a task is of the days before, and says nothing of single requests: what a model was not tried on, "
            "nobody knows. Good enough is the threshold of the task, or 95 % of the quality of the best candidate."
        ),
        find=lambda totals: Found(divided(*_under(totals.requests)), *_of(totals)),
        pair=_under,
        proportion=True,
    ),
)
