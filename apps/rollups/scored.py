"""What was scored in several deployments at once, and who serves them; all need an open organization."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from apps.rollups.select import placed, summed


@dataclass(frozen=True)
class Scored:
    """Requests of one task: how many, those with a score, and of these what was billed and the sum of their scores."""

    requests: int
    scored: int
    billed_nano: int
    quality_micro: int


def scored_by_task(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date, environment: str | None
) -> dict[int, dict[str, Scored]]:
    """By deployment, then by task; '' for requests that told none."""
    place = placed(organization_id, deployment_ids, start, end, environment)
    names = ("requests", "scored", "scored_billed_nano", "quality_micro")
    found: dict[int, dict[str, Scored]] = {}
    for one, task, *sums in summed("request", names, ["deployment_id", "task"], place):
        found.setdefault(one, {})[task] = Scored(*sums)
    return found


def served_by_provider(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date, environment: str | None
) -> dict[int, dict[str, int]]:
    """By deployment, how many requests each provider answered; under '' those of which it is not known who did."""
    place = placed(organization_id, deployment_ids, start, end, environment)
    found: dict[int, dict[str, int]] = {}
    for one, provider, served in summed("attempt", ["served"], ["deployment_id", "provider"], place):
        found.setdefault(one, {})[provider] = served
    return found
