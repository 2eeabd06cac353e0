"""What a deployment brings to the benchmark: its counts and ratios over the four weeks, from the rollups."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.benchmarks.disclosure.gates import DeploymentFacts
from apps.benchmarks.disclosure.yardsticks import OVERHEAD_STRATA, YARDSTICKS
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.rollups.metrics.registry import measure as measure_all
from apps.rollups.queries import totals
from apps.rollups.totals import Totals


@dataclass(frozen=True)
class Measured:
    facts: DeploymentFacts
    values: Mapping[str, float | None]
    """By metric; null is not measured."""


def measure(deployment: Deployment, *, week: Week) -> Measured:
    """Environment production alone; needs the organization's scope."""
    found = totals(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=week.first_day,
        end=week.last_day,
    )
    values = measure_all(found)
    return Measured(_facts(deployment, found), {metric: values[metric].value for metric in YARDSTICKS})


def _facts(deployment: Deployment, found: Totals) -> DeploymentFacts:
    sums = found.requests
    return DeploymentFacts(
        contributes=deployment.contributes,
        requests=sums.requests,
        active_days=found.active_days,
        with_outcome=sums.outcome_known,
        served_attempts=sums.served_dispatched,
        served_attempts_with_tokens=sums.served_with_tokens,
        served_tokens=sums.served_tokens,
        priced_tokens=sums.served_tokens_priced,
        dispatched=sums.requests - sums.undispatched,
        waiting=sums.waiting,
        waiting_with_delay=sums.waiting_delay_known,
        waiting_with_overhead=sums.waiting_overhead_known,
        evaluable_tokens=sums.evaluable_tokens,
        completeness={name: part.requests for name, part in found.by_completeness.items()},
        overhead={basis: getattr(sums, basis) for basis in OVERHEAD_STRATA},
    )
