"""Spans of captures, each as an export of its own, so that they can come in any order."""

from dataclasses import dataclass
from datetime import datetime

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.ingest.captures import HERE, Capture


@dataclass(frozen=True)
class Piece:
    trace_id: str
    span_id: str
    export: bytes


def of(*names: str, at: datetime) -> list[Piece]:
    """The spans of these captures, moved so that each capture's first begins `at`."""
    return [piece for name in names for piece in _pieces(Capture(HERE / name), int(at.timestamp()) * 10**9)]


def together(pieces: list[Piece]) -> bytes:
    """One export of all: messages that are concatenated are merged."""
    return b"".join(piece.export for piece in pieces)


def _pieces(capture: Capture, at_ns: int) -> list[Piece]:
    whole = [ExportTraceServiceRequest.FromString(body) for body in capture.bodies]
    found = [
        (resource, group, span)
        for message in whole
        for resource in message.resource_spans
        for group in resource.scope_spans
        for span in group.spans
    ]
    shift = at_ns - min(span.start_time_unix_nano for _, _, span in found)
    pieces = []
    for resource, group, span in found:
        alone = ExportTraceServiceRequest()
        of_resource = alone.resource_spans.add(resource=resource.resource)
        moved = of_resource.scope_spans.add(scope=group.scope).spans.add()
        moved.CopyFrom(span)
        moved.start_time_unix_nano += shift
        moved.end_time_unix_nano += shift
        for event in moved.events:
            event.time_unix_nano += shift
        pieces.append(Piece(span.trace_id.hex(), span.span_id.hex(), alone.SerializeToString()))
    return pieces
