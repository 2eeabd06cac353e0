"""Files by a key: hand one over, and ask how far it is."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.ingest import answers, body, hints, pressure, quota
from apps.ingest.authentication import sender_of
from apps.ingest.files import dialects, storage
from apps.ingest.files.hand_over import hand_over
from apps.ingest.models import Import
from apps.ingest.refusals import ItemError, PostError
from apps.organizations import access

SLOWEST_BYTES_PER_S = 100_000
BASE_SECONDS = 30.0


@answers.way_in
def imports(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/imports?name=FILE[&columns=JSON]`: the body is the file."""
    now = timezone.now()
    owner, key_id = sender_of(request.META, now=now)
    quota.refuse_who_waits(key_id)
    pressure.refuse_when_full()
    quota.charge(key_id, items=0)  # its rows are read in turns, by a worker that nobody can hurry
    mapping = _mapping(request.GET.get("columns", ""))
    stored = storage.store(_pieces(request), most=settings.UPLOAD_BYTES)
    try:
        with transaction.atomic(using="ingest", durable=True):
            access.open_organization(owner.organization_id, using="ingest")
            one, fresh = hand_over(
                owner=owner,
                stored=stored,
                name=request.GET.get("name", ""),
                mapping=mapping,
                now=now,
                using="ingest",
            )
    except ItemError as error:
        storage.delete(stored.name)
        raise PostError(400, error.code, error.message) from None
    except BaseException:
        storage.delete(stored.name)
        raise
    if fresh:
        hints.read_soon(one.organization_id, one.pk)
    return answers.as_json(202 if fresh else 200, said_of(one))


@answers.accepting("GET")
def one_import(request: HttpRequest, key: UUID) -> HttpResponse:
    """`GET /api/v1/imports/<id>`: how far it is."""
    owner, _ = sender_of(request.META, now=timezone.now())
    with transaction.atomic(using="ingest"):
        access.open_organization(owner.organization_id, using="ingest")
        one = Import.objects.using("ingest").filter(**owner._asdict(), key=key).first()
    if one is None:
        raise PostError(404, "not_found", "This deployment has no such import.")
    return answers.as_json(200, said_of(one))


def said_of(one: Import) -> dict[str, Any]:
    return {
        "id": str(one.key),
        "name": one.name,
        "state": one.state,
        "dialect": dialects.TITLES.get(one.dialect),
        "progress": round(one.share, 4),
        "rows": one.rows,
        "accepted": one.accepted,
        "duplicate": one.duplicate,
        "conflict": one.conflict,
        "rejected": one.rejected,
        "reasons": one.reasons,
        "warnings": one.warnings,
        "fault": one.fault or None,
        "created_at": _time(one.created_at),
        "finished_at": _time(one.finished_at),
    }


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    return body.pieces(request.META, max_bytes=settings.UPLOAD_BYTES, seconds=BASE_SECONDS, slowest=SLOWEST_BYTES_PER_S)


def _mapping(said: str) -> dict[str, Any] | None:
    if not said:
        return None
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PostError(
            400, "invalid_mapping", 'columns is JSON: {"columns": {"received_at": "time", ...}, "durations": "ms"}.'
        )
    return found


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
