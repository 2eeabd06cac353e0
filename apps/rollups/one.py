"""Single requests with their figures: the arithmetic of the cells, on the rows of some requests."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apps.deployments.labels import Labels
from apps.deployments.models import Assumptions, Deployment
from apps.rollups import cells
from apps.rollups.appraise import evaluated
from apps.rollups.parts import Declared, Part, own_parts
from apps.rollups.prices import prices_of
from apps.rollups.raw import read_some
from apps.rollups.sums import REQUEST_SUMS, REQUESTS, AttemptSums, RequestSums
from apps.rollups.totals import Totals
from apps.rollups.within import RowKey


@dataclass(frozen=True)
class Figures:
    """Columns of the evaluated request and of its attempts, by name (apps.costing), and what it adds to a cell."""

    request: Mapping[str, Any]
    attempts: tuple[Mapping[str, Any], ...]
    added: tuple[Any, ...]
    """In the order of REQUEST_SUMS."""

    @cached_property
    def sums(self) -> RequestSums:
        """Made where they are asked for: a list looks through a thousand requests and shows fifty."""
        return RequestSums(*(int(value or 0) for value in self.added))


def figures(
    deployment: Deployment,
    keys: Collection[RowKey],
    labels: Labels,
    assumptions: Iterable[Assumptions] | None = None,
) -> dict[RowKey, Figures]:
    """By UTC day and id, called as `labels` say; what is not there is absent. `assumptions`: all, if already read."""
    if not keys:
        return {}
    raw = read_some(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        keys=keys,
        labels=labels,
        assumptions=assumptions,
    )
    prices = prices_of(deployment.organization_id)
    found = evaluated(raw, prices.book, prices.terms)
    attempts: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for attempt in found.attempts.iter_rows(named=True):
        attempts[attempt["request_row"]].append(attempt)
    sums = cells.rows(REQUESTS, found).select(REQUEST_SUMS).iter_rows()
    return {
        (one["day"], one["request_id"]): Figures(
            one,
            tuple(attempts[one["request_row"]]),
            added,
        )
        for one, added in zip(found.requests.iter_rows(named=True), sums, strict=True)
    }


def parts_of(found: Figures, declared: Sequence[Declared]) -> tuple[Part, ...]:
    """The five parts of one request, as if its day had no other; so its maintenance is that of the whole day."""
    day = found.request["day"]
    totals = Totals(
        start=day,
        end=day,
        environment=None,
        active_days=1,
        by_completeness={found.request["completeness"]: found.sums},
        attempts=AttemptSums(),
    )
    return own_parts(totals, {day: found.sums}, declared)
