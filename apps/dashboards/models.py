"""What pages keep of their own: exports of requests, and the pieces of their files."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestExport(models.Model):
    """Requests that match a filter, being written as a table; its file is the pieces below, one after the other."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        RUNNING = "running", _("being written")
        DONE = "done", _("ready")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("stopped")

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    """What it is called outside."""
    asked = models.JSONField()
    """The filter without its window, by the fields of queries.requests.Asked."""
    said = models.TextField()
    """The query of the page that it was begun on."""
    since = models.DateTimeField()
    until = models.DateTimeField()
    """Fixed when it was begun, so that every piece is of the same window."""
    state = models.TextField(choices=State.choices)
    after_at = models.DateTimeField(null=True)
    after_id = models.TextField(null=True)
    """The place behind the last piece; written in its transaction."""
    pieces = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    """Bytes of the file."""
    is_cut = models.BooleanField(default=False)
    """It holds as many rows as a file may, and there were more."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    """Until then the task with this claim writes it; a task that died is known by it."""
    tries = models.SmallIntegerField(default=0)
    """Turns that were begun since a piece was last written."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization_id", "key"), name="dashboards_export_key"),)
        indexes = (
            models.Index(
                fields=("claimed_until",),
                condition=models.Q(state__in=("waiting", "running")),
                name="dashboards_export_due",
            ),
            models.Index(fields=("organization_id", "deployment_id", "-created_at"), name="dashboards_export_latest"),
        )
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"export {self.key}"


class ExportPiece(models.Model):
    """A part of the file, packed; decided by nobody but its export's claim."""

    organization_id = models.BigIntegerField()
    of = models.ForeignKey(RequestExport, on_delete=models.CASCADE, related_name="parts")
    n = models.IntegerField()
    packed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization_id", "of", "n"), name="dashboards_piece_once"),)

    def __str__(self) -> str:
        return f"piece {self.n}"
