"""From an accepted request to the rows that are stored: what its attempts tell, names, units, identity. Pure."""

import functools
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from apps.ingest.accept import answered
from apps.pricing.names import Name, canonical_name
from apps.traces.nouns import Attempt, Request, Usage

NATIVE, OTLP = "native", "otlp"
LITELLM, FILE = "litellm", "file"
"""Rows of LiteLLM's callback, derived like spans; and requests that a file brought whole."""
_NANO = Decimal("1e-9")
_NANOS = 1_000_000_000
_NO_USAGE = Usage()
_DEFAULTS = {one.name: one.default for kind in (Request, Attempt) for one in msgspec.structs.fields(kind)}
_ENVIRONMENT, _OPERATION, _CURRENCY = (_DEFAULTS[name] for name in ("environment", "operation", "currency"))
_encode = msgspec.msgpack.Encoder(order="deterministic", decimal_format="string").encode
name_of = functools.lru_cache(maxsize=4_096)(canonical_name)


class Owner(NamedTuple):
    """Whose rows these are."""

    organization_id: int
    deployment_id: int


class Resolved(Struct, frozen=True):
    """The rows of one request; `request` and `attempts` in the order of REQUEST_COLUMNS and ATTEMPT_COLUMNS."""

    request_id: str
    received_at: datetime
    content_hash: bytes
    request: tuple[Any, ...]
    attempts: list[tuple[Any, ...]]


REQUEST_COLUMNS: tuple[tuple[str, str], ...] = (
    ("organization_id", "int8"),
    ("deployment_id", "int8"),
    ("day", "date"),
    ("request_id", "text"),
    ("received_at", "timestamptz"),
    ("ingested_at", "timestamptz"),
    ("environment", "text"),
    ("operation", "text"),
    ("task", "text"),
    ("route", "text"),
    ("policy", "text"),
    ("user_facing", "bool"),
    ("streaming", "bool"),
    ("routing_overhead_us", "int8"),
    ("overhead_basis", "text"),
    ("latency_us", "int8"),
    ("ttft_us", "int8"),
    ("outcome", "text"),
    ("serving_attempt", "int2"),
    ("cache_hit", "bool"),
    ("parallel", "bool"),
    ("quality", "float8"),
    ("tags", "jsonb"),
    ("completeness", "text"),
    ("grouping", "text"),
    ("attempt_count", "int2"),
    ("source", "text"),
    ("trace_id", "text"),
    ("content_hash", "bytea"),
    ("warnings", "jsonb"),
)
ATTEMPT_COLUMNS: tuple[tuple[str, str], ...] = (
    ("organization_id", "int8"),
    ("deployment_id", "int8"),
    ("day", "date"),
    ("request_id", "text"),
    ("n", "int2"),
    ("received_at", "timestamptz"),
    ("provider", "text"),
    ("model", "text"),
    ("raw_model", "text"),
    ("response_model", "text"),
    ("region", "text"),
    ("service_tier", "text"),
    ("start_offset_us", "int8"),
    ("latency_us", "int8"),
    ("ttft_us", "int8"),
    ("status", "int2"),
    ("error_type", "text"),
    ("response_id", "text"),
    ("input_tokens", "int8"),
    ("cache_read_input_tokens", "int8"),
    ("cache_write_input_tokens", "int8"),
    ("cache_write_1h_input_tokens", "int8"),
    ("output_tokens", "int8"),
    ("reasoning_output_tokens", "int8"),
    ("other_units", "jsonb"),
    ("reported_cost_nano", "int8"),
    ("currency", "text"),
    ("cost_basis", "text"),
)


def resolve(
    request: Request, received_at: datetime, warnings: Sequence[str], *, owner: Owner, source: str, now: datetime
) -> Resolved:
    """`received_at` is in UTC and by our clock, as `accept` returns it; the hash is of what was sent."""
    organization_id, deployment_id = owner
    day = received_at.date()
    # What is derived from spans says itself what is known of the outcome: a call may still be under way.
    outcome, serving = outcome_of(request) if source == NATIVE else (request.outcome, request.serving_attempt)
    overhead, basis = request.routing_overhead_ms, request.overhead_basis
    latency, ttft = request.latency_ms, request.ttft_ms
    content_hash = hash_of(request)
    row = (
        organization_id,
        deployment_id,
        day,
        request.request_id,
        received_at,
        now,
        request.environment,
        request.operation,
        request.task,
        request.route,
        request.policy,
        request.user_facing,
        request.streaming,
        # Written out, here and for attempts: a call of a function for each is a tenth of the whole.
        None if overhead is None or basis is None else round(overhead * 1_000),
        None if overhead is None else basis,
        None if latency is None else round(latency * 1_000),
        None if ttft is None else round(ttft * 1_000),
        outcome,
        serving,
        request.cache_hit,
        request.parallel,
        request.quality,
        request.tags or None,
        request.completeness,
        request.grouping,
        len(request.attempts),
        source,
        request.trace_id,
        content_hash,
        sorted(set(warnings)) if warnings else None,
    )
    head = (organization_id, deployment_id, day, request.request_id)
    attempts = [_attempt(head, n, received_at, attempt) for n, attempt in enumerate(request.attempts)]
    return Resolved(request.request_id, received_at, content_hash, row, attempts)


