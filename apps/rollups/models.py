"""Whose turn it is to be rebuilt. The cells themselves are columns: their tables are in sql/tables.sql, their meaning
in sums.py, and nobody needs them as objects."""

from django.db import models


class Rebuild(models.Model):
    """One deployment's rebuilding: its lock, its pace, and how often it died at it."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    price_list_id = models.BigIntegerField(db_default=0)
    """Only the version before reads it; to be dropped by the next."""
    edition = models.BigIntegerField(db_default=0)
    """The state of the price book, by its newest edition, that all cells are, or are marked to be, computed with; 0 before
    there was any."""
    not_before = models.DateTimeField(null=True)
    """The next rebuild begins no sooner: an open hour costs a bounded share of a core, however busy it is."""
    claimed_until = models.DateTimeField(null=True)
    """A message is under way; until then no second one is sent."""
    attempts = models.SmallIntegerField(default=0)
    """Begun and not finished since the last success."""
    quarantined_at = models.DateTimeField(null=True)
    """It died too often and is left alone until somebody looks at it."""
    rebuilt_at = models.DateTimeField(null=True)
    took_us = models.BigIntegerField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id"), name="rollups_rebuild_deployment"),
        )

    def __str__(self) -> str:
        return f"deployment {self.deployment_id}"


class Repricing(models.Model):
    """The last days of one deployment at the prices of a day: asked for on a page, computed by the worker, kept until
    somebody asks again. It never changes a cell."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    """Begun and not finished since it was asked for."""
    quarantined_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    priced_at = models.DateTimeField(null=True)
    """Null: nothing was answered yet. Older than `asked_at`: the answer of the time before."""
    answer = models.JSONField(null=True)
    """See apps.rollups.reprice.Repriced."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id"), name="rollups_repricing_deployment"),
        )

    def __str__(self) -> str:
        return f"deployment {self.deployment_id}"


class Decay(models.Model):
    """How the rules of one deployment have aged: days of its policy epochs with the causes of what they lost.

    Computed by the worker from raw rows, evidence and prices; a day stands until its cells, or those it is compared with,
    are others.
    """

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    """Begun and not finished since the last success."""
    quarantined_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    computed_at = models.DateTimeField(null=True)
    left = models.IntegerField(default=0)
    """Days that wait for the next time."""
    days = models.JSONField(default=dict)
    """By day, see apps.rollups.decay.stored."""
    events = models.JSONField(default=list)
    """See apps.rollups.events.Event."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id"), name="rollups_decay_deployment"),
        )

    def __str__(self) -> str:
        return f"deployment {self.deployment_id}"
