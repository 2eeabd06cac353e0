"""The two ways in. Each reads, decodes, stores in one transaction, and answers once that is committed."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.ingest import answers, body, coding, hints, ledger, native, otlp
from apps.ingest.accept import skew_of
from apps.ingest.authentication import owner_of
from apps.ingest.ledger import Post
from apps.ingest.limits import Limits
from apps.ingest.openapi import request_schema
from apps.ingest.receive import receive
from apps.ingest.receive_spans import receive_spans
from apps.ingest.refusals import PostError
from apps.ingest.resolve import NATIVE, OTLP
from apps.ingest.settings import limits as limits_in_force
from apps.ingest.sift import sift

SENT_AT = "Sent-At"
"""Header with the sender's clock at the time of sending; its requests' times are corrected by what it is wrong by."""


@answers.way_in
def traces(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/traces`: requests in the native format."""
    now, limits = timezone.now(), limits_in_force()
    post, sent = _read(request, NATIVE, now, limits)
    if (before := ledger.replayed(post)) is not None:
        return answers.accepted(before, [], [])
    with ledger.refusals_of(post):
        decoded = native.decode(_inflate(request, sent, limits), request.headers.get("Content-Type", ""), limits)
    found = sift(decoded, owner=post.owner, now=now, limits=limits, skew=post.skew)
    counts = receive(post=post, resolved=found.resolved, rejected=found.rejected, warnings=found.warnings)
    return answers.accepted(counts, found.rejected, found.warnings)


@answers.way_in
def spans(request: HttpRequest) -> HttpResponse:
    """`POST /v1/traces`: OTLP over protobuf."""
    now, limits = timezone.now(), limits_in_force()
    post, sent = _read(request, OTLP, now, limits)
    if ledger.replayed(post) is not None:
        return answers.exported([], unread=0)
    with ledger.refusals_of(post):
        if request.content_type != answers.PROTOBUF:
            raise PostError(
                415,
                "unsupported_type",
                "Send OTLP as application/x-protobuf: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.",
                supported=[answers.PROTOBUF],
            )
        export = otlp.decode(_inflate(request, sent, limits), now=now, limits=limits)
    counts = receive_spans(post=post, spans=export.spans, rejected=export.rejected)
    if counts.accepted:
        hints.derive_soon(post.owner)
    return answers.exported(export.rejected, unread=export.unread)


def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """`GET /api/v1/traces/schema.json`: JSON Schema of a request in the native format."""
    return HttpResponse(msgspec.json.encode(request_schema()), content_type="application/schema+json")


def _read(request: HttpRequest, source: str, now: datetime, limits: Limits) -> tuple[Post, bytes]:
    """Whose post it is, then its body: of a stranger none is read."""
    owner = owner_of(request.META, now=now)
    skew = skew_of(request.headers.get(SENT_AT), now=now) if source == NATIVE else None
    with ledger.refusals_of(ledger.post_of(b"", owner=owner, source=source, now=now)):
        sent = body.read(request.META, max_bytes=limits.body_bytes, seconds=limits.body_seconds)
    return ledger.post_of(sent, owner=owner, source=source, now=now, skew=skew), sent


def _inflate(request: HttpRequest, sent: bytes, limits: Limits) -> bytes:
    return coding.decode(sent, request.headers.get("Content-Encoding", ""), max_bytes=limits.body_bytes)
