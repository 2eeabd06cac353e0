"""Posts of LiteLLM's callback: a list of rows, one row, or one a line, to facts and rejections. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from apps.ingest import split
from apps.ingest.adapters.litellm_callback import facts
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, PostError, Rejection, too_many
from apps.ingest.spans import SpanFact

_SPACE = b" \t\r\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Rows:
    facts: list[SpanFact] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def decode(body: bytes, *, now: datetime, limits: Limits) -> Rows:
    """Raises PostError when the body as a whole cannot be read: 400 empty or broken, 413 too many."""
    found = Rows()
    for index, item in enumerate(_items(body.strip(_SPACE), limits)):
        try:
            row = item if isinstance(item, Mapping) else _row(item)
            found.facts.append(check_time(facts.fact_of(row), now=now, limits=limits))
        except ItemError as refused:
            found.rejected.append(Rejection(index, refused.code, refused.message))
    return found


def check_time(fact: SpanFact, *, now: datetime, limits: Limits) -> SpanFact:
    """The fact, when it may be stored. Raises ItemError."""
    try:
        at = _EPOCH + timedelta(microseconds=fact.started_ns // 1_000)
    except OverflowError:
        raise ItemError("invalid_time", "startTime is no time.") from None
    if at > now + limits.future:
        raise ItemError("future", "startTime lies ahead. Set the sender's clock.")
    if at < now - limits.past:
        raise ItemError("too_old", f"The call is older than {limits.past.days} days, for which raw traces are kept.")
    return fact


def _items(body: bytes, limits: Limits) -> Iterator[Any]:
    if not body:
        raise PostError(400, "empty", "The body holds no row.")
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        taken_apart = split.array(body, limits) if body.startswith(b"[") else split.lines(body, limits)
        yield from _bounded(taken_apart, limits)
        return
    yield from _bounded(whole if isinstance(whole, list) else [whole], limits)


def _bounded(items: Sequence[Any], limits: Limits) -> Sequence[Any]:
    if len(items) > limits.items:
        raise too_many(limits.items)
    return items


def _row(item: Any) -> Mapping[str, Any]:
    """Of the bytes of an item of a body that as a whole is broken."""
    if isinstance(item, bytes):
        try:
            item = msgspec.json.decode(item)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ItemError("invalid_json", "The row is not JSON.") from None
    if not isinstance(item, dict):
        raise ItemError("invalid_type", "A row is an object.")
    return item
