"""What is derived together, and from which span facts. Pure.

A *unit* is a trace, or an hour of a *lane*: the spans of one process that stand alone in their traces. An hour of a lane
is derived from the facts around it too, so that a request at its edge is whole; it keeps the requests that began in it.
So every request is a function of the facts near it, and no order or splitting of posts can change it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from apps.ingest.adapters import litellm_callback
from apps.ingest.adapters.litellm_callback import CALL_ID
from apps.ingest.adapters.litellm_callback.derive import derive as derive_rows
from apps.ingest.adapters.litellm_otel_v2.router import HORIZON_NS
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.trace import derive_lane, derive_trace
from apps.ingest.spans import LANE, SpanFact
from apps.traces.nouns import Request

MARGIN = timedelta(microseconds=HORIZON_NS // 1_000)
HOUR = timedelta(hours=1)
SHORT = frozenset({"lower_bound", "count_only", "unknown"})
"""Of requests whose attempts are not all told."""
_HOUR_FORMAT = "%Y%m%dT%H"


@dataclass(frozen=True, order=True)
class Unit:
    """`key` is stored as the trace id of the mark and of the requests: `<trace id>` or `lane:<process>:<hour>`."""

    key: str

    @property
    def lane(self) -> str | None:
        return self.key.split(":")[1] if self.key.startswith(LANE) else None

    @property
    def is_of_rows(self) -> bool:
        """Of LiteLLM's callback; else it is of spans."""
        return self.key.startswith(litellm_callback.UNIT)

    @property
    def hour(self) -> datetime:
        """Of a lane."""
        return datetime.strptime(self.key.rpartition(":")[2], _HOUR_FORMAT).replace(tzinfo=UTC)

    @property
    def facts_within(self) -> tuple[datetime, datetime]:
        """Of a lane: from when and until when the facts are needed."""
        return self.hour - MARGIN, self.hour + HOUR + MARGIN


def units_of(span: SpanFact) -> list[tuple[Unit, date]]:
    """What must be derived again when this span comes, with the day it is filed under."""
    at = datetime.fromtimestamp(span.started_ns / 1e9, UTC)
    if span.lane is None:
        return [(Unit(span.trace_id), at.date())]
    hours = {(at + shift).replace(minute=0, second=0, microsecond=0) for shift in (-MARGIN, timedelta(0), MARGIN)}
    return [(Unit(f"{LANE}{span.lane}:{hour.strftime(_HOUR_FORMAT)}"), hour.date()) for hour in sorted(hours)]


@dataclass(frozen=True)
class Told:
    """A request, and the calls of LiteLLM that it is made of."""

    request: Request
    calls: frozenset[str] = frozenset()

    @property
    def falls_short(self) -> bool:
        """Whether another source may know more of its attempts."""
        return self.request.completeness in SHORT


def derive(unit: Unit, spans: Iterable[SpanFact]) -> list[Told]:
    """The requests of one unit, in the order of time."""
    if unit.is_of_rows:
        return [Told(request, frozenset(calls)) for request, calls in derive_rows(spans, unit=unit.key)]
    if unit.lane is None:
        return [_told(made) for made in derive_trace(spans, trace_id=unit.key)]
    begin, end = (_nanoseconds(at) for at in unit.facts_within)
    near = [span for span in spans if begin <= span.started_ns < end]
    found = derive_lane(near, lane=unit.key)
    return [_told(made) for made in found if unit.hour <= made.request.received_at < unit.hour + HOUR]


def _told(made: Made) -> Told:
    return Told(made.request, frozenset(s.attributes[CALL_ID] for s in made.spans if CALL_ID in s.attributes))


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000_000
