"""Span facts: what is kept of a span, and all that derivation may look at. Pure."""

from typing import Any, Literal

from msgspec import Struct, field

Role = Literal["server", "auth", "route", "llm", "attempt", "raw", "http", "timer", "joint", "other"]
"""What a span stands for: server, a request at a gateway; auth, its check of the caller; route, a choice of a deployment;
llm, a call of a model; attempt, one try within such a call; raw, the provider's own side of a call; http, a request of
an LLM API; timer, a provider's answer that was waited for; joint, calls below it are one request; other, on the way."""

SERVER_KIND, CLIENT_KIND = 2, 3
ERROR_STATUS = 2
LANE = "lane:"


class Event(Struct, frozen=True):
    name: str
    at_ns: int
    attributes: dict[str, Any]


class SpanFact(Struct, frozen=True):
    """Times are Unix nanoseconds; `attributes` hold names of the allow-list only."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    dialect: str
    role: Role
    kind: int
    started_ns: int
    ended_ns: int | None
    status_code: int
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    lane: str | None = None
    """For spans that stand alone in their trace: the process they come from, in which they are put together by time."""

    @property
    def failed(self) -> bool:
        return self.status_code == ERROR_STATUS


class Score(Struct, frozen=True, omit_defaults=True):
    """What an evaluation says of an answer: found by its span (which may be one above the call), or by its response id."""

    name: str
    value: float
    """0 the worst, 1 the best."""
    at_ns: int
    trace_id: str | None = None
    span_id: str | None = None
    response_id: str | None = None
