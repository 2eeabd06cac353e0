"""From a signed-in person and an address to the place they are at, or 404."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.clock import zone_of
from apps.deployments.models import Deployment
from apps.deployments.queries import deployment_or_404, deployments_of
from apps.organizations import access
from apps.organizations.models import Membership, Organization, Role


@dataclass(frozen=True)
class Here:
    """Where a person is: the organization that is open for this transaction, and what the frame of a page names."""

    user: User
    entry: access.Entry
    memberships: Sequence[Membership]
    deployments: Sequence[Deployment]
    now: datetime
    zone: ZoneInfo
    """In which times are told, and moments without a zone are meant."""
    query: Mapping[str, str]
    """What the address says after its `?`."""

    @property
    def organization(self) -> Organization:
        return self.entry.organization

    def may(self, role: Role) -> bool:
        return self.entry.membership.may(role)


@dataclass(frozen=True)
class HereAtDeployment(Here):
    deployment: Deployment


def at_organization(request: HttpRequest, organization: str, *, role: Role = Role.VIEWER) -> Here:
    """Raises Http404 for an organization the person is not in, PermissionDenied without `role`."""
    user = signed_in(request)
    entry = access.enter(user, organization, role=role)
    deployments, zone = list(deployments_of(entry.organization)), zone_of(request, entry.organization)
    return Here(user, entry, entry.memberships, deployments, timezone.now(), zone, request.GET.dict())


def at_deployment(
    request: HttpRequest, organization: str, deployment: str, *, role: Role = Role.VIEWER
) -> HereAtDeployment:
    """Raises what `at_organization` raises, and Http404 for a deployment that is not in it."""
    here = at_organization(request, organization, role=role)
    found = next((one for one in here.deployments if one.slug == deployment), None)
    return HereAtDeployment(
        here.user,
        here.entry,
        here.memberships,
        here.deployments,
        here.now,
        here.zone,
        here.query,
        deployment=found or deployment_or_404(here.organization, deployment),
    )


def signed_in(request: HttpRequest) -> User:
    """The person of a request behind `login_required`, recognised for the rest of the transaction."""
    if not isinstance(request.user, User):
        raise TypeError("this view lets strangers in")
    access.recognise(request.user)
    return request.user
