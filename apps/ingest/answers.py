"""What a client is told, in the form it asked in. An unexpected failure is 503, never 500.

Clients of OTLP send a post again after 429, 502, 503 and 504 alone, and drop it after any other error; a 500 would lose
what a restart of the database would have let through a minute later.
"""

import functools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from apps.ingest import counted
from apps.ingest.ledger import Counts
from apps.ingest.refusals import PostError, Rejection

PROTOBUF = "application/x-protobuf"
JSON_TYPES = ("application/json", "text/json")
OTLP_TYPES = (PROTOBUF, *JSON_TYPES)
RETRY_AFTER_SECONDS = (2, 10)
_GRPC_CODES = {400: 3, 401: 16, 408: 4, 413: 8, 415: 3, 429: 8, 503: 14}
log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]


def as_json(status: int, content: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(content), status=status, content_type="application/json")


def accepted(counts: Counts, rejected: Sequence[Rejection], warnings: Sequence[str]) -> HttpResponse:
    """Every item is in one of the four; warnings are told when there are any."""
    content: dict[str, Any] = {
        "accepted": counts.accepted,
        "duplicate": counts.duplicate,
        "conflict": counts.conflict,
        "rejected": rejected,
    }
    if warnings:
        content["warnings"] = Counter(warnings)
    return as_json(200, content)


def exported(
    request: HttpRequest, rejected: Sequence[Rejection], *, unread: int = 0, records: bool = False
) -> HttpResponse:
    """An ExportTraceServiceResponse, or that for logs, in the request's encoding.

    A message without rejected items is a warning, by the protocol.
    """
    said: list[str] = []
    if rejected:
        first = rejected[0]
        reasons = Counter(one.code for one in rejected)
        item = "record" if records else "span"
        turned_down = ", ".join(f"{number} {code}" for code, number in reasons.most_common())
        said.append(f"{turned_down}; first: {item} {first.index}, {first.code}: {first.message}")
    if unread:
        said.append(
            f"{unread} spans are of a client that is not read yet; those of OpenTelemetry's GenAI conventions are, and "
            "LiteLLM's with LITELLM_OTEL_V2=true."
        )
    message = " ".join(said)
    if request.content_type in JSON_TYPES:
        counted = {"rejectedLogRecords" if records else "rejectedSpans": str(len(rejected)), "errorMessage": message}
        return as_json(200, {"partialSuccess": counted} if said else {})
    response: Any = ExportLogsServiceResponse() if records else ExportTraceServiceResponse()
    if said:
        setattr(response.partial_success, "rejected_log_records" if records else "rejected_spans", len(rejected))
        response.partial_success.error_message = message
    return HttpResponse(response.SerializeToString(), content_type=PROTOBUF)


def refusal(request: HttpRequest, error: PostError) -> HttpResponse:
    """JSON; to a client that sent protobuf a google.rpc.Status, as the protocol wants it."""
    if request.content_type == PROTOBUF:
        code = _GRPC_CODES.get(error.status, 2)
        response = HttpResponse(
            _rpc_status(code, f"{error.code}: {error.message}"), status=error.status, content_type=PROTOBUF
        )
    else:
        response = as_json(error.status, {"code": error.code, "message": error.message, **error.details})
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="ingest"'
    if error.status == 405:
        response["Allow"] = error.details.get("allow", "POST")
    if error.status in (429, 503):
        # Not all return at once.
        response["Retry-After"] = str(error.retry_after or random.randint(*RETRY_AFTER_SECONDS))  # noqa: S311
    return response


def way_in(view: View) -> View:
    """For a view that takes posts of programs: no session, no transaction before it is asked for, no 500."""
    return accepting("POST")(view)


def accepting(method: str) -> Callable[[View], View]:
    """As `way_in`, for another method."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, **named: Any) -> HttpResponse:
            try:
                if request.method != method:
                    raise PostError(405, "method_not_allowed", f"Send a {method}.", allow=method)
                return view(request, **named)
            except PostError as error:
                refused = error
            except Exception as error:  # noqa: BLE001  # whatever it is, the client must send its post again
                # The class alone: messages of a database quote the values it stumbled over.
                log.error("post failed", error=f"{type(error).__module__}.{type(error).__qualname__}")
                refused = PostError(503, "unavailable", "It could not be stored now. Send it again.")
            counted.refused(refused)
            return refusal(request, refused)

        return transaction.non_atomic_requests(csrf_exempt(wrapped))

    return decorate


def _rpc_status(code: int, message: str) -> bytes:
    """google.rpc.Status: field 1 the code, field 2 the message."""
    text = message.encode()
    return b"\x08" + _varint(code) + b"\x12" + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
