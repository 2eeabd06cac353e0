"""What a tenant declared of a deployment, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.frame import Frame
from apps.dashboards.wording import money, times
from apps.dashboards.wording.signs import NBSP, TIMES
from apps.deployments.create import FIRST_DAY
from apps.deployments.models import Assumptions

NOT_DECLARED = gettext_lazy("not declared")


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
        return _("Nothing is declared of {name} yet.").format(name=name)
    waiting = _("People wait for its answers") if row.user_facing else _("Nobody waits for its answers")
    if row.value_per_1000_nano is None:
        return _("{waiting}; what a wait costs is not declared, so it is shown in hours.").format(waiting=waiting)
    return _("{waiting}; a thousand of them are worth {amount}.").format(
        waiting=waiting, amount=money.dollars(row.value_per_1000_nano)
    )


def _declared(row: Assumptions, *, current: bool) -> Declared:
    return Declared(
        when=_("from the beginning")
        if row.effective_from == FIRST_DAY
        else _("from {day}").format(day=times.day(row.effective_from)),
        workload=_("user-facing") if row.user_facing else _("background"),
        value=money.dollars(row.value_per_1000_nano) if row.value_per_1000_nano is not None else str(NOT_DECLARED),
        engagement_loss=f"{row.engagement_loss_ppm / 10_000:g}{NBSP}%",
        maintenance=_maintenance(row),
        by=str(row.declared_by) if row.declared_by else _("the operator"),
        current=current,
    )


def _maintenance(row: Assumptions) -> str:
    if row.maintenance_hours is None or row.hourly_rate_nano is None:
        return str(NOT_DECLARED)
    hours = _("{hours} h").format(hours=f"{row.maintenance_hours.normalize():f}").replace(" ", NBSP)
    return f"{hours} {TIMES} {money.dollars(row.hourly_rate_nano)}"
