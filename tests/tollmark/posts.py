"""Batches of requests as a client keeps them until they are answered for."""

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

MODELS = ("gpt-4o", "gpt-4o-mini", "o3-mini")


def batch(name: str, size: int, *, until: datetime, over: timedelta) -> bytes:
    """`size` requests as NDJSON, spread over the time to `until`; every seventh fell back to another model."""
    return b"\n".join(json.dumps(_one(f"{name}-{n}", n, until - over * (n / size))).encode() for n in range(size))


def _one(identity: str, n: int, at: datetime) -> dict[str, Any]:
    attempts = [_attempt(MODELS[n % 3], n)]
    if n % 7 == 0:
        attempts.insert(0, {**_attempt(MODELS[(n + 1) % 3], n), "status": 503, "usage": {}})
    return {"request_id": identity, "received_at": at.isoformat(), "user_facing": n % 2 == 0, "attempts": attempts}


def _attempt(model: str, n: int) -> dict[str, Any]:
    usage = {"input_tokens": 100 + n % 911, "output_tokens": 10 + n % 307}
    return {"provider": "openai", "model": model, "status": 200, "latency_ms": 100 + n % 1_003, "usage": usage}


def send(url: str, key: str, body: bytes, *, seconds: float = 30) -> dict[str, int]:
    """What was answered after the commit. Raises OSError where nothing was answered for: send it again."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    request = urllib.request.Request(f"{url}/api/v1/traces", body, headers)
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        counts: dict[str, Any] = json.load(answer)
    return {name: counts[name] for name in ("accepted", "duplicate", "conflict")} | {
        "rejected": len(counts["rejected"])
    }
