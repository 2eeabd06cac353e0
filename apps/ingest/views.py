"""The ways in. Each reads, decodes, stores in one transaction, and answers once that is committed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.ingest import (
    annotations,
    answers,
    body,
    callback,
    calls,
    coding,
    counted,
    evaluations,
    hints,
    ledger,
    native,
    otlp,
    pressure,
    quota,
)
from apps.ingest.accept import skew_of
from apps.ingest.authentication import sender_of
from apps.ingest.documents import documents
from apps.ingest.ledger import Post
from apps.ingest.limits import Limits
from apps.ingest.openapi import request_schema
from apps.ingest.outcomes import receive as receive_outcomes
from apps.ingest.outcomes.nouns import accept as accept_outcome
from apps.ingest.outcomes.nouns import replay_set_of
from apps.ingest.receive import receive
from apps.ingest.receive_spans import receive_spans
from apps.ingest.refusals import ItemError, PostError, Rejection
from apps.ingest.resolve import LITELLM, NATIVE, OTLP
from apps.ingest.scores import receive as receive_scores
from apps.ingest.scores.nouns import accept as accept_score
from apps.ingest.settings import limits as limits_in_force
from apps.ingest.sift import sift

Item = TypeVar("Item")
SENT_AT = "Sent-At"
"""Header with the sender's clock at the time of sending; its requests' times are corrected by what it is wrong by."""


@answers.way_in
def traces(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/traces`: requests in the native format."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, NATIVE, now, limits)
    if (before := ledger.replayed(post)) is not None:
        quota.charge(key_id, items=before.duplicate + before.conflict)
        counted.stored(post, before, [])
        return answers.accepted(before, [], [])
    with ledger.refusals_of(post):
        decoded = native.decode(_inflate(request, sent, limits), request.headers.get("Content-Type", ""), limits)
    quota.charge(key_id, items=len(decoded.requests) + len(decoded.rejected))
    found = sift(decoded, owner=post.owner, now=now, limits=limits, skew=post.skew)
    counts = receive(post=post, resolved=found.resolved, rejected=found.rejected, warnings=found.warnings)
    counted.stored(post, counts, found.rejected)
    return answers.accepted(counts, found.rejected, found.warnings)


@answers.way_in
def spans(request: HttpRequest) -> HttpResponse:
    """`POST /v1/traces`, and where Langfuse's clients post: OTLP, in protobuf or JSON."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, OTLP, now, limits)
    if (before := ledger.replayed(post)) is not None:
        quota.charge(key_id, items=before.duplicate + before.conflict)
        counted.stored(post, before, [])
        return answers.exported(request, [])
    with ledger.refusals_of(post):
        json = _is_json(request)
        export = otlp.decode(_inflate(request, sent, limits), now=now, limits=limits, json=json)
    quota.charge(key_id, items=len(export.spans) + len(export.rejected))
    counts = receive_spans(post=post, spans=export.spans, rejected=export.rejected)
    counted.stored(post, counts, export.rejected)
    if counts.accepted:
        hints.derive_soon(post.owner)
    return answers.exported(request, export.rejected, unread=export.unread)


@answers.way_in
def logs(request: HttpRequest) -> HttpResponse:
    """`POST /v1/logs`: OTLP's evaluations of answers; every other record is taken and passed over."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, receive_scores.SOURCE, now, limits)
    with ledger.refusals_of(post):
        json = _is_json(request)
        found = evaluations.decode(_inflate(request, sent, limits), now=now, limits=limits, json=json)
    quota.charge(key_id, items=len(found.scores) + len(found.rejected))
    if found.scores or found.rejected:
        counts = receive_scores.receive(post=post, scores=found.scores, rejected=found.rejected)
        counted.stored(post, counts, found.rejected)
        if counts.accepted:
            hints.join_soon(post.owner)
    return answers.exported(request, found.rejected, records=True)


@answers.way_in
def metrics(request: HttpRequest) -> HttpResponse:
    """`POST /v1/metrics`: taken so that no client complains, and not stored: sums tell of no request."""
    limits = limits_in_force()
    _, key_id = sender_of(request.META, now=timezone.now())
    quota.refuse_who_waits(key_id)
    body.read(request.META, max_bytes=limits.body_bytes, seconds=limits.body_seconds)
    quota.charge(key_id, items=0)
    _is_json(request)
    return answers.exported(request, [])


def _is_json(request: HttpRequest) -> bool:
    if request.content_type in answers.OTLP_TYPES:
        return request.content_type in answers.JSON_TYPES
    raise PostError(
        415,
        "unsupported_type",
        "Send OTLP as application/x-protobuf or application/json: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.",
        supported=list(answers.OTLP_TYPES),
    )


@answers.way_in
def litellm(request: HttpRequest) -> HttpResponse:
    """`POST /v1/litellm`: rows of LiteLLM's callback `generic_api`."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, LITELLM, now, limits)
    with ledger.refusals_of(post):
        rows = callback.decode(_inflate(request, sent, limits), now=now, limits=limits)
    quota.charge(key_id, items=len(rows.facts) + len(rows.rejected))
    counts = receive_spans(
        post=post, spans=rows.facts, rejected=rows.rejected, within=lambda stored: calls.note(post, stored)
    )
    counted.stored(post, counts, rows.rejected)
    if counts.accepted:
        hints.derive_soon(post.owner)
    return answers.accepted(counts, rows.rejected, ())


