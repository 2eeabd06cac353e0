"""Waiting that routing adds."""

from collections.abc import Callable
from fractions import Fraction

from django.utils.translation import gettext_noop as _

from apps.rollups.metrics.definition import Direction, Found, Metric, Unit, divided
from apps.rollups.totals import Totals

_HOUR_US = 3_600_000_000


def _retry_delay(totals: Totals) -> Found:
    sums = totals.requests
    return Found(
        divided(Fraction(sums.retry_delay_us, 1_000), sums.retry_delay_known), sums.retry_delay_known, sums.retried
    )


def _added_hours(totals: Totals) -> Found:
    sums = totals.requests
    measured = sums.waiting_delay_known + sums.waiting_overhead_known > 0
    added = Fraction(sums.waiting_delay_us + sums.waiting_overhead_us, _HOUR_US)
    covered = min(sums.waiting_delay_known, sums.waiting_overhead_known)
    return Found(float(added / totals.days) if measured else None, covered, sums.waiting)


def _overhead(share: float) -> Callable[[Totals], Found]:
    def find(totals: Totals) -> Found:
        dispatched = totals.requests.requests - totals.requests.undispatched
        basis = totals.overhead_basis
        found = totals.quantiles_ms(basis, share) if basis else None
        if basis is None or found is None:
            return Found(None, 0, dispatched)
        return Found(found[0], getattr(totals.requests, basis), dispatched, basis)

    return find


def _routing_overhead(name: str, share: float, title: str, numerator: str) -> Metric:
    return Metric(
        name=f"routing_overhead_ms_{name}",
        title=title,
        unit=Unit.MILLISECONDS,
        direction=Direction.LOWER,
        numerator=numerator,
        denominator=_("requests that told it on the commonest basis"),
        coverage=_("requests with an overhead on that basis, of those that were dispatched"),
        why=_("It is waited for in every request, also when nothing goes wrong."),
        caveat=_("Bases differ in what they include and are never mixed; within one per cent, from a sketch."),
        find=_overhead(share),
    )


RETRY_DELAY = Metric(
    name="retry_delay_ms",
    title=_("Delay until the serving attempt began"),
    unit=Unit.MILLISECONDS,
    direction=Direction.LOWER,
    numerator=_("sum of the time from the first dispatch to the start of the serving attempt"),
    denominator=_("requests with more than one attempt, whose starts are known"),
    coverage=_("requests whose starts are known, of those with more than one attempt"),
    why=_("A person waits for all attempts, not for the last one."),
    caveat=_("A mean: a few long time-outs weigh as much as many quick retries."),
    find=_retry_delay,
)

ADDED_LATENCY = Metric(
    name="added_latency_hours_per_day",
    title=_("Waiting that routing added, a day"),
    unit=Unit.HOURS_PER_DAY,
    direction=Direction.LOWER,
    numerator=_("sum of retry delay and routing overhead of user-facing requests"),
    denominator=_("days of the window"),
    coverage=_("requests with both parts measured, of the user-facing ones"),
    why=_("What is negligible in one request adds up over all the people who wait."),
    caveat=_("It grows with traffic; parts that were not measured are not in it."),
    find=_added_hours,
)

WAITING = (
    RETRY_DELAY,
    _routing_overhead(
        "p50",
        0.5,
        _("Routing overhead, median"),
        _("median of the time between receiving a request and dispatching it"),
    ),
    _routing_overhead(
        "p95",
        0.95,
        _("Routing overhead, 95th percentile"),
        _("95th percentile of the time between receiving a request and dispatching it"),
    ),
    _routing_overhead(
        "p99",
        0.99,
        _("Routing overhead, 99th percentile"),
        _("99th percentile of the time between receiving a request and dispatching it"),
    ),
    ADDED_LATENCY,
)
