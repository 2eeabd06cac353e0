"""The tables of a page as rows of one CSV file: exact dollars, plain numbers, and nothing where nothing is known."""

from collections.abc import Iterator, Mapping, Sequence

from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.pages.files import as_cell
from apps.dashboards.queries.failures import Failures, in_vain, overhead
from apps.dashboards.queries.waiting import Waiting
from apps.rollups.sums import AttemptSums, RequestSums

Row = Sequence[object]
COUNTS = ("requests", "split", "retried", "counted", "failed", "outcome_known", "fallbacks", "fallback_known")
DOLLARS = ("retry_overhead_usd", "wasted_attempts_usd", "fallback_premium_usd", "failed_requests_usd")
FAILURES = (
    "table",
    "label",
    "provider",
    *COUNTS,
    *DOLLARS,
    "fallback_saving_usd",
    "attempts_in_vain",
    "billing_unknown",
)
WAITING = ("measure", "period", "first_day", "requests", "p50_ms", "p95_ms", "p99_ms")


def failures(found: Failures) -> Iterator[Row]:
    yield FAILURES
    yield _of_requests("total", "", "", found.sums)
    for cause, attempts in found.causes.items():
        yield _of_attempts("cause", cause, "", attempts, in_vain(cause, attempts))
    for day, sums in sorted(found.days.items()):
        yield _of_requests("day", day.isoformat(), "", sums)
    for route, sums in found.routes.items():
        yield _of_requests("route", route, "", sums)
    for (provider, model), sums in found.planned.items():
        yield _of_requests("planned model", model, provider, sums)
    for (provider, model), attempts in found.asked.items():
        yield _of_attempts("asked model", model, provider, attempts, None)


def waiting(found: Waiting) -> Iterator[Row]:
    yield WAITING
    period = "week" if found.weekly else "day"
    for name, told in found.whole.items():
        yield (name, "window", found.span.start.isoformat(), told.n, told.p50, told.p95, told.p99)
        for first, one in sorted(found.periods[name].items()):
            yield (name, period, first.isoformat(), one.n, one.p50, one.p95, one.p99)


def _of_requests(table: str, label: str, provider: str, sums: RequestSums) -> Row:
    spent = overhead(sums)
    dollars: Mapping[str, int] = (
        {
            "retry_overhead_usd": spent.nano,
            "wasted_attempts_usd": spent.wasted_nano,
            "fallback_premium_usd": spent.premium_nano,
            "failed_requests_usd": spent.failed_nano,
            "fallback_saving_usd": spent.saving_nano,
        }
        if spent
        else {}
    )
    told = [exact_dollars(dollars.get(name)) for name in (*DOLLARS, "fallback_saving_usd")]
    return (table, as_cell(label), as_cell(provider), *(getattr(sums, name) for name in COUNTS), *told, None, None)


def _of_attempts(table: str, label: str, provider: str, sums: AttemptSums, number: int | None) -> Row:
    """Attempts in vain have one amount: what was billed for them."""
    blank = (None,) * len(COUNTS)
    amount = exact_dollars(sums.wasted_nano)
    return (
        table,
        as_cell(label),
        as_cell(provider),
        *blank,
        None,
        amount,
        None,
        None,
        None,
        number,
        sums.billing_unknown,
    )
