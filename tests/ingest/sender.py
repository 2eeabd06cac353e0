"""A client of the public interface, and a look at what it left behind."""

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access
from apps.organizations.models import Organization
from tests.connections import acting_as
from tests.ingest.items import array
from tests.names import unique

NATIVE_PATH, OTLP_PATH = "/api/v1/traces", "/v1/traces"
PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> Any:
        return self.json["code"]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """(accepted, duplicate, conflict, rejected)."""
        assert self.status == 200, self.body
        said = self.json
        return said["accepted"], said["duplicate"], said["conflict"], len(said["rejected"])


@dataclass(frozen=True)
class Sender:
    """One tenant with one deployment and one key."""

    url: str
    organization_id: int
    deployment_id: int
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def post(self, body: bytes, path: str = NATIVE_PATH, **headers: str) -> Answer:
        said = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.url, "POST", path, body, {name: value for name, value in said.items() if value})

    def send(self, items: Sequence[dict[str, Any]], **headers: str) -> Answer:
        return self.post(array(list(items)), **headers)

    def export(self, body: bytes, **headers: str) -> Answer:
        return self.post(body, OTLP_PATH, **({"Content-Type": PROTOBUF} | headers))

    def rows(self, table: str, columns: str = "*", order: str = "1") -> list[dict[str, Any]]:
        """What this tenant has in a table, as its own pages would see it."""
        with acting_as("worker"), access.scope(self.organization_id), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {table} WHERE deployment_id = %s ORDER BY {order}", [self.deployment_id]
            )
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, table: str) -> int:
        return int(self.rows(table, "count(*) AS n")[0]["n"])

    def last_batch(self) -> dict[str, Any]:
        batch = self.rows("ingest_batch", order="id DESC")[0]
        return batch | {
            name: json.loads(batch[name]) for name in ("reasons", "warnings") if isinstance(batch[name], str)
        }


def ask(url: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        said = headers or {}
        client.request(method, path, body, said, encode_chunked="Transfer-Encoding" in said)
        response = client.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        client.close()


def new_sender(url: str) -> Sender:
    slug = unique("sender")
    with acting_as("worker"):
        made = provision(
            organization=slug,
            deployment="gateway",
            email=f"{slug}@example.com",
            password=None,
            now=datetime.now(UTC),
        )
        organization_id = Organization.objects.get(slug=slug).pk
        with access.scope(organization_id):
            deployment_id = Deployment.objects.get(slug="gateway").pk
    return Sender(url, organization_id, deployment_id, made.ingest_key)
