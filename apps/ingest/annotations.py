"""`POST /api/v1/annotations`: what happened, told by a program, such as a deploy that says its version."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from django.db import connections, transaction
from msgspec import Meta, Struct

from apps.ingest import faults, ledger
from apps.ingest.ledger import Counts, Post
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, Rejection
from apps.organizations import access

SOURCE = "annotations"
ADVICE = "An annotation has a kind and a label; every field is in /api/v1/docs."
INSERT = """
INSERT INTO deployments_annotation (organization_id, deployment_id, at, kind, label, told_at)
SELECT %s, %s, at, kind, label, %s FROM unnest(%s::timestamptz[], %s::text[], %s::text[]) told (at, kind, label)
ON CONFLICT DO NOTHING
"""


class Annotation(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened to the deployment of the key, and when. The same said twice is one."""

    kind: Literal["release", "policy", "price_change", "incident", "other"]
    label: Annotated[str, Meta(min_length=1, max_length=120)]
    at: Annotated[datetime, Meta(tz=True)] | None = None
    """Null: when it arrives. With it, a job that is run again marks nothing twice."""


class Told(NamedTuple):
    at: datetime
    kind: str
    label: str


def accept(said: Mapping[str, Any], *, now: datetime, limits: Limits) -> Told:
    """Raises ItemError."""
    try:
        one = msgspec.convert(said, Annotation)
    except msgspec.ValidationError as error:
        refused = faults.of_validation(error)
        raise ItemError(refused.code, f"{refused.message.partition('. ')[0].rstrip('.')}. {ADVICE}") from None
    if (unfit := faults.of_text(msgspec.json.encode(said))) is not None:
        raise unfit
    if not (label := " ".join(one.label.split())):
        raise ItemError("invalid_value", f"The label says nothing. {ADVICE}")
    at = one.at or now
    if at - now > limits.future:
        raise ItemError("future", "at lies ahead. Set the sender's clock.")
    if now - at > limits.past:
        raise ItemError("too_old", f"at is older than {limits.past.days} days, for which raw traces are kept.")
    return Told(at.astimezone(UTC), one.kind, label)


def receive(*, post: Post, told: Sequence[Told], rejected: Sequence[Rejection]) -> Counts:
    """One transaction for the marks and the ledger."""
    columns: list[list[Any]] = [[one.at for one in told], [one.kind for one in told], [one.label for one in told]]
    with transaction.atomic(using="ingest", durable=True):
        access.open_organization(post.owner.organization_id, using="ingest")
        with connections["ingest"].cursor() as cursor:
            cursor.execute(INSERT, [*post.owner, post.received_at, *columns])
            accepted = cursor.rowcount
        counts = Counts(accepted=accepted, duplicate=len(told) - accepted)
        ledger.enter(post, counts, rejected)
    return counts
