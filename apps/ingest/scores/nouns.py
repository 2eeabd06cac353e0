"""A score as it is posted. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from apps.ingest import faults
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Identifier, Label

ADVICE = "A score has a value from 0 to 1 and what names its request; every field is in /api/v1/docs."
Kind = Literal["request", "response", "trace", "span"]


class Score(Struct, frozen=True, forbid_unknown_fields=True):
    """How good an answer was. It names its request by exactly one of request id, response id and trace (with a span or
    without); a call id of LiteLLM is a request id."""

    value: Annotated[float, Meta(ge=0, le=1)]
    name: Label = "quality"
    """Of the scorer: of several scores with one name the latest counts, and those of different names are averaged."""
    request_id: Identifier | None = None
    response_id: Identifier | None = None
    trace_id: Identifier | None = None
    span_id: Identifier | None = None
    scored_at: Annotated[datetime, Meta(tz=True)] | None = None
    """Null: when it arrives."""
    request_received_at: Annotated[datetime, Meta(tz=True)] | None = None
    """About when the request came, within a day: it is then found among the older ones too."""


class Target(NamedTuple):
    kind: Kind
    name: str


class Accepted(NamedTuple):
    """`near` is about when the request was; `answer` see the model."""

    target: Target
    near: datetime
    said: bool
    name: str
    value: float
    scored_at: datetime
    digest: bytes
    answer: str | None = None


def accept(said: Mapping[str, Any], *, now: datetime, limits: Limits) -> Accepted:
    """Raises ItemError."""
    try:
        score = msgspec.convert(said, Score)
    except msgspec.ValidationError as error:
        refused = faults.of_validation(error)
        raise ItemError(refused.code, f"{refused.message.partition('. ')[0].rstrip('.')}. {ADVICE}") from None
    if (unfit := faults.of_text(msgspec.json.encode(said))) is not None:
        raise unfit
    scored_at = _within(score.scored_at or now, "scored_at", now, limits)
    near = score.request_received_at
    near = scored_at if near is None else _within(near, "request_received_at", now, limits)
    target = _target(score)
    text = "\0".join((*target, score.name, repr(score.value), score.scored_at.isoformat() if score.scored_at else ""))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return Accepted(target, near, score.request_received_at is not None, score.name, score.value, scored_at, digest)


def _target(score: Score) -> Target:
    named = [score.request_id, score.response_id, score.trace_id]
    if sum(name is not None for name in named) != 1 or (score.span_id is not None and score.trace_id is None):
        raise ItemError(
            "no_target",
            "Name its request by exactly one of request_id, response_id, and trace_id (with a span_id or not).",
        )
    if score.request_id is not None:
        return Target("request", score.request_id)
    if score.response_id is not None:
        return Target("response", score.response_id)
    trace = str(score.trace_id).lower()
    return Target("trace", trace) if score.span_id is None else Target("span", f"{trace}:{score.span_id.lower()}")


def _within(at: datetime, name: str, now: datetime, limits: Limits) -> datetime:
    if at - now > limits.future + timedelta(days=1) or at - now > limits.future:
        raise ItemError("future", f"{name} lies ahead. Set the sender's clock.")
    if now - at > limits.past:
        raise ItemError("too_old", f"{name} is older than {limits.past.days} days, for which raw traces are kept.")
    return at.astimezone(UTC)
