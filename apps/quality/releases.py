"""Which release of a model answered when, and what was replayed with another: that says nothing of the one that answers now.

A name may bear the date of its release (`gpt-4o-2024-08-06`). What was replayed under such a name is of that release; under a
name without one, of the release that answered when it came, or else of the first that was seen to answer after it. It holds on
every day before which no other release answered last. Where no name bears a date nobody can tell, and it holds.

Answers are forgotten, and those of long ago are not read again: where they no longer tell of which release something without
a date is, the evidence of the last day before says whether it still held, and then it is of what answered that day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import cached_property

from apps.pricing.names import release_of
from apps.quality.gather import Place, Replayed

DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=28)
"""Before a day, and around the day on which something replayed came: what answered longer ago is not asked for."""


@dataclass(frozen=True)
class Answered:
    """On a day a model answered so often under a name."""

    day: date
    model: str
    name: str
    times: int


@dataclass(frozen=True)
class Carried:
    """What evidence said last, before the days that are made."""

    day: date | None = None
    ended: frozenset[Place] = frozenset()
    """Where something replayed had held and held no longer on that day."""


@dataclass(frozen=True)
class Releases:
    """Of each model, what its answers said of their release."""

    answered: Sequence[Answered]
    carried: Carried = Carried()

    @cached_property
    def _by_model(self) -> Mapping[str, list[tuple[date, str]]]:
        """Days in order, each with the release that answered most."""
        counts: dict[str, dict[date, Counter[str]]] = {}
        for one in self.answered:
            if release := release_of(one.name, one.model):
                counts.setdefault(one.model, {}).setdefault(one.day, Counter())[release] += one.times
        return {
            model: [(day, min(some, key=lambda name: (-some[name], name))) for day, some in sorted(days.items())]
            for model, days in counts.items()
        }

    def before(self, model: str, day: date) -> str | None:
        """What answered last before the day; None where nothing is known of the 28 days before it."""
        told = (release for at, release in reversed(self._by_model.get(model, [])) if day - LOOKED_BACK <= at < day)
        return next(told, None)

    def around(self, model: str, day: date) -> str | None:
        """What answered on the day, else last before it, else first after it."""
        known = self.before(model, day + DAY)
        after = (release for at, release in self._by_model.get(model, []) if at > day)
        return known if known is not None else next(after, None)

    def holds(self, model: str, replayed: Replayed, day: date, *, ended: bool = False) -> bool:
        """What had ended holds again only if its own release is known, and answers."""
        now = self.before(model, day)
        if now is None:
            return not ended
        if told := {release for name in replayed.names if (release := release_of(name, model))}:
            return told == {now}
        came = _came(replayed)
        if (known := self.before(model, came + DAY)) is not None:
            return known == now
        return not ended and self.around(model, self._held_on(came)) in (None, now)

    def _held_on(self, came: date) -> date:
        """The last day whose release it is known to be of: the one before the last evidence, if it came before that."""
        return came if self.carried.day is None else max(came, self.carried.day - DAY)


def holding(replayed: Mapping[Place, Replayed], releases: Releases, day: date) -> dict[Place, Replayed]:
    """What still says something of the models that answer, on a day."""
    ended = releases.carried.ended
    return {place: one for place, one in replayed.items() if releases.holds(place[1], one, day, ended=place in ended)}


def days_to_ask(replayed: Iterable[Replayed], days: Sequence[date]) -> tuple[date, date]:
    """The first day whose answers matter, and the one after the last; what came before the first is not gone back to."""
    came, first = [_came(one) for one in replayed], days[0] - LOOKED_BACK
    around = [day - LOOKED_BACK for day in came if day >= first]
    return min([first, *around]), max([*came, days[-1]]) + DAY


def _came(replayed: Replayed) -> date:
    return replayed.received_at.astimezone(UTC).date()
