"""Adding a deployment to an organization."""

from datetime import date, datetime

from apps.accounts.models import User
from apps.deployments.declare import Declaration, declare
from apps.deployments.models import Deployment
from apps.deployments.trace_link import checked
from apps.organizations import audit
from apps.organizations.models import Organization

FIRST_DAY = date(2000, 1, 1)
"""Before any day that could be accepted."""


def create_deployment(
    *,
    organization: Organization,
    slug: str,
    name: str,
    user_facing: bool,
    now: datetime,
    actor: User | None,
    contributes: bool = False,
) -> Deployment:
    """Raises ValidationError for a slug that is malformed or taken in this organization.

    Its workload is declared from FIRST_DAY on, so that late data find an assumption too.
    """
    deployment = Deployment(organization=organization, slug=slug, name=name, contributes=contributes, created_at=now)
    deployment.full_clean()
    deployment.save()
    declare(
        deployment=deployment,
        declaration=Declaration(user_facing=user_facing),
        effective_from=FIRST_DAY,
        now=now,
        actor=actor,
    )
    audit.record(organization=organization, actor=actor, verb="deployment.created", now=now, slug=slug)
    return deployment


def set_contribution(*, deployment: Deployment, contributes: bool, now: datetime, actor: User | None) -> None:
    """Opt in or out of the benchmark; it takes effect at the next freeze."""
    if Deployment.objects.filter(pk=deployment.pk).exclude(contributes=contributes).update(contributes=contributes):
        deployment.contributes = contributes
        audit.record(
            organization=deployment.organization,
            actor=actor,
            verb="deployment.contribution",
            now=now,
            slug=deployment.slug,
            contributes=contributes,
        )


def set_trace_link(*, deployment: Deployment, template: str, now: datetime, actor: User | None) -> None:
    """Where the tenant's trace viewer shows a request; '' takes it away. Raises BadTemplateError."""
    link = checked(template)
    if Deployment.objects.filter(pk=deployment.pk).exclude(trace_link=link).update(trace_link=link):
        deployment.trace_link = link
        audit.record(
            organization=deployment.organization,
            actor=actor,
            verb="deployment.trace_link",
            now=now,
            slug=deployment.slug,
            trace_link=link,
        )