@answers.way_in
def scores(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/scores`: how good answers were, for requests that came before or will."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, receive_scores.SOURCE, now, limits)
    found, rejected = _items(request, post, sent, partial(accept_score, now=now, limits=limits), limits)
    quota.charge(key_id, items=len(found) + len(rejected))
    counts = receive_scores.receive(post=post, scores=found, rejected=rejected)
    counted.stored(post, counts, rejected)
    if counts.accepted:
        hints.join_soon(post.owner)
    return answers.accepted(counts, rejected, ())


@answers.way_in
def annotate(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/annotations`: what happened to the deployment, such as a release, to mark its charts with."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, annotations.SOURCE, now, limits)
    told, rejected = _items(request, post, sent, partial(annotations.accept, now=now, limits=limits), limits)
    quota.charge(key_id, items=len(told) + len(rejected))
    counts = annotations.receive(post=post, told=told, rejected=rejected)
    counted.stored(post, counts, rejected)
    return answers.accepted(counts, rejected, ())


@answers.way_in
def replay_sets(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/replay-sets?name=SET`: how several models did on the same prompts, added to what the set has."""
    now, limits = timezone.now(), limits_in_force()
    post, key_id, sent = _read(request, receive_outcomes.SOURCE, now, limits)
    with ledger.refusals_of(post):
        name = replay_set_of(request.GET.get("name", ""))
    found, rejected = _items(request, post, sent, accept_outcome, limits)
    quota.charge(key_id, items=len(found) + len(rejected))
    counts = receive_outcomes.receive(post=post, replay_set=name, outcomes=found, rejected=rejected)
    counted.stored(post, counts, rejected)
    return answers.accepted(counts, rejected, ())


def _items(
    request: HttpRequest, post: Post, sent: bytes, accept: Callable[[Mapping[str, Any]], Item], limits: Limits
) -> tuple[list[Item], list[Rejection]]:
    """What `accept` makes of each object of the body, and the objects that it refuses."""
    found: list[Item] = []
    rejected: list[Rejection] = []
    with ledger.refusals_of(post):
        for index, said in enumerate(documents(_inflate(request, sent, limits), limits)):
            try:
                if isinstance(said, ItemError):
                    raise said
                found.append(accept(said))
            except ItemError as refused:
                rejected.append(Rejection(index, refused.code, refused.message))
    return found, rejected


@require_safe
def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """`GET /api/v1/traces/schema.json`: JSON Schema of a request in the native format."""
    return HttpResponse(msgspec.json.encode(request_schema()), content_type="application/schema+json")


def _read(request: HttpRequest, source: str, now: datetime, limits: Limits) -> tuple[Post, str, bytes]:
    """Whose post it is, by which key, then its body: of a stranger, or one who has to wait, none is read."""
    owner, key_id = sender_of(request.META, now=now)
    structlog.contextvars.bind_contextvars(organization=owner.organization_id, deployment=owner.deployment_id)
    quota.refuse_who_waits(key_id)
    pressure.refuse_when_full()
    skew = skew_of(request.headers.get(SENT_AT), now=now) if source == NATIVE else None
    with ledger.refusals_of(ledger.post_of(b"", owner=owner, source=source, now=now)):
        sent = body.read(request.META, max_bytes=limits.body_bytes, seconds=limits.body_seconds)
    return ledger.post_of(sent, owner=owner, source=source, now=now, skew=skew), key_id, sent


def _inflate(request: HttpRequest, sent: bytes, limits: Limits) -> bytes:
    return coding.decode(sent, request.headers.get("Content-Encoding", ""), max_bytes=limits.body_bytes)
