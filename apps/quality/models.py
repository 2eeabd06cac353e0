"""How good models are at a tenant's tasks, a day at a time, and what the tenant asks of them."""

from django.conf import settings
from django.db import models

from apps.deployments.models import Deployment
from apps.organizations.models import Organization


class EvidenceDay(models.Model):
    """A day whose evidence was made: a row also where there was none to be had. Once frozen it is never made again."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    day = models.DateField()
    made_at = models.DateTimeField()
    frozen = models.BooleanField()
    labels = models.CharField(max_length=32, default="", db_default="")
    """The fingerprint of the labels it was gathered under; under others it is gathered anew, frozen or not."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization_id", "deployment_id", "day"), name="quality_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.deployment_id} {self.day}"


class Evidence(models.Model):
    """What was known on a day of one model at one task, from before that day."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    day = models.DateField()
    task = models.TextField()
    model = models.TextField()
    """By its canonical name."""
    provider = models.TextField(null=True)
    """Where it was mostly observed: whose price is its. Null: its maker's."""
    quality_micro = models.IntegerField()
    own = models.IntegerField()
    """Scored requests of the 28 days before."""
    replayed = models.IntegerField()
    """Outcomes in replay sets."""
    pooled = models.IntegerField()
    """The weight of the published pool's value, in observations."""
    output_tokens = models.BigIntegerField(null=True)
    """Of its answers to the prompts of replay sets that all models of the set answered."""
    answers = models.BigIntegerField(null=True)
    replayed_at = models.DateTimeField(null=True)
    """When the latest of its outcomes came: how old they are."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization_id", "deployment_id", "day", "task", "model"), name="quality_evidence_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quality_micro__gte=0, quality_micro__lte=1_000_000), name="quality_evidence_bounds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} at {self.task} on {self.day}"


class Pooled(models.Model):
    """The published pool's quality of a model at a public task, as one organization may see it; never changed.

    Written by the benchmark at its weekly freeze, which knows the floors; here it is evidence like any other.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    known_from = models.DateField()
    task = models.CharField(max_length=40)
    """Of the public taxonomy."""
    model = models.TextField()
    quality_micro = models.IntegerField()
    peers = models.CharField(max_length=8)
    """The band of the number of others that it rests on."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization", "week", "task", "model"), name="quality_pooled_once"),
            models.CheckConstraint(
                condition=models.Q(quality_micro__gte=0, quality_micro__lte=1_000_000), name="quality_pooled_bounds"
            ),
            models.CheckConstraint(condition=~models.Q(peers=""), name="quality_pooled_has_peers"),
        )

    def __str__(self) -> str:
        return f"{self.model} at {self.task} in {self.week}"


class Threshold(models.Model):
    """The quality that a task needs, as its tenant declares it, in force from a day until the next one."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="+")
    task = models.TextField()
    effective_from = models.DateField()
    quality_micro = models.IntegerField(null=True)
    """Null: from here on 95 % of the best candidate's again."""
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "deployment", "task", "effective_from"), name="quality_threshold_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quality_micro__isnull=True)
                | models.Q(quality_micro__gte=0, quality_micro__lte=1_000_000),
                name="quality_threshold_bounds",
            ),
        )
        ordering = ("task", "effective_from")

    def __str__(self) -> str:
        return f"{self.task} from {self.effective_from}"
