"""A first trace of one's own: a place for it is made at the first start, and `--smoke` sends one through to a rollup."""

import json
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tollmark.embedded.children import ServiceError
from tollmark.up.supervisor import Supervisor

ORGANIZATION, DEPLOYMENT, EMAIL = "mine", "first", "you@localhost"
SMOKE_WITHIN_S = 60
ASK_EVERY_S = 0.6
"""Where the trace is; a token may read only so often, and on a slow machine a rollup takes a while."""


@dataclass(frozen=True)
class Place:
    """Where a first trace goes, and how to see it."""

    email: str
    password: str
    ingest_key: str
    api_token: str


def load(data: Path) -> Place | None:
    file = _file(data)
    return Place(**json.loads(file.read_text())) if file.exists() else None


def save(data: Path, place: Place) -> None:
    """In a file that its owner alone can read: a key is shown only when it is made."""
    partial = _file(data).with_suffix(".new")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(place.__dict__))
    partial.rename(_file(data))


def _file(data: Path) -> Path:
    return data / "first.json"


def request(now: datetime) -> dict[str, Any]:
    """A small trace: the planned model failed once, then another answered."""
    return {
        "request_id": f"first-{now.timestamp():.6f}",
        "received_at": now.isoformat(),
        "latency_ms": 2100,
        "attempts": [
            {"provider": "openai", "model": "gpt-4o-mini", "latency_ms": 900, "status": 429, "error_type": "429"},
            {
                "provider": "openai",
                "model": "gpt-4o",
                "latency_ms": 1150,
                "status": 200,
                "usage": {"input_tokens": 420, "output_tokens": 130},
            },
        ],
    }


def invitation(place: Place, url: str) -> list[str]:
    """The lines that `up` ends with; the shell puts in an id and the time."""
    body = (
        '{"request_id":"\'$(date +%s%N)\'","received_at":"\'$(date -u +%FT%TZ)\'","attempts":[{"provider":"openai",'
        '"model":"gpt-4o-mini","latency_ms":900,"usage":{"input_tokens":420,"output_tokens":130}}]}'
    )
    headers = f"-H 'Authorization: Bearer {place.ingest_key}' -H 'Content-Type: application/json'"
    return [
        f"Send a first trace of your own, and find it as {place.email} with the password {place.password}:",
        f"    curl {url}/api/v1/traces {headers} -d '{body}'",
    ]


def smoke(supervisor: Supervisor, place: Place, url: str) -> None:
    """Post one trace, wait until the page's API counts it, say how long each took. Raises ServiceError."""
    before = _counted(url, place)
    began = time.perf_counter()
    answer = _post(f"{url}/api/v1/traces", place, request(datetime.now(UTC)))
    posted = time.perf_counter()
    if answer.get("accepted") != 1:
        raise ServiceError(f"The trace was not accepted: {answer}")
    if not supervisor.wait_until(lambda: _counted(url, place) > before, seconds=SMOKE_WITHIN_S, ask_every=ASK_EVERY_S):
        raise ServiceError(f"The trace did not reach a rollup within {SMOKE_WITHIN_S} s; the lines above say why.")
    rolled_up = time.perf_counter()
    supervisor.say(
        f"smoke: stored in {(posted - began) * 1_000:.0f} ms, in the rollups {rolled_up - posted:.2f} s later"
    )


def _counted(url: str, place: Place) -> int:
    address = f"{url}/api/v1/deployments/{DEPLOYMENT}/metrics"
    answer = _open(urllib.request.Request(address, headers={"Authorization": f"Bearer {place.api_token}"}))  # noqa: S310
    return int(answer["requests"])


def _post(url: str, place: Place, body: Mapping[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {place.ingest_key}", "Content-Type": "application/json"}
    return _open(urllib.request.Request(url, json.dumps(body).encode(), headers))  # noqa: S310  # our own address


def _open(message: urllib.request.Request) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(message, timeout=20) as answer:  # noqa: S310  # our own address
            return dict(json.load(answer))
    except OSError as error:
        raise ServiceError(f"{message.full_url} was answered with: {error}") from error
