"""How much one post may bring. Pure; `apps.ingest.settings` says what holds in this installation."""

from dataclasses import dataclass
from datetime import timedelta

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    body_bytes: int = 20 * MEBIBYTE
    """Of a body as it arrives and, apart from that, of what it inflates to."""
    items: int = 10_000
    """Requests in a native post."""
    spans: int = 50_000
    """Spans in an OTLP post."""
    span_attributes: int = 4_096
    """Attributes looked through on one span; only those of the allow-list are kept."""
    depth: int = 32
    """Nesting of a JSON body."""
    past: timedelta = timedelta(days=400)
    """How old a request may be when it arrives: as long as raw traces are kept."""
    future: timedelta = timedelta(minutes=10)
    """How far ahead a sender's clock may be; accepted so far with a warning, beyond it rejected."""
    body_seconds: float = 30.0
    """Time a client has to send its body."""


DEFAULT = Limits()
