"""Sums over a window of one deployment: what metrics, parts and efficiencies are computed from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter

from apps.costing.efficiency import Evidence
from apps.costing.frames import MEASURABLE
from apps.quality.serving import Single
from apps.rollups.sums import ATTEMPT_SUMS, BASES, REQUEST_SUMS, AttemptSums, RequestSums
from apps.sketches.quantiles import quantiles

MOST_OF = 0.9
"""The share of requests that makes a completeness class, or a basis of overhead, the deployment's."""


@dataclass(frozen=True)
class Provider:
    """What one provider did in the window."""

    attempts: int
    served: int
    billed_nano: int


@dataclass(frozen=True)
class Totals:
    """Sums over the days `start` to `end`, both included. `environment`: None for all of them."""

    start: date
    end: date
    environment: str | None
    active_days: int
    by_completeness: Mapping[str, RequestSums]
    attempts: AttemptSums
    providers: Mapping[str, Provider] = field(default_factory=dict)
    sketches: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Of microseconds, by the names of apps.rollups.sums.REQUEST_SKETCHES, as far as they were asked for."""
    tasks: Mapping[str, RequestSums] | None = None
    """By task of the public taxonomy, by its own name where that has none; None where they were not asked for."""
    single: Single | None = None
    """The cheapest model that is good enough for every task; None where nobody looked for it."""

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @cached_property
    def requests(self) -> RequestSums:
        """Over all classes of completeness."""
        return add(self.by_completeness.values())

    @cached_property
    def measurable(self) -> RequestSums:
        """Over the classes whose attempts are all known."""
        return add(sums for name, sums in self.by_completeness.items() if name in MEASURABLE)

    @cached_property
    def completeness_class(self) -> str | None:
        """With which peers it is pooled: the first class that with those before it covers nearly all requests."""
        covered, everything = 0, self.requests.requests
        for name in MEASURABLE:
            covered += self.by_completeness[name].requests if name in self.by_completeness else 0
            if everything and covered >= MOST_OF * everything:
                return name
        return None

    @cached_property
    def overhead_basis(self) -> str | None:
        """The commonest basis of routing overhead."""
        found = {basis: getattr(self.requests, basis) for basis in BASES}
        basis = max(BASES, key=lambda one: found[one])
        return basis if found[basis] else None

    def quantiles_ms(self, sketch: str, *shares: float) -> tuple[float, ...] | None:
        """In milliseconds, within one per cent; None when nothing was measured."""
        found = quantiles(self.sketches.get(sketch, ()), shares)
        return found and tuple(value / 1_000 for value in found)

    @cached_property
    def evidence(self) -> Evidence:
        """What the one efficiency is computed from, under the published assumptions."""
        everything, sums = self.requests, self.measurable
        basis = self.overhead_basis
        return Evidence(
            requests=everything.requests,
            measurable=everything.measurable,
            outcome_known=everything.outcome_known,
            served=everything.served_dispatched,
            served_with_tokens=everything.served_with_tokens,
            served_tokens=everything.served_tokens,
            served_tokens_priced=everything.served_tokens_priced,
            token_nano=sums.published_token_nano,
            retry_nano=sums.published_retry_nano,
            waiting=everything.waiting,
            delay_known=everything.waiting_delay_known,
            overhead_known=everything.waiting_overhead_known,
            dispatched=everything.requests - everything.undispatched,
            one_basis=getattr(everything, basis) if basis else 0,
            loss_nano=sums.loss_nano,
            evaluable_tokens=everything.evaluable_tokens,
            regret_nano=sums.published_regret_nano,
        )


_values = attrgetter(*REQUEST_SUMS)
_of_attempts = attrgetter(*ATTEMPT_SUMS)


def add(parts: Iterable[RequestSums]) -> RequestSums:
    """The sum of any number of sums. Pages do this a thousand times, most often of a single one."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    return RequestSums(*map(sum, zip(*map(_values, found), strict=True)))


def add_attempts(parts: Iterable[AttemptSums]) -> AttemptSums:
    found = list(parts)
    if len(found) == 1:
        return found[0]
    return AttemptSums(*map(sum, zip(*map(_of_attempts, found), strict=True)))
