"""What a tenant declared of a deployment, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.dashboards.frame import Frame
from apps.dashboards.wording import money, times
from apps.dashboards.wording.signs import NBSP, TIMES
from apps.deployments.create import FIRST_DAY
from apps.deployments.models import Assumptions

NOT_DECLARED = "not declared"


@dataclass(frozen=True)
class Declared:
    """One row of the history; `when` is in words, `current` marks what is in force today."""

    when: str
    workload: str
    value: str
    engagement_loss: str
    maintenance: str
    by: str
    current: bool


@dataclass(frozen=True)
class Settings:
    frame: Frame
    name: str
    answer: str
    contributes: bool
    contribution: str
    """Where to opt in or out."""
    may_change: bool
    history: tuple[Declared, ...]
    trace_link: str = ""
    """Where the tenant's own trace viewer shows a request; empty: nowhere."""


def build(
    declared: Sequence[Assumptions],
    *,
    frame: Frame,
    name: str,
    contributes: bool,
    contribution: str,
    may_change: bool,
    today: date,
    trace_link: str = "",
) -> Settings:
    """`declared` oldest first, as `assumptions_of` gives it; the page shows the newest first."""
    current = max((row.effective_from for row in declared if row.effective_from <= today), default=None)
    history = tuple(_declared(row, current=row.effective_from == current) for row in reversed(declared))
    in_force = next((row for row in declared if row.effective_from == current), None)
    return Settings(frame, name, _answer(name, in_force), contributes, contribution, may_change, history, trace_link)


def _answer(name: str, row: Assumptions | None) -> str:
    if row is None:
        return f"Nothing is declared of {name} yet."
    waiting = "People wait for its answers" if row.user_facing else "Nobody waits for its answers"
    if row.value_per_1000_nano is None:
        return f"{waiting}; what a wait costs is not declared, so it is shown in hours."
    return f"{waiting}; a thousand of them are worth {money.dollars(row.value_per_1000_nano)}."


def _declared(row: Assumptions, *, current: bool) -> Declared:
    return Declared(
        when="from the beginning" if row.effective_from == FIRST_DAY else f"from {times.day(row.effective_from)}",
        workload="user-facing" if row.user_facing else "background",
        value=money.dollars(row.value_per_1000_nano) if row.value_per_1000_nano is not None else NOT_DECLARED,
        engagement_loss=f"{row.engagement_loss_ppm / 10_000:g}{NBSP}%",
        maintenance=_maintenance(row),
        by=str(row.declared_by) if row.declared_by else "the operator",
        current=current,
    )


def _maintenance(row: Assumptions) -> str:
    if row.maintenance_hours is None or row.hourly_rate_nano is None:
        return NOT_DECLARED
    return f"{row.maintenance_hours.normalize():f}{NBSP}h {TIMES} {money.dollars(row.hourly_rate_nano)}"
