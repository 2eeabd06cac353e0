"""What each tenant brings to a week, written by the worker in that tenant's scope."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from apps.benchmarks import closing
from apps.benchmarks.candidates import candidate
from apps.benchmarks.disclosure.gates import deployment_gates, failed, stratum
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from apps.benchmarks.measure import Measured, measure
from apps.benchmarks.models import Candidate, Contribution, Freeze, QualityContribution
from apps.benchmarks.pooled import brought
from apps.benchmarks.stored import dump
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.models import Organization


def contribute(organization: Organization, *, week: Week, now: datetime) -> Candidate | None:
    """Put the organization's figures of the week in the place of those it had; None once the week is frozen."""
    with access.scope(organization.pk):
        closing.writing(pool=organization.pool, week=str(week), using=DEFAULT_DB_ALIAS)
        if Freeze.objects.filter(pool=organization.pool, week=str(week)).exists():
            return None
        Contribution.objects.filter(organization=organization, week=str(week)).delete()
        Candidate.objects.filter(organization=organization, week=str(week)).delete()
        standing_for = candidate(organization, week=week, now=now)
        standing_for.save(force_insert=True)
        QualityContribution.objects.filter(organization=organization, week=str(week)).delete()
        measures = [
            (one, measure(one, week=week))
            for one in Deployment.objects.filter(organization=organization).order_by("pk")
        ]
        Contribution.objects.bulk_create(_contributions(measures, standing_for, week=week, now=now))
        QualityContribution.objects.bulk_create(
            row for one, measured in measures for row in brought(one, measured.facts, standing_for, week=week, now=now)
        )
        return standing_for


def introduce(organization: Organization, *, week: Week, now: datetime) -> bool:
    """Make an organization that came after the freeze known to it, without figures; whether it was new."""
    with access.scope(organization.pk):
        if Candidate.objects.filter(organization=organization, week=str(week)).exists():
            return False
        candidate(organization, week=week, now=now).save(force_insert=True)
        return True


def _contributions(
    measures: Sequence[tuple[Deployment, Measured]], standing_for: Candidate, *, week: Week, now: datetime
) -> Iterator[Contribution]:
    for deployment, measured in measures:
        for metric, yardstick in YARDSTICKS.items():
            value, part = measured.values[metric], stratum(measured.facts, yardstick)
            gates = deployment_gates(measured.facts, yardstick)
            passed = standing_for.eligible and not failed(gates)
            yield Contribution(
                organization_id=deployment.organization_id,
                deployment=deployment,
                pool=standing_for.pool,
                week=str(week),
                metric=metric,
                stratum=part or "",
                value=value,
                eligible=passed and part is not None and value is not None,
                gates=dump(gates),
                written_at=now,
            )
