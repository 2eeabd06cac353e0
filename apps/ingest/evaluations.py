"""Scores out of OTLP logs: the records `gen_ai.evaluation.result`. All others are passed over, and so is every body. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from apps.ingest import otlp_json
from apps.ingest.adapters import allowed
from apps.ingest.adapters.kept import Wanted
from apps.ingest.adapters.times import time_of
from apps.ingest.limits import Limits
from apps.ingest.otlp import read
from apps.ingest.refusals import ItemError, PostError, Rejection, too_many
from apps.ingest.scores.nouns import Accepted, accept

EVENT = "gen_ai.evaluation.result"
_WANTED: Wanted = {
    "event.name": ("event", allowed.word),
    "gen_ai.evaluation.name": ("name", allowed.label),
    "gen_ai.evaluation.score.value": ("value", allowed.number),
    "gen_ai.response.id": ("response_id", allowed.label),
}


@dataclass
class Evaluations:
    scores: list[Accepted] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def decode(body: bytes, *, now: datetime, limits: Limits, json: bool = False) -> Evaluations:
    """Raises PostError: 400 when this is no export of logs, 413 for too many."""
    found = Evaluations()
    for index, record in enumerate(_records(otlp_json.decode(body, otlp_json.Logs) if json else _parse(body))):
        if index >= limits.spans:
            raise too_many(limits.spans, what="records")
        try:
            score = _score(record, now, limits)
        except ItemError as refused:
            found.rejected.append(Rejection(index, refused.code, refused.message))
            continue
        if score is not None:
            found.scores.append(score)
    return found


def _parse(body: bytes) -> ExportLogsServiceRequest:
    message = ExportLogsServiceRequest()
    try:
        message.ParseFromString(body)
    except DecodeError:
        raise PostError(
            400, "invalid_protobuf", "The body is not an ExportLogsServiceRequest. Nothing was stored."
        ) from None
    return message


def _records(message: Any) -> Iterator[Any]:
    for resource in message.resource_logs:
        for group in resource.scope_logs:
            yield from group.log_records


def _score(record: Any, now: datetime, limits: Limits) -> Accepted | None:
    """Null for a record of another kind, and for an evaluation that only says a label."""
    said = read(record.attributes, _WANTED)
    if EVENT not in (record.event_name, said.get("event")) or "value" not in said:
        return None
    value, name, answer = said["value"], said.get("name"), said.get("response_id")
    trace, span = record.trace_id.hex(), record.span_id.hex()
    in_context = len(trace) == 32 and len(span) == 16 and trace.strip("0") != "" and span.strip("0") != ""
    if name is None:
        raise ItemError("missing_field", "An evaluation has a gen_ai.evaluation.name.")
    if not 0 <= value <= 1:
        raise ItemError("out_of_range", "gen_ai.evaluation.score.value lies between 0, the worst, and 1, the best.")
    if not in_context and answer is None:
        raise ItemError("missing_field", "An evaluation names what it is of by its span or by gen_ai.response.id.")
    of = {"trace_id": trace, "span_id": span} if in_context else {"response_id": answer}
    said_at = record.time_unix_nano or record.observed_time_unix_nano
    scored_at = {"scored_at": time_of(said_at)} if said_at else {}
    found = accept({"name": name, "value": value, **of, **scored_at}, now=now, limits=limits)
    return found._replace(answer=answer) if in_context else found
