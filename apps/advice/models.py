"""What would save most, kept so that pages and mails need not compute it."""

from django.db import models


class Advised(models.Model):
    """The fixes of one deployment, computed anew every few hours."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    claimed_until = models.DateTimeField(null=True)
    """A message is under way; until then no second one is sent."""
    attempts = models.SmallIntegerField(default=0)
    """Begun and not finished since the last success."""
    quarantined_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    computed_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    """See apps.advice.stored."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id"), name="advice_advised_deployment"),
        )

    def __str__(self) -> str:
        return f"deployment {self.deployment_id}"
