"""Reading deployments and what was declared of them; all need an open organization."""

from collections.abc import Collection
from datetime import date

import structlog
from django.db.models import QuerySet
from django.http import Http404

from apps.deployments.models import Assumptions, Deployment
from apps.organizations.models import Organization


def deployments_of(organization: Organization) -> QuerySet[Deployment]:
    return Deployment.objects.filter(organization=organization).select_related("organization")


def deployment_or_404(organization: Organization, slug: str) -> Deployment:
    """Raises Http404 alike for a slug that does not exist and for one of another organization."""
    deployment = deployments_of(organization).filter(slug=slug).first()
    if deployment is None:
        raise Http404("No such deployment.")
    structlog.contextvars.bind_contextvars(deployment=deployment.pk)  # what is logged of this request says so
    return deployment


def assumptions_on(deployment: Deployment, day: date) -> Assumptions | None:
    """What is in force on a day; null before the first declaration."""
    return (
        Assumptions.objects.filter(deployment=deployment, effective_from__lte=day).order_by("-effective_from").first()
    )


def assumptions_of_all(deployments: Collection[Deployment], day: date) -> dict[int, Assumptions]:
    """What is in force on a day, by deployment."""
    declared = Assumptions.objects.filter(deployment__in=deployments, effective_from__lte=day).order_by(
        "effective_from"
    )
    return {one.deployment_id: one for one in declared}


def all_assumptions_of(deployments: Collection[Deployment]) -> list[Assumptions]:
    """Every declaration of each, oldest first."""
    return list(Assumptions.objects.filter(deployment__in=deployments).order_by("effective_from"))


def assumptions_of(deployment: Deployment) -> list[Assumptions]:
    """All declarations, oldest first, each in force until the next."""
    return list(Assumptions.objects.filter(deployment=deployment).order_by("effective_from"))
