"""From a person and two slugs to a deployment, or 404."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.deployments.models import Deployment
from apps.deployments.queries import deployment_or_404
from apps.organizations.access import Entry, enter
from apps.organizations.models import Role


@dataclass(frozen=True)
class DeploymentEntry:
    entry: Entry
    deployment: Deployment


def enter_deployment(user: User, organization: str, slug: str, *, role: Role = Role.VIEWER) -> DeploymentEntry:
    """Open the organization for this transaction and find the deployment in it; raises what `enter` raises."""
    entry = enter(user, organization, role=role)
    return DeploymentEntry(entry=entry, deployment=deployment_or_404(entry.organization, slug))
