"""An export is begun, given up, looked for, fetched, forgotten."""

import gzip
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.dashboards.models import ExportPiece, RequestExport
from apps.dashboards.queries.requests import Asked
from apps.deployments.models import Deployment
from apps.organizations import access, audit
from apps.organizations.models import Organization

State = RequestExport.State
OPEN = (State.WAITING, State.RUNNING)
KEPT = timedelta(days=7)
MOST_OPEN = 3
"""Of one deployment, that are not written yet."""
ABOUT = ("since", "until", "after", "limit")
"""Of what is asked, what an export keeps elsewhere or says itself."""


class TooMany(Exception):
    """As many as may be written at a time are being written."""


def begin(*, deployment: Deployment, asked: Asked, said: str, now: datetime, actor: User) -> RequestExport:
    """Inside a transaction that sees the organization. Raises TooMany."""
    if exports_of(deployment).filter(state__in=OPEN).count() >= MOST_OPEN:
        raise TooMany
    filters = {name: value for name, value in asdict(asked).items() if value is not None and name not in ABOUT}
    made = RequestExport.objects.create(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        asked=filters,
        said=said,
        since=asked.since,
        until=asked.until,
        state=State.WAITING,
        created_at=now,
        created_by=actor,
        expires_at=now + KEPT,
    )
    _note(made, deployment.organization, "export.begun", now=now, actor=actor, deployment=deployment.slug, filter=said)
    return made


def cancel(one: RequestExport, organization: Organization, *, now: datetime, actor: User) -> bool:
    """Whether it was still to be stopped; what was written until then is forgotten by the worker."""
    stopped = RequestExport.objects.filter(pk=one.pk, state__in=OPEN).update(
        state=State.CANCELLED, finished_at=now, claim=None, claimed_until=None
    )
    if stopped:
        _note(one, organization, "export.cancelled", now=now, actor=actor)
    return stopped > 0


def fetch(one: RequestExport, organization: Organization, *, now: datetime, actor: User) -> Iterator[bytes]:
    """The file, piece by piece, each read in a transaction of its own when it is wanted."""
    _note(one, organization, "export.downloaded", now=now, actor=actor, rows=one.rows)
    return _pieces(one)


def exports_of(deployment: Deployment) -> QuerySet[RequestExport]:
    return RequestExport.objects.filter(organization_id=deployment.organization_id, deployment_id=deployment.pk)


def expire(*, now: datetime) -> int:
    """Forget exports whose days are over, and those that were cancelled, with their pieces; how many. As the worker."""
    gone = 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            over = RequestExport.objects.filter(organization_id=organization_id)
            ExportPiece.objects.filter(of__in=over.filter(state=State.CANCELLED)).delete()
            late = over.filter(expires_at__lte=now)
            gone += late.count()
            late.delete()
    return gone


def _pieces(one: RequestExport) -> Iterator[bytes]:
    for n in range(one.pieces):
        with access.scope(one.organization_id):
            packed = ExportPiece.objects.values_list("packed", flat=True).get(of=one, n=n)
        yield gzip.decompress(bytes(packed))


def _note(
    one: RequestExport, organization: Organization, verb: str, *, now: datetime, actor: User, **detail: object
) -> None:
    audit.record(organization=organization, actor=actor, verb=verb, now=now, export=str(one.key), **detail)
