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
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from apps.ingest.ledger import Counts
from apps.ingest.refusals import PostError, Rejection

PROTOBUF = "application/x-protobuf"
RETRY_AFTER_SECONDS = (2, 10)
_GRPC_CODES = {400: 3, 401: 16, 408: 4, 413: 8, 415: 3, 503: 14}
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


def exported(rejected: Sequence[Rejection], *, unread: int) -> HttpResponse:
    """An ExportTraceServiceResponse; a message without rejected spans is a warning, by the protocol."""
    response = ExportTraceServiceResponse()
    said: list[str] = []
    if rejected:
        response.partial_success.rejected_spans = len(rejected)
        first = rejected[0]
        reasons = Counter(one.code for one in rejected)
        said.append(f"{dict(reasons)}; first: span {first.index}, {first.code}: {first.message}")
    if unread:
        said.append(f"{unread} spans are of a client that is not read yet; LiteLLM with LITELLM_OTEL_V2=true is.")
    if said:
        response.partial_success.error_message = " ".join(said)
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
    if error.status == 503:
        response["Retry-After"] = str(random.randint(*RETRY_AFTER_SECONDS))  # noqa: S311  # so that not all return at once
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
                return refusal(request, error)
            except Exception as error:  # noqa: BLE001  # whatever it is, the client must send its post again
                # The class alone: messages of a database quote the values it stumbled over.
                log.error("post failed", error=f"{type(error).__module__}.{type(error).__qualname__}")
                return refusal(request, PostError(503, "unavailable", "It could not be stored now. Send it again."))

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
