"""What came in, and what became of it: so that a tenant can see why something is missing."""

from django.db import models


class Batch(models.Model):
    """One post; written in the transaction of its rows, so it says neither more nor less than what is stored."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    """By our clock; equal to `ingested_at` of its rows."""
    source = models.TextField()
    """`native`, `otlp` or `scores`."""
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
