"""Retries, fallbacks, failures and what they cost."""

from django.utils.translation import gettext_noop as _

from apps.rollups.metrics.definition import Direction, Found, Metric, Unit, divided
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals


def _retry_rate(sums: RequestSums) -> tuple[int, int]:
    return sums.retried, sums.counted


def _retry_cost(sums: RequestSums) -> tuple[int, int]:
    return sums.retried_later_nano, sums.retried_planned_nano


def _uplift(sums: RequestSums) -> tuple[int, int]:
    return sums.wasted_nano + sums.premium_nano, sums.token_nano + sums.regret_nano


def _failures(sums: RequestSums) -> tuple[int, int]:
    return sums.failed, sums.outcome_known


def _fallbacks(sums: RequestSums) -> tuple[int, int]:
    return sums.fallbacks, sums.fallback_known


def _of_split(totals: Totals) -> tuple[int, int]:
    sums = totals.requests
    return sums.split, sums.requests


RETRY_RATE = Metric(
    name="retry_rate",
    title=_("Requests that needed more than one attempt"),
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    numerator=_("requests with more than one attempt"),
    denominator=_("requests with at least one attempt, where their number is known"),
    coverage=_("requests whose number of attempts is known, of those that were dispatched"),
    why=_("Every further attempt is waited for, and often paid for."),
    caveat=_("Attempts that a client or a gateway behind makes unseen are not in it."),
    find=lambda totals: Found(
        divided(*_retry_rate(totals.requests)),
        totals.requests.counted,
        totals.requests.requests - totals.requests.undispatched,
    ),
    pair=_retry_rate,
    proportion=True,
)

RETRY_COST_MULTIPLE = Metric(
    name="retry_cost_multiple",
    title=_("What further attempts cost, as a multiple of the planned cost"),
    unit=Unit.RATIO,
    direction=Direction.LOWER,
    numerator=_("billed for the attempts after the first, of requests served after more than one"),
    denominator=_("what these requests would have cost on their planned model"),
    coverage=_("requests whose cost is split into parts, of all"),
    why=_("A retry on a dearer model costs more than the request it repeats."),
    caveat=_("Failed attempts without usage may have been billed: then it is at least this."),
    find=lambda totals: Found(divided(*_retry_cost(totals.requests)), *_of_split(totals)),
    pair=_retry_cost,
)

EFFECTIVE_COST_UPLIFT = Metric(
    name="effective_cost_uplift",
    title=_("What was billed on top of the cost of the answers themselves"),
    unit=Unit.RATIO,
    direction=Direction.LOWER,
    numerator=_("billed over all requests, less the base cost of served ones"),
    denominator=_("base cost of served requests"),
    coverage=_("requests whose cost is split into parts, of all"),
    why=_("A budget made from list prices is short by this much."),
    caveat=_("Failed attempts without usage may have been billed: then it is at least this."),
    find=lambda totals: Found(divided(*_uplift(totals.requests)), *_of_split(totals)),
    pair=_uplift,
)

FAILURE_RATE = Metric(
    name="failure_rate",
    title=_("Requests without an answer"),
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    numerator=_("failed requests"),
    denominator=_("requests with a known outcome"),
    coverage=_("requests with a known outcome, of all"),
    why=_("All that a failed request cost is overhead, and somebody still has no answer."),
    caveat=_("An answer that was of no use counts as an answer."),
    find=lambda totals: Found(
        divided(*_failures(totals.requests)), totals.requests.outcome_known, totals.requests.requests
    ),
    pair=_failures,
    proportion=True,
)

FALLBACK_RATE = Metric(
    name="fallback_rate",
    title=_("Answers from another model or provider than planned"),
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    numerator=_("requests served by another model or provider than their first attempt's"),
    denominator=_("requests served by an attempt, where all attempts are known"),
    coverage=_("requests whose attempts are all known, of those served by an attempt"),
    why=_("A fallback keeps the request alive, at a price or quality that nobody planned."),
    caveat=_("A fallback that is cheaper than planned is shown apart, as a saving."),
    find=lambda totals: Found(
        divided(*_fallbacks(totals.requests)), totals.requests.fallback_known, totals.requests.served_dispatched
    ),
    pair=_fallbacks,
    proportion=True,
)

ROUTING = (RETRY_RATE, RETRY_COST_MULTIPLE, EFFECTIVE_COST_UPLIFT, FAILURE_RATE, FALLBACK_RATE)
