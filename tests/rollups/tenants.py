"""Tenants with raw rows, stored as the way in stores them: rows and marks in one transaction."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from apps.deployments.models import Deployment, StaleSince
from apps.deployments.provision import provision
from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Owner, resolve
from apps.organizations import access
from apps.organizations.models import Organization
from apps.traces.models import StaleHour
from apps.traces.nouns import Attempt, Request, Usage
from apps.traces.partitions import maintain
from tests.names import unique

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Tenant:
    organization_id: int
    deployment_id: int

    @property
    def place(self) -> dict[str, Any]:
        return {"organization_id": self.organization_id, "deployment_id": self.deployment_id}


def tenant(*, user_facing: bool = True) -> Tenant:
    """A fresh organization with one deployment; as the worker. Its declaration has been rebuilt already."""
    slug = unique("cells")
    provision(
        organization=slug,
        deployment="chat",
        email=f"{slug}@example.com",
        password=None,
        now=NOW,
        user_facing=user_facing,
    )
    organization = Organization.objects.get(slug=slug)
    with access.scope(organization.pk):
        deployment = Deployment.objects.get(organization=organization)
        StaleSince.objects.filter(deployment=deployment).delete()
    maintain(today=NOW.date(), days=60)
    return Tenant(organization.pk, deployment.pk)


def store(owner: Tenant, requests: Sequence[Request], *, marked: bool = True) -> None:
    """What is there already is kept, as at the way in."""
    rows = [
        resolve(
            one, one.received_at, (), owner=Owner(owner.organization_id, owner.deployment_id), source="native", now=NOW
        )
        for one in requests
    ]
    with access.scope(owner.organization_id):
        insert("traces_request", [name for name, _ in REQUEST_COLUMNS], [row.request for row in rows])
        insert("traces_attempt", [name for name, _ in ATTEMPT_COLUMNS], [a for row in rows for a in row.attempts])
        if marked:
            mark(owner, {one.received_at.replace(minute=0, second=0, microsecond=0) for one in requests})


def mark(owner: Tenant, hours: set[datetime]) -> None:
    StaleHour.objects.bulk_create(StaleHour(**owner.place, hour=hour, marked_at=NOW) for hour in sorted(hours))


def insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(["%s"] * len(columns))
    adapted: list[Any] = [tuple(Jsonb(v) if isinstance(v, dict | list) else v for v in row) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", adapted)


MODELS = (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-3-5-haiku-20241022"))


def traffic(seed: int, count: int, *, days: int = 3, end: datetime = NOW) -> list[Request]:
    """Requests of every kind: plain, retried, fallen back, failed, hedged, cached, unpriced, of every completeness."""
    rng = random.Random(seed)
    return [
        _request(rng, f"r{seed}-{number}", end - timedelta(seconds=rng.randrange(1, days * 86_400)))
        for number in range(count)
    ]


def _request(rng: random.Random, name: str, received_at: datetime) -> Request:
    if rng.random() < 0.03:
        return Request(request_id=name, received_at=received_at, cache_hit=True, latency_ms=3.0)
    tries, start = [], 0.0
    for _ in range(rng.choice((0, 0, 0, 0, 0, 0, 1, 1, 2))):
        tries.append(_attempt(rng, start, failed=True))
        start += rng.randrange(200, 3_000)
    if rng.random() < 0.95:
        tries.append(_attempt(rng, start, failed=False))
    return Request(
        request_id=name,
        received_at=received_at,
        attempts=tries,
        environment=rng.choice(("production", "production", "staging")),
        operation=rng.choice(("chat", "chat", "chat", "embeddings")),
        task=rng.choice((None, "triage", "answers")),
        route=rng.choice((None, "fast", "deep")),
        policy=rng.choice((None, "2026-10")),
        user_facing=rng.choice((None, True, False)),
        routing_overhead_ms=rng.choice((None, 12.5, 40.0)),
        overhead_basis=rng.choice(("receive_to_dispatch", "decision_only")),
        latency_ms=rng.choice((None, float(rng.randrange(100, 9_000)))),
        ttft_ms=rng.choice((None, float(rng.randrange(50, 900)))),
        parallel=len(tries) > 1 and rng.random() < 0.1,
        quality=rng.choice((None, None, rng.random())),
        completeness=rng.choice(("complete",) * 7 + ("complete_first_hop", "count_only", "lower_bound")),
        tags={"team": rng.choice("ab")},
    )


def _attempt(rng: random.Random, start: float, *, failed: bool) -> Attempt:
    provider, model = rng.choice((*MODELS, ("openai", "unheard-of-1"))) if rng.random() < 0.3 else MODELS[0]
    usage = Usage(
        input_tokens=rng.randrange(1, 9_000),
        cache_read_input_tokens=rng.choice((None, 0)),
        output_tokens=rng.randrange(1, 900),
    )
    return Attempt(
        provider=provider,
        model=model,
        start_offset_ms=start if rng.random() < 0.95 else None,
        latency_ms=float(rng.randrange(100, 5_000)),
        status=rng.choice((429, 500, 503, None)) if failed else 200,
        error_type="timeout" if failed else None,
        usage=None if failed and rng.random() < 0.8 else usage,
        cost=rng.choice((None, None, None, Decimal("0.0012345678"))),
        currency=rng.choice(("USD", "USD", "EUR")),
    )