def _attempt(head: tuple[Any, ...], n: int, received_at: datetime, attempt: Attempt) -> tuple[Any, ...]:
    name: Name = name_of(attempt.provider, attempt.model)
    usage, cost = attempt.usage or _NO_USAGE, attempt.cost
    offset, latency, ttft = attempt.start_offset_ms, attempt.latency_ms, attempt.ttft_ms
    return (
        *head,
        n,
        received_at,
        name.provider,
        name.model,
        attempt.model,
        attempt.response_model,
        attempt.region,
        attempt.service_tier,
        None if offset is None else round(offset * 1_000),
        None if latency is None else round(latency * 1_000),
        None if ttft is None else round(ttft * 1_000),
        attempt.status,
        attempt.error_type,
        attempt.response_id,
        usage.input_tokens,
        usage.cache_read_input_tokens,
        usage.cache_write_input_tokens,
        usage.cache_write_1h_input_tokens,
        usage.output_tokens,
        usage.reasoning_output_tokens,
        usage.other or None,
        None if cost is None else nano(cost),
        attempt.currency,
        attempt.cost_basis or (None if cost is None else "gateway"),
    )


def outcome_of(request: Request) -> tuple[str | None, int | None]:
    """(served or failed, index of the attempt whose answer went back); null where the attempts do not tell.

    Raises nothing: contradictions were rejected by `accept`.
    """
    if request.cache_hit:
        return "served", None
    if request.outcome == "failed":
        return "failed", None
    if request.serving_attempt is not None:
        return "served", request.serving_attempt
    winners = [n for n, attempt in enumerate(request.attempts) if answered(attempt)]
    if winners:
        return "served", _first_to_end(request.attempts, winners) if request.parallel else winners[-1]
    if request.outcome is None and request.attempts:
        return "failed", None
    return request.outcome, None


def _first_to_end(attempts: Sequence[Attempt], winners: Sequence[int]) -> int:
    """Of hedged attempts that all answered; the last one where their ends are not known."""
    ends = [(a.start_offset_ms, a.latency_ms) for a in (attempts[n] for n in winners)]
    known = [
        (start + length, n) for (start, length), n in zip(ends, winners, strict=True) if start is not None and length
    ]
    return min(known)[1] if len(known) == len(winners) else winners[-1]


def hash_of(request: Request) -> bytes:
    """16 bytes that are equal for equal content, however it was written down."""
    if request.received_at.tzinfo is not UTC:
        request = msgspec.structs.replace(request, received_at=request.received_at.astimezone(UTC))
    if changes := _unsaid(request):
        request = msgspec.structs.replace(request, **changes)
    return hashlib.sha256(_encode(request)).digest()[:16]


def _unsaid(request: Request) -> dict[str, Any]:
    """What leaves out that says no more than its absence. The encoder omits a default by identity, and a text that was
    decoded is another object; texts of a fixed choice, flags and null are always the same."""
    changes: dict[str, Any] = {}
    if request.environment == _ENVIRONMENT and request.environment is not _ENVIRONMENT:
        changes["environment"] = _ENVIRONMENT
    if request.operation == _OPERATION and request.operation is not _OPERATION:
        changes["operation"] = _OPERATION
    if request.tags is not None and not request.tags:
        changes["tags"] = None
    for attempt in request.attempts:
        if _says_nothing(attempt):
            changes["attempts"] = [_terse(one) for one in request.attempts]
            break
    return changes


def _says_nothing(attempt: Attempt) -> bool:
    """Whether a part of it is there and says nothing."""
    if attempt.currency == _CURRENCY and attempt.currency is not _CURRENCY:
        return True
    usage = attempt.usage
    return usage is not None and (usage == _NO_USAGE or (usage.other is not None and not usage.other))


def _terse(attempt: Attempt) -> Attempt:
    usage = attempt.usage
    if usage is not None and usage.other is not None and not usage.other:
        usage = msgspec.structs.replace(usage, other=None)
    currency = _CURRENCY if attempt.currency == _CURRENCY else attempt.currency
    return msgspec.structs.replace(attempt, currency=currency, usage=None if usage == _NO_USAGE else usage)


def nano(cost: Decimal) -> int:
    """Kept to 1e-9 of the currency, rounded half-even."""
    return int(cost.quantize(_NANO, ROUND_HALF_EVEN) * _NANOS)
