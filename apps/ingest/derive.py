"""What is derived together, and from which span facts. Pure.

A *unit* is a trace, or an hour of a *lane*: the spans of one process that stand alone in their traces. An hour of a lane
is derived from the facts around it too, so that a request at its edge is whole; it keeps the requests that began in it.
So every request is a function of the facts near it, and no order or splitting of posts can change it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from apps.ingest.adapters.litellm_otel_v2.router import HORIZON_NS
from apps.ingest.adapters.trace import derive_lane, derive_trace
from apps.ingest.spans import LANE, Score, SpanFact
from apps.traces.nouns import Request

MARGIN = timedelta(microseconds=HORIZON_NS // 1_000)
HOUR = timedelta(hours=1)
SCORE = "score:"
_OF_TRACE, _OF_ANSWER = f"{SCORE}trace:", f"{SCORE}answer:"
_HOUR_FORMAT = "%Y%m%dT%H"


@dataclass(frozen=True, order=True)
class Unit:
    """`key` is stored as the trace id of the mark and of the requests: `<trace id>` or `lane:<process>:<hour>`."""

    key: str

    @property
    def lane(self) -> str | None:
        return self.key.split(":")[1] if self.key.startswith(LANE) else None

    @property
    def hour(self) -> datetime:
        """Of a lane."""
        return datetime.strptime(self.key.rpartition(":")[2], _HOUR_FORMAT).replace(tzinfo=UTC)

    @property
    def facts_within(self) -> tuple[datetime, datetime]:
        """Of a lane: from when and until when the facts are needed."""
        return self.hour - MARGIN, self.hour + HOUR + MARGIN


@dataclass(frozen=True, order=True)
class Subject:
    """What a score is of, marked like a unit and looked up when it is derived: `score:trace:<id>`, `score:answer:<id>`."""

    key: str

    @classmethod
    def all_of(cls, score: Score) -> "list[Subject]":
        named = (("trace", score.trace_id), ("answer", score.response_id))
        return [cls(f"{SCORE}{kind}:{identity}") for kind, identity in named if identity is not None]

    @property
    def trace(self) -> str | None:
        return self.key.removeprefix(_OF_TRACE) if self.key.startswith(_OF_TRACE) else None

    @property
    def answer(self) -> str | None:
        return self.key.removeprefix(_OF_ANSWER) if self.key.startswith(_OF_ANSWER) else None


def units_of(span: SpanFact) -> list[tuple[Unit, date]]:
    """What must be derived again when this span comes, with the day it is filed under."""
    at = datetime.fromtimestamp(span.started_ns / 1e9, UTC)
    if span.lane is None:
        return [(Unit(span.trace_id), at.date())]
    hours = {(at + shift).replace(minute=0, second=0, microsecond=0) for shift in (-MARGIN, timedelta(0), MARGIN)}
    return [(Unit(f"{LANE}{span.lane}:{hour.strftime(_HOUR_FORMAT)}"), hour.date()) for hour in sorted(hours)]


def derive(unit: Unit, spans: Iterable[SpanFact], told: Sequence[Score] = ()) -> list[Request]:
    """The requests of one unit, in the order of time, with the scores that are told of them."""
    if unit.lane is None:
        return derive_trace(spans, trace_id=unit.key, told=told)
    begin, end = (_nanoseconds(at) for at in unit.facts_within)
    near = [span for span in spans if begin <= span.started_ns < end]
    found = derive_lane(near, lane=unit.key, told=told)
    return [request for request in found if unit.hour <= request.received_at < unit.hour + HOUR]


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000_000
