"""Files for imports, and a worker's turns with them."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.ingest.files import storage
from apps.ingest.files.hand_over import hand_over
from apps.ingest.files.run import run
from apps.ingest.models import Import, ImportFault
from apps.ingest.resolve import Owner
from apps.organizations import access
from tests.connections import acting_as
from tests.ingest.sender import Sender


def helicone(number: int, **changed: Any) -> dict[str, Any]:
    """A row of Helicone's export, a second after the one before."""
    at = (
        datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        - timedelta(hours=3)
        + timedelta(seconds=number % 3_600)
    )
    return {
        "request_id": f"h-{number}",
        "request_created_at": at.isoformat(),
        "response_status": 200,
        "delay_ms": 900 + number,
        "provider": "OPENAI",
        "request_model": "gpt-4o-mini",
        "prompt_tokens": 100 + number,
        "completion_tokens": 10,
        "costUSD": 0.0001,
        "request_body": {"messages": [{"role": "user", "content": "a secret prompt"}]},
        "properties": {"task": "classify"},
    } | changed


def ndjson(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def handed(sender: Sender, data: bytes, *, name: str = "export", mapping: Mapping[str, Any] | None = None) -> Import:
    with acting_as("web"), access.scope(sender.organization_id):
        one, _ = hand_over(
            owner=Owner(sender.organization_id, sender.deployment_id),
            stored=storage.store([data], most=1 << 30),
            name=name,
            mapping=mapping,
            now=timezone.now(),
        )
    return one


def turn(one: Import, *, seconds: float = 3_600, clock: Callable[[], datetime] = timezone.now) -> bool:
    with acting_as("worker"):
        return run(organization_id=one.organization_id, import_id=one.pk, clock=clock, turn=timedelta(seconds=seconds))


def now_of(one: Import) -> Import:
    with acting_as("web"), access.scope(one.organization_id):
        return Import.objects.get(pk=one.pk)


def faults_of(one: Import) -> list[tuple[int, str]]:
    with acting_as("web"), access.scope(one.organization_id):
        return list(ImportFault.objects.filter(of=one).order_by("row").values_list("row", "code"))


def counts(one: Import) -> tuple[int, int, int, int, int]:
    """(rows, accepted, duplicate, conflict, rejected)."""
    found = now_of(one)
    return found.rows, found.accepted, found.duplicate, found.conflict, found.rejected
