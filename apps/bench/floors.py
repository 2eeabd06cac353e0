"""What ingest cannot be cheaper than: each does a part of its work and nothing else."""

from collections.abc import Callable

import msgspec
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.bench import load, measure, posts, stack
from apps.bench.measure import Spent
from apps.bench.posts import Place
from apps.bench.tenant import copy_ready, ready_rows
from apps.ingest import native, otlp
from apps.ingest.limits import DEFAULT
from apps.traces.nouns import Request

BATCH = 1_000
_decode_lines = msgspec.json.Decoder(Request).decode_lines


def copy(place: Place, work: int) -> Spent:
    """COPY of ready rows into the same partitions by the same role, a commit a batch."""
    now = timezone.now()
    ready = [
        ready_rows(
            load.requests(min(BATCH, work), prefix=posts.fresh("c", now), now=now), owner=place.tenant.owner, now=now
        )
        for _ in range(max(1, work // BATCH))
    ]
    spent = measure.spent(lambda: sum(map(copy_ready, ready)), stack.own_groups)
    place.requests += spent.items
    return spent


def empty(place: Place, calls: int) -> Spent:
    """A view that does nothing, behind the same middleware."""

    def ask() -> int:
        for _ in range(calls):
            place.client.nothing()
        return calls

    return measure.spent(ask, place.stack.groups)


def parse_native(work: int) -> Spent:
    """The library alone, typed and validated."""
    return _each(load.NDJSON, work, _decode_lines)


def decode_native(work: int) -> Spent:
    return _each(load.NDJSON, work, lambda body: native.decode(body, load.NDJSON, DEFAULT))


def parse_otlp(work: int) -> Spent:
    """The library alone, which makes a Python object of no span."""

    def parse(body: bytes) -> object:
        message = ExportTraceServiceRequest()
        message.ParseFromString(body)
        return message

    return _each(load.PROTOBUF, work, parse)


def decode_otlp(work: int) -> Spent:
    """To span facts, by the allow-list."""
    now = timezone.now()
    return _each(load.PROTOBUF, work, lambda body: otlp.decode(body, now=now, limits=DEFAULT))


def _each(kind: str, work: int, deed: Callable[[bytes], object]) -> Spent:
    protocol = "otlp" if kind == load.PROTOBUF else "ndjson"
    ready = posts.bodies(protocol, min(BATCH, work), max(1, work // BATCH), timezone.now())

    def all_of_them() -> int:
        for body in ready:
            deed(body.data)
        return sum(body.items for body in ready)

    return measure.spent(all_of_them, stack.own_groups)
