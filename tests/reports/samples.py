"""Reports made by hand, for what needs no database."""

from dataclasses import replace
from datetime import UTC, datetime

from apps.benchmarks.disclosure.gates import Gate
from apps.benchmarks.disclosure.peers import BANDS
from apps.benchmarks.disclosure.table import publish
from apps.benchmarks.disclosure.verdict import judge
from apps.benchmarks.disclosure.view import view
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from apps.benchmarks.queries import NOT_ENOUGH_PEERS, NOT_MEASURABLE, Standing
from apps.benchmarks.weeks import Week
from apps.reports.report import Part, Report, Section

WEEK = Week.parse("2026-W47")
FROZEN_AT = datetime(2026, 11, 23, 0, 30, 4, tzinfo=UTC)


def standing(
    metric: str, own: float | None, *, low: float, high: float, n: int = 60, gates: tuple[Gate, ...] = ()
) -> Standing:
    """Beside `n` peers evenly between `low` and `high`."""
    yardstick = YARDSTICKS[metric]
    table = publish([low + i * (high - low) / max(n - 1, 1) for i in range(n)], yardstick.grid)
    shown = view(table, table.peers)
    missing = NOT_MEASURABLE if own is None else NOT_ENOUGH_PEERS if table.peers == BANDS[0] else ""
    return Standing(
        yardstick=yardstick,
        week=WEEK,
        own=own,
        stratum="",
        eligible=own is not None,
        gates=gates,
        shown=shown,
        verdict=None if own is None else judge(own, shown, yardstick),
        missing=missing,
        frozen_at=FROZEN_AT,
    )


PARTS = (
    Part("token", 820_000_000, 810_000_000),
    Part("retry", 190_000_000, 160_000_000),
    Part("latency", 90_000_000, 80_000_000),
    Part("selection", None, None, "needs scores of two models at a task."),
    Part("maintenance", 100_000_000, 100_000_000),
)


def section(*, n: int = 60, own: float | None = 0.717) -> Section:
    return Section(
        name="support-chat",
        slug="support-chat",
        requests=2_417_671,
        requests_before=2_398_120,
        efficiency=standing("efficiency_latency", own, low=0.55, high=0.84, n=n),
        efficiency_before=None if own is None else own - 0.004,
        parts=PARTS,
        metrics=(
            standing("retry_rate", 0.096, low=0.02, high=0.12, n=n),
            standing("effective_cost_uplift", 0.202, low=0.05, high=0.30, n=n),
            standing("routing_overhead_ms_p50", 61.0, low=8.0, high=80.0, n=n),
            standing("failure_rate", 0.009, low=0.002, high=0.03, n=n),
            standing("cache_read_share", 0.41, low=0.05, high=0.6, n=n),
        ),
        unpriced=0.004,
        billing_unknown=312,
    )


def report(*, n: int = 60, own: float | None = 0.717, demo: bool = False) -> Report:
    silent = replace(
        section(n=n, own=None if own is None else 0.9),
        name="eu-triage",
        slug="eu-triage",
        silent_since=datetime(2026, 11, 19, 4, 12, tzinfo=UTC),
        unpriced=None,
        billing_unknown=0,
    )
    return Report(
        organization="Acme",
        slug="acme",
        demo=demo,
        week=WEEK,
        frozen_at=FROZEN_AT,
        url="https://tollmark.example/acme/support-chat/standing",
        sections=(section(n=n, own=own), silent),
    )


def unmeasured() -> Report:
    """Nothing but counts: no attempts, no prices, no peers."""
    gates = (Gate("attempts_known", False, 0.0, 0.9), Gate("requests", True, 5_000.0, 1_000.0))  # noqa: FBT003
    bare = replace(
        section(),
        efficiency=standing("efficiency_billing", None, low=0.5, high=0.9, n=0, gates=gates),
        efficiency_before=None,
        parts=tuple(Part(part.name, None, None, part.missing or "no request has a price.") for part in PARTS),
        metrics=(),
    )
    return replace(report(), sections=(bare,))
