"""What was mailed to whom, so that nothing is mailed twice."""

import uuid

from django.conf import settings
from django.db import models

from apps.organizations.models import Organization


class Delivery(models.Model):
    """One report to one member: claimed before it is sent, and never sent when it might have been."""

    WEEKLY = "weekly"

    class State(models.TextChoices):
        PENDING = "pending", "waiting, or to be tried again: nothing has left"
        SENDING = "sending", "claimed; when its lease ends unanswered it becomes unknown"
        SENT = "sent", "the mail server took it"
        UNKNOWN = "unknown", "it may have left; it is not sent again"
        FAILED = "failed", "the mail server refused it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    report = models.CharField(max_length=20, default=WEEKLY)
    week = models.CharField(max_length=8)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    not_before = models.DateTimeField()
    """Of a pending one: when it is tried next."""
    leased_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True)
    """What the mail server said last."""
    queued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("organization", "report", "week", "user", name="reports_delivery_once"),
            models.CheckConstraint(
                condition=~models.Q(state="sending") | models.Q(leased_until__isnull=False),
                name="reports_delivery_leased",
            ),
        )
        indexes = (models.Index("organization", "state", name="reports_delivery_state"),)
        ordering = ("queued_at",)
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.report} {self.week} to {self.user}: {self.state}"
