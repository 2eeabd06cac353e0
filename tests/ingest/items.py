"""Requests as a client writes them, for tests."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def item(request_id: str = "r-1", *, at: datetime = NOW, **fields: Any) -> dict[str, Any]:
    return {"request_id": request_id, "received_at": at.isoformat(), **fields}


def attempt(**fields: Any) -> dict[str, Any]:
    usage = {"input_tokens": 120, "output_tokens": 40}
    return {"provider": "openai", "model": "gpt-4o-mini", "latency_ms": 800.5, "status": 200, "usage": usage, **fields}


def batch(count: int, *, at: datetime = NOW, prefix: str = "r") -> list[dict[str, Any]]:
    return [item(f"{prefix}-{n}", at=at - timedelta(seconds=n), attempts=[attempt()]) for n in range(count)]


def array(items: list[dict[str, Any]]) -> bytes:
    return json.dumps(items).encode()


def lines(items: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in items)
