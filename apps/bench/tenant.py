"""An organization for the measuring alone, with as many deployments as asked for; and its ready rows, as a floor."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.ingest import copying
from apps.ingest.limits import DEFAULT
from apps.ingest.native import Decoded
from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Owner, Resolved
from apps.ingest.sift import sift
from apps.organizations import access
from apps.organizations.models import Organization
from apps.traces.nouns import Request


@dataclass(frozen=True)
class Tenant:
    owner: Owner
    key: str


def tenant(*, now: datetime) -> Tenant:
    """In the pool of the demo: it meets no benchmark of others."""
    slug = f"bench-{secrets.token_hex(6)}"
    made = provision(
        organization=slug,
        deployment="measured",
        email=f"{slug}@example.com",
        password=None,
        pool=Organization.Pool.DEMO,
        contributes=False,
        now=now,
    )
    organization = Organization.objects.get(slug=slug)
    with access.scope(organization.pk):
        deployment = Deployment.objects.get(organization=organization)
    return Tenant(Owner(organization.pk, deployment.pk), made.ingest_key)


Ready = Mapping[date, Sequence[Resolved]]


def ready_rows(made: Sequence[Request], *, owner: Owner, now: datetime) -> Ready:
    """What ingest would store of these requests, by day."""
    decoded = Decoded(requests=list(made), indexes=range(len(made)))
    found = sift(decoded, owner=owner, now=now, limits=DEFAULT, skew=None)
    days: dict[date, list[Resolved]] = {}
    for row in found.resolved:
        days.setdefault(row.received_at.date(), []).append(row)
    return days


def copy_ready(days: Ready) -> int:
    """The floor: COPY of ready rows into the same partitions by the same role, and a commit; how many requests."""
    with transaction.atomic(using="ingest"):
        for day, rows in days.items():
            copying.copy("traces_request", REQUEST_COLUMNS, [row.request for row in rows], day=day)
            copying.copy("traces_attempt", ATTEMPT_COLUMNS, [one for row in rows for one in row.attempts], day=day)
    return sum(map(len, days.values()))
