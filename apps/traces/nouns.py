"""The nouns of a trace: a request with its ordered attempts, as every way in hands them on.

These structures are the native wire format too, so their constraints are what `POST /api/v1/traces` accepts and what
its JSON Schema says. Names are OpenTelemetry's GenAI names where one exists, with dots as underscores. A field that is
absent was not measured: it is stored as null and never as 0.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Identifier = Annotated[str, Meta(min_length=1, max_length=256)]
Label = Annotated[str, Meta(min_length=1, max_length=256)]
Milliseconds = Annotated[float, Meta(ge=0, le=86_400_000)]
Tokens = Annotated[int, Meta(ge=0, le=100_000_000)]

Environment = Label
Outcome = Literal["served", "failed"]
OverheadBasis = Literal["receive_to_dispatch", "total_minus_provider", "decision_only"]
Completeness = Literal["complete", "complete_first_hop", "count_only", "lower_bound", "unknown"]
Grouping = Literal["explicit", "inferred", "ambiguous"]
ServiceTier = Literal["standard", "batch", "flex", "priority"]
CostBasis = Literal["provider", "gateway"]


class Usage(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Units one attempt consumed; `input_tokens` includes cached ones, `output_tokens` includes reasoning."""

    input_tokens: Tokens | None = None
    cache_read_input_tokens: Tokens | None = None
    cache_write_input_tokens: Tokens | None = None
    """Written to a cache of the provider's default lifetime (five minutes where there are two)."""
    cache_write_1h_input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    reasoning_output_tokens: Tokens | None = None
    other: Annotated[dict[Label, Tokens], Meta(max_length=16)] | None = None
    """Other billable units by name, such as `images` or `web_searches`."""


class Attempt(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One dispatch to a provider."""

    provider: Label | None = None
    model: Label | None = None
    """The model that was asked for, as the provider names it."""
    response_model: Label | None = None
    """The model that answered, where it says so; often the same name with a date."""
    region: Label | None = None
    service_tier: ServiceTier = "standard"
    start_offset_ms: Milliseconds | None = None
    """From the request's `received_at` to the start of this attempt."""
    latency_ms: Milliseconds | None = None
    ttft_ms: Milliseconds | None = None
    status: Annotated[int, Meta(ge=100, le=599)] | None = None
    error_type: Label | None = None
    """Null when it answered. `timeout`, `connection_error`, `cut`, a class name, or a status as text."""
    response_id: Identifier | None = None
    usage: Usage | None = None
    cost: Decimal | None = None
    """What the sender says it cost, kept to 1e-9 of the currency, rounded half-even."""
    currency: Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")] = "USD"
    cost_basis: CostBasis | None = None


class Request(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One logical call made by the application, with its attempts in the order of their dispatch."""

    request_id: Identifier
    received_at: Annotated[datetime, Meta(tz=True)]
    attempts: Annotated[list[Attempt], Meta(max_length=64)] = field(default_factory=list)
    environment: Environment = "production"
    operation: Label = "chat"
    task: Label | None = None
    route: Label | None = None
    policy: Label | None = None
    user_facing: bool | None = None
    """Null: what the deployment's workload says on that day."""
    streaming: bool | None = None
    routing_overhead_ms: Milliseconds | None = None
    overhead_basis: OverheadBasis | None = None
    latency_ms: Milliseconds | None = None
    ttft_ms: Milliseconds | None = None
    outcome: Outcome | None = None
    """Null: derived from the attempts (served when one answered), unknown when there is none to tell."""
    serving_attempt: Annotated[int, Meta(ge=0, le=63)] | None = None
    """Index of the attempt whose answer went back; null on a served request: the last one that answered."""
    cache_hit: bool = False
    """Answered from the gateway's own cache: served, no attempt, no cost."""
    parallel: bool = False
    """Attempts were hedged: dispatched side by side, the first answer won."""
    quality: Annotated[float, Meta(ge=0, le=1)] | None = None
    tags: Annotated[dict[Label, Label], Meta(max_length=32)] | None = None
    completeness: Completeness = "complete"
    grouping: Grouping = "explicit"
    trace_id: Identifier | None = None
