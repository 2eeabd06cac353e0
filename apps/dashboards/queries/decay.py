"""How the rules of a deployment have aged, over complete days of production."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from apps.benchmarks.queries import ShownWeek, Standing, weeks_shown
from apps.costing.decay import CAUSES, Cause
from apps.dashboards.queries.windows import DAYS, standings_of
from apps.deployments.models import Deployment
from apps.rollups.chosen import Choices, Chosen, chosen
from apps.rollups.decay import SCALE, Aged, aged
from apps.rollups.epochs import Epoch
from apps.rollups.intervals import newcombe, wilson
from apps.rollups.over_time import by_day
from apps.rollups.totals import add

METRIC = "optimal_selection_rate"
SHOWN_DAYS = 182


@dataclass(frozen=True)
class Rate:
    """Of some days together, with its interval; `coverage`: evaluable of those that an attempt served."""

    days: tuple[date, ...]
    choices: Choices

    @property
    def value(self) -> float | None:
        return self.choices.optimal / self.choices.evaluable if self.choices.evaluable else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.choices.optimal, self.choices.evaluable)

    @property
    def coverage(self) -> float | None:
        return self.choices.evaluable / self.choices.served if self.choices.served else None


@dataclass(frozen=True)
class Fall:
    """From the first seven evaluable days of an epoch to its last seven after them; `parts` sum to the loss, and are None
    while they are being computed, or where the first days' requests are gone."""

    before: Rate
    after: Rate
    parts: Mapping[Cause, Fraction] | None

    @property
    def loss(self) -> float | None:
        first, last = self.before.value, self.after.value
        return None if first is None or last is None else first - last

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the loss."""
        first, last = self.before.choices, self.after.choices
        return newcombe((first.optimal, first.evaluable), (last.optimal, last.evaluable))


@dataclass(frozen=True)
class Decayed:
    """`last`: the last day looked at. `regret_nano`: of the 28 days to it; None where nothing was evaluable in them."""

    chosen: Chosen
    aged: Aged
    falls: Mapping[date, Fall]
    """By the first day of the epoch."""
    last: date
    regret_nano: int | None
    peers: Standing
    band: tuple[ShownWeek, ...]
    """Of the days that are shown, the frozen weeks that tell a median of peers, in order."""

    @property
    def current(self) -> Fall | None:
        epoch = self.chosen.current
        return None if epoch is None else self.falls[epoch.first]

    def age(self, epoch: Epoch) -> int:
        """Days that the epoch has lasted."""
        return ((epoch.end or self.last) - epoch.first).days + 1


def decayed_of(deployment: Deployment, *, now: datetime) -> Decayed:
    """Needs the organization to be open."""
    last = now.astimezone(UTC).date() - timedelta(days=1)
    place: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    found = chosen(**place, last=last)
    known = aged(found, **place)
    window = add(list(by_day(**place, start=last - timedelta(days=DAYS - 1), end=last).values()))
    return Decayed(
        chosen=found,
        aged=known,
        falls={epoch.first: _fall(found, epoch, known) for epoch in found.epochs},
        last=last,
        regret_nano=window.regret_nano if window.evaluable else None,
        peers=standings_of(deployment)[METRIC],
        band=weeks_shown(
            organization_id=deployment.organization_id,
            pool=deployment.organization.pool,
            metric=METRIC,
            stratum="",
            since=last - timedelta(days=SHOWN_DAYS - 1),
        ),
    )


def rate_of(found: Chosen, days: list[date]) -> Rate:
    return Rate(tuple(days), found.together(days))


def _fall(found: Chosen, epoch: Epoch, known: Aged) -> Fall:
    before, after = rate_of(found, found.baseline(epoch)), rate_of(found, found.recent(epoch))
    return Fall(before, after, _parts(after, found, known))


def _parts(after: Rate, found: Chosen, known: Aged) -> dict[Cause, Fraction] | None:
    """Of several days together, each by its evaluable requests."""
    if not after.days or any(day not in known.splits for day in after.days):
        return None
    return {
        cause: Fraction(
            sum(known.splits[day].parts[cause] * found.days[day].evaluable for day in after.days),
            SCALE * after.choices.evaluable,
        )
        for cause in CAUSES
    }
