"""A request as an adapter made it, with the spans that speak of it."""

from typing import NamedTuple

from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request


class Made(NamedTuple):
    request: Request
    spans: list[SpanFact]
