"""Whether the planned models were the right ones, where there is evidence of quality."""

from fractions import Fraction

from django.utils.translation import gettext_noop as _

from apps.rollups.metrics.definition import Direction, Found, Metric, Unit, divided
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals

FEWEST_SCORES = 30
"""With fewer scored requests nothing is said of what quality costs at a task."""
MICRO, NANO, PER = 1_000_000, 10**9, 1_000
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


def _gap(totals: Totals) -> Found:
    single = totals.single
    if single is None:
        return Found(None, 0, 0)
    return Found(None if single.gap is None else float(single.gap), single.covered, single.served, single.model or "")


def _per_quality(totals: Totals) -> Found:
    """Each task by its requests, whatever part of them was scored: which ones somebody scores moves nothing."""
    known = [one for one in (totals.tasks or {}).values() if one.scored >= FEWEST_SCORES and one.quality_micro]
    weight = sum(one.requests for one in known)
    nano = sum(
        (Fraction(one.scored_billed_nano * MICRO, one.quality_micro) * one.requests for one in known), Fraction()
    )
    of = 0 if totals.tasks is None else totals.requests.requests
    value = float(nano / weight * PER / NANO) if weight else None
    return Found(value, sum(one.scored for one in known), of)


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
    Metric(
        name="best_single_gap",
        title=_("What one model for everything would have cost more than the planned ones"),
        unit=Unit.RATIO,
        direction=Direction.HIGHER,
        numerator=_("cost of the cheapest single model that is good enough for every task seen, on the same usage"),
        denominator=_("cost of the planned models, less 1"),
        coverage=_("requests planned on a model with evidence and a price, of those of tasks with evidence"),
        why=_(
            "Rules that beat no single model are not worth their upkeep; below 0, one model would have been cheaper."
        ),
        caveat=_(
            "Evidence of a task is of the days before, and says nothing of single requests: what a model was not tried on, "
            "nobody knows. Of each task the mean usage of its requests, and prices of the last day; a model that is not in use "
            "has its input taken as uncached. Null where no model is good enough everywhere."
        ),
        find=_gap,
    ),
    Metric(
        name="cost_per_quality",
        title=_("What a thousand answers of quality 1 cost, task by task"),
        unit=Unit.DOLLARS_PER_1000,
        direction=Direction.LOWER,
        numerator=_("billed for scored requests of a task, over all tasks of the taxonomy by their requests"),
        denominator=_("the sum of their scores"),
        coverage=_("scored requests of tasks with at least 30 of them, of all requests"),
        why=_("A cheap model that is often wrong may be the dearest for an answer of use."),
        caveat=_(
            "An association, no cause: who scores, and what. It says nothing without the quality that was reached, which "
            "stands beside it on Who serves you best?"
        ),
        find=_per_quality,
    ),
)
