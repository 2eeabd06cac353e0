"""What came in, and what became of it: so that a tenant can see why something is missing."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Batch(models.Model):
    """One post; written in the transaction of its rows, so it says neither more nor less than what is stored."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    """By our clock; equal to `ingested_at` of its rows."""
    source = models.TextField()
    """`native`, `otlp`, `litellm`, `scores`, `annotations` or `file`."""
    refused = models.TextField(null=True)
    """Code of the reason for which the post was turned down as a whole."""
    accepted = models.IntegerField()
    """Requests of a native post, spans of an OTLP post, scores of one of logs."""
    duplicate = models.IntegerField()
    conflict = models.IntegerField()
    """Items whose id was stored before with other content: the first was kept."""
    rejected = models.IntegerField()
    reasons = models.JSONField()
    """Rejected items by code."""
    samples = models.JSONField(null=True)
    """The first few of them: index, code and message, none of which quotes the item. Null where there are none."""
    warnings = models.JSONField()
    """Kept items with something odd about them, by code."""
    skew_ms = models.BigIntegerField(null=True)
    """What was added to the times of its requests, since the sender's clock was wrong."""
    body_bytes = models.IntegerField()
    """As sent."""
    digest = models.BinaryField()
    """Of the body as sent: a post that came twice is told by it."""

    class Meta:
        indexes = (
            models.Index(fields=("organization_id", "deployment_id", "received_at"), name="ingest_batch_deployment"),
            models.Index(
                fields=("organization_id", "deployment_id", "digest"),
                name="ingest_batch_replays",
                condition=models.Q(body_bytes__gte=65_536),
            ),
        )

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.source}"


class SetAside(models.Model):
    """A unit of spans that could not be derived; its facts are kept, and new spans have it tried again."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    unit = models.TextField()
    error = models.TextField()
    """The class alone: a message might quote what it stumbled over."""
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("organization_id", "deployment_id", "at"), name="ingest_setaside_deployment"),)

    def __str__(self) -> str:
        return self.unit


class Derivation(models.Model):
    """One deployment's derivation of requests from spans: its lock, and how often it died at it."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    attempts = models.SmallIntegerField(default=0)
    """Begun and not finished since the last success."""
    quarantined_at = models.DateTimeField(null=True)
    """It died too often and is left alone until somebody looks at it."""
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id"), name="ingest_derivation_deployment"),
        )

    def __str__(self) -> str:
        return f"deployment {self.deployment_id}"


class CallUnit(models.Model):
    """Under which units LiteLLM's facts of a call are stored: by it spans and rows of one call find each other."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    call_id = models.TextField()
    unit = models.TextField()
    day = models.DateField()
    """Of the call's begin."""
    short = ArrayField(models.TextField(), null=True)
    """Of spans that do not tell of all attempts: the calls of their request. Null: they do, or it is a unit of rows."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization_id", "deployment_id", "call_id", "unit"), name="ingest_callunit_once"
            ),
        )
        indexes = (models.Index(fields=("organization_id", "day"), name="ingest_callunit_day"),)

    def __str__(self) -> str:
        return f"{self.call_id} in {self.unit}"


class Import(models.Model):
    """A file that was handed over, and how far it has been read."""

    class State(models.TextChoices):
        UNREAD = "unread", _("looking at it")
        COLUMNS = "columns", _("waiting for its columns")
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being read")
        DONE = "done", _("read")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("stopped")

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    key = models.UUIDField(default=uuid.uuid4)
    """Names it in addresses."""
    name = models.TextField()
    """The file's, as its sender calls it."""
    digest = models.BinaryField()
    """SHA-256 of the file: the same file again is the same import."""
    size = models.BigIntegerField()
    stored = models.TextField()
    """Where it lies in the storage; empty once it is deleted."""
    state = models.TextField(choices=State.choices)
    packing = models.TextField()
    """`gzip`, `zstd` or nothing."""
    format = models.TextField()
    dialect = models.TextField()
    """Empty until it is recognised; `columns` when its tenant says what they are."""
    mapping = models.JSONField(null=True)
    rows = models.BigIntegerField(default=0)
    """Read so far; those below were counted in the transaction that stored them."""
    offset = models.BigIntegerField(default=0)
    """Where the next row begins, in what the file unpacks to (of Parquet: its number)."""
    share = models.FloatField(default=0)
    """Of the file, read so far."""
    accepted = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    conflict = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    warnings = models.JSONField(default=dict)
    fault = models.TextField()
    """What stopped it as a whole, as a sentence."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Null: a program, with a key."""
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    """Until then the task with this claim reads it; a task that died is known by it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "key"), name="ingest_import_key"),
            models.UniqueConstraint(fields=("organization_id", "deployment_id", "digest"), name="ingest_import_once"),
        )
        indexes = (
            models.Index(
                fields=("claimed_until",),
                condition=models.Q(state__in=("unread", "waiting", "running")),
                name="ingest_import_due",
            ),
        )
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name


class ImportFault(models.Model):
    """A row of a file that was not taken, and why; what stood in it is not kept."""

    organization_id = models.BigIntegerField()
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    row = models.BigIntegerField()
    """Counted from 1; the head of a table does not count."""
    code = models.TextField()
    message = models.TextField()

    class Meta:
        indexes = (models.Index(fields=("organization_id", "of", "row"), name="ingest_importfault_row"),)

    def __str__(self) -> str:
        return f"row {self.row}: {self.code}"


class Score(models.Model):
    """How good an answer was, as somebody judged it later; evidence once its request is known."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    digest = models.BinaryField()
    """Of what it says and of what: the same score again is stored once."""
    kind = models.TextField()
    """By what its request is named: `request`, `response`, `trace` or `span`."""
    target = models.TextField()
    """The name; of a span `<trace id>:<span id>`."""
    answer = models.TextField(null=True)
    """Beside a span: the id of the answer, by which its request is looked for where the span is not known."""
    near = models.DateTimeField()
    """About when the request was: as its sender says, else when it was scored."""
    near_said = models.BooleanField()
    name = models.TextField()
    value = models.FloatField()
    scored_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField(null=True)
    request_id = models.TextField(null=True)
    """With the day: its request; null while it is looked for."""
    looked = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """When it is looked for again; null once it was found or given up."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id", "digest"), name="ingest_score_once"),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=1), name="ingest_score_bounds"),
        )
        indexes = (
            models.Index(
                fields=("organization_id", "deployment_id", "day", "request_id"),
                condition=models.Q(request_id__isnull=False),
                name="ingest_score_request",
            ),
            models.Index(fields=("due_at",), condition=models.Q(due_at__isnull=False), name="ingest_score_due"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"
