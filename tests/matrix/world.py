"""Two organizations with everything in them that an address can name, and everybody who might ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from apps.deployments import ingest_keys
from apps.deployments.create import create_deployment
from apps.deployments.models import Annotation, Deployment
from apps.deployments.provision import provision
from apps.ingest.models import Import
from apps.organizations import access, tokens
from apps.organizations.members import join
from apps.organizations.models import Organization, Role
from apps.traces.nouns import Request
from tests.connections import acting_as
from tests.names import unique
from tests.rollups.tenants import Tenant, store

ENDED = timedelta(seconds=-1)


@dataclass(frozen=True)
class Place:
    """One organization, and the ids that lead into it: `spare` is a member who may be removed, `other_key_id` of another
    deployment."""

    organization: str
    owner: str
    deployment: str
    key_id: str
    other_key_id: str
    token_id: str
    spare: UUID
    file: UUID
    day: str
    request_id: str
    mark: int
    ingest_key: str
    api_token: str

    def names(self, address: str) -> dict[str, str]:
        """What stands in the place of each parameter of the address."""
        key_id = self.token_id if "tokens" in address else self.key_id
        return {
            "organization": self.organization,
            "deployment": self.deployment,
            "slug": self.deployment,
            "key_id": key_id,
            "member": str(self.spare),
            "key": str(self.file),
            "day": self.day,
            "request_id": self.request_id,
            "mark": str(self.mark),
        }


@dataclass(frozen=True)
class World:
    """`people` by what they are in `ours`, `programs` by what their key or token is worth there."""

    ours: Place
    theirs: Place
    people: dict[str, Client]
    programs: dict[str, str]


def build() -> World:
    ours, theirs = _place(), _place()
    people = {"anonymous": Client(), "stranger": _signed_in(theirs.owner)}
    people |= {role.value: _signed_in(_joined(ours.organization, role).email) for role in (Role.VIEWER, Role.EDITOR)}
    people[Role.OWNER.value] = _signed_in(ours.owner)
    return World(ours, theirs, people, {**_bad_keys(ours), **_bad_tokens(ours)})


def _place() -> Place:
    slug, deployment = unique("place"), unique("only-here")
    owner = f"{slug}@example.com"
    with acting_as("worker"):
        made = provision(organization=slug, deployment=deployment, email=owner, password=None, now=timezone.now())
    with _inside(slug) as organization:
        measured = Deployment.objects.get(organization=organization)
        sibling = create_deployment(
            organization=organization,
            slug="sibling",
            name="sibling",
            user_facing=True,
            now=timezone.now(),
            actor=None,
        )
        key, other = (
            ingest_keys.issue(deployment=one, label="named", now=timezone.now(), actor=None)[0]
            for one in (measured, sibling)
        )
        token, _ = tokens.issue(organization=organization, label="named", now=timezone.now(), actor=None)
        file = _read_file(measured)
        mark = _marked(measured)
    with acting_as("worker"):
        request_id, now = unique("request"), timezone.now()
        store(Tenant(measured.organization_id, measured.pk), [Request(request_id=request_id, received_at=now)])
    spare = _joined(slug, Role.VIEWER).pk
    return Place(
        slug,
        owner,
        deployment,
        key.key_id,
        other.key_id,
        token.key_id,
        spare,
        file,
        f"{now:%Y-%m-%d}",
        request_id,
        mark,
        made.ingest_key,
        made.api_token,
    )


def _read_file(deployment: Deployment) -> UUID:
    """A file that was read to its end, so that nothing can be done about it any more."""
    read = Import.objects.create(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        name="named.ndjson",
        digest=deployment.pk.to_bytes(32, "big"),
        size=1,
        state=Import.State.DONE,
        created_at=timezone.now(),
    )
    return read.key


def _marked(deployment: Deployment) -> int:
    told = {"at": timezone.now(), "kind": Annotation.Kind.OTHER, "label": "named", "told_at": timezone.now()}
    made = Annotation.objects.create(organization_id=deployment.organization_id, deployment=deployment, **told)
    return made.pk


def _joined(slug: str, role: Role) -> User:
    with _inside(slug) as organization:
        user, _ = ensure_user(email=f"{unique(role.value)}@example.com")
        join(organization=organization, user=user, role=role, now=timezone.now())
    return user


def _signed_in(email: str) -> Client:
    with acting_as("web"):
        client = Client()
        client.force_login(User.objects.get(email=email))
    return client


def _bad_keys(place: Place) -> dict[str, str]:
    with _inside(place.organization):
        measured, now = Deployment.objects.get(slug=place.deployment), timezone.now()
        revoked, text = ingest_keys.issue(deployment=measured, label="revoked", now=now, actor=None)
        ingest_keys.revoke(key=revoked, now=now, actor=None)
        _, ended = ingest_keys.issue(deployment=measured, label="ended", now=now, actor=None, lifetime=ENDED)
    return {"revoked key": text, "expired key": ended}


def _bad_tokens(place: Place) -> dict[str, str]:
    with _inside(place.organization) as organization:
        now = timezone.now()
        revoked, text = tokens.issue(organization=organization, label="revoked", now=now, actor=None)
        tokens.revoke(token=revoked, now=now, actor=None)
        _, ended = tokens.issue(organization=organization, label="ended", now=now, actor=None, lifetime=ENDED)
    return {"revoked token": text, "expired token": ended}


@contextmanager
def _inside(slug: str) -> Iterator[Organization]:
    with acting_as("worker"):
        organization = Organization.objects.get(slug=slug)
        with access.scope(organization.pk):
            yield organization
