"""Posts of LiteLLM's callback: a list of rows, one row, or one a line, to facts and rejections. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apps.ingest.adapters.litellm_callback import facts
from apps.ingest.documents import documents
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, Rejection
from apps.ingest.spans import SpanFact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Rows:
    facts: list[SpanFact] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def decode(body: bytes, *, now: datetime, limits: Limits) -> Rows:
    """Raises PostError when the body as a whole cannot be read: 400 empty or broken, 413 too many."""
    found = Rows()
    for index, row in enumerate(documents(body, limits)):
        try:
            if isinstance(row, ItemError):
                raise row
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
