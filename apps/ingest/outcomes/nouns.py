"""An outcome as it is posted. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from apps.ingest import faults
from apps.ingest.refusals import ItemError, PostError
from apps.pricing.names import canonical_name
from apps.traces.nouns import Identifier, Label, Milliseconds, Tokens

ADVICE = "An outcome has prompt_id, task, model and a score from 0 to 1; every field is in /api/v1/docs."
LONGEST_NAME = 100
LARGEST_COST = Decimal(100_000_000)


class Outcome(Struct, frozen=True, forbid_unknown_fields=True):
    """How one model did on one prompt. The prompt is named by an id or a hash; its text is never asked for."""

    prompt_id: Identifier
    task: Label
    model: Label
    score: Annotated[float, Meta(ge=0, le=1)]
    provider: Label | None = None
    cost: Decimal | None = None
    """In USD, where it is known."""
    input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    latency_ms: Milliseconds | None = None


class Accepted(NamedTuple):
    task: str
    prompt: str
    provider: str | None
    model: str
    raw_model: str
    score: float
    cost_nano: int | None
    input_tokens: int | None
    output_tokens: int | None
    latency_us: int | None


def accept(said: Mapping[str, Any]) -> Accepted:
    """Raises ItemError."""
    try:
        one = msgspec.convert(said, Outcome, strict=False)
    except msgspec.ValidationError as error:
        refused = faults.of_validation(error)
        raise ItemError(refused.code, f"{refused.message.partition('. ')[0].rstrip('.')}. {ADVICE}") from None
    if (unfit := faults.of_text(msgspec.json.encode(said))) is not None:
        raise unfit
    name = canonical_name(one.provider, one.model)
    return Accepted(
        task=one.task,
        prompt=one.prompt_id,
        provider=name.provider,
        model=name.model or one.model,
        raw_model=one.model,
        score=one.score,
        cost_nano=None if one.cost is None else _nano(one.cost),
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        latency_us=None if one.latency_ms is None else round(one.latency_ms * 1_000),
    )


def accept_row(row: Mapping[str, Any]) -> Accepted:
    """An outcome as a row of a file, which may hold more: what is no field of an outcome is not read. Raises ItemError."""
    return accept({name: value for name, value in row.items() if name in _FIELDS and value not in (None, "")})


_FIELDS = frozenset(field.name for field in msgspec.structs.fields(Outcome))


def replay_set_of(name: str) -> str:
    """Raises PostError without a name that can stand in a list."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PostError(400, "no_name", f"Name the set in the address: ?name=..., up to {LONGEST_NAME} characters.")
    return name


def _nano(cost: Decimal) -> int:
    if not cost.is_finite() or not 0 <= cost <= LARGEST_COST:
        raise ItemError("out_of_range", f"cost lies between 0 and {LARGEST_COST:,} USD.")
    return round(cost * 1_000_000_000)
