"""What the benchmark keeps: per tenant what it brings and how many others it has; for everybody the frozen tables."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.deployments.models import Deployment
from apps.organizations.models import Organization


class Candidate(models.Model):
    """An organization in one week's benchmark: whether it may contribute, and who is kin to it. Written by the worker."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    eligible = models.BooleanField()
    gates = models.JSONField(default=list)
    """Each gate of the organization: [name, passed, measured, needed]."""
    kin = ArrayField(models.CharField(max_length=64))
    """Keyed hashes of its members and its verified domain: equal ones tell kin, and nothing else."""
    domain = models.CharField(max_length=64, blank=True)
    """The one of `kin` that stands for the domain."""
    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("organization", "week", name="benchmarks_candidate_once"),)
        indexes = (models.Index("pool", "week", name="benchmarks_candidate_week"),)

    def __str__(self) -> str:
        return f"{self.organization} in {self.week}"


class Contribution(models.Model):
    """One metric of one deployment over the four weeks to `week`; the pool reads it only when it is `eligible`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    metric = models.CharField(max_length=40)
    stratum = models.CharField(max_length=40, blank=True)
    value = models.FloatField(null=True)
    """Null: not measured."""
    eligible = models.BooleanField()
    gates = models.JSONField(default=list)
    """Each gate of the deployment before this metric: [name, passed, measured, needed]."""
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "organization", "deployment", "week", "metric", name="benchmarks_contribution_once"
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=-1e15, value__lte=1e15),
                name="benchmarks_contribution_finite",
            ),
            models.CheckConstraint(
                condition=models.Q(eligible=False) | models.Q(value__isnull=False),
                name="benchmarks_contribution_measured",
            ),
        )
        indexes = (models.Index("pool", "week", name="benchmarks_contribution_week"),)

    def __str__(self) -> str:
        return f"{self.metric} of {self.deployment} in {self.week}"


class QualityContribution(models.Model):
    """The mean score of one deployment's answers at a public task by a listed model, over the four weeks to `week`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    task = models.CharField(max_length=40)
    model = models.TextField()
    value = models.FloatField()
    eligible = models.BooleanField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "organization", "deployment", "week", "task", "model", name="benchmarks_quality_once"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=1), name="benchmarks_quality_bounds"),
        )
        indexes = (models.Index("pool", "week", name="benchmarks_quality_week"),)

    def __str__(self) -> str:
        return f"{self.model} at {self.task} of {self.deployment} in {self.week}"


class Freeze(models.Model):
    """A week that was frozen for a pool; whoever inserts this row is the one who publishes its tables."""

    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    frozen_at = models.DateTimeField()
    algorithm = models.CharField(max_length=20)

    class Meta:
        constraints = (models.UniqueConstraint("pool", "week", name="benchmarks_freeze_once"),)
        ordering = ("-week",)

    def __str__(self) -> str:
        return f"{self.pool} {self.week}"


class Snapshot(models.Model):
    """A published table. It is written once, and never changed: no role may update it, nor delete one of a live pool."""

    ALL: ClassVar[str] = "all"
    """The cohort of every organization of the pool."""

    id = models.UUIDField(primary_key=True, editable=False)
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="snapshots")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    cohort = models.CharField(max_length=40)
    metric = models.CharField(max_length=40)
    stratum = models.CharField(max_length=40, blank=True)
    peers = models.CharField(max_length=8, blank=True)
    """The band of the number of votes; '' is fewer than ten, and then nothing else is said."""
    coarse_median = models.FloatField(null=True)
    median = models.FloatField(null=True)
    interval_low = models.FloatField(null=True)
    interval_high = models.FloatField(null=True)
    p10 = models.FloatField(null=True)
    p25 = models.FloatField(null=True)
    p75 = models.FloatField(null=True)
    p90 = models.FloatField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("pool", "week", "cohort", "metric", "stratum", name="benchmarks_snapshot_once"),
            models.CheckConstraint(
                condition=~models.Q(peers="")
                | models.Q(coarse_median__isnull=True, median__isnull=True, p25__isnull=True),
                name="benchmarks_snapshot_suppressed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.stratum} of {self.pool} {self.week}"


class Place(models.Model):
    """How many others an organization has behind one table, as a band; readable by that organization alone."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=63)
    week = models.CharField(max_length=8)
    cohort = models.CharField(max_length=40)
    metric = models.CharField(max_length=40)
    stratum = models.CharField(max_length=40, blank=True)
    others = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "organization", "week", "cohort", "metric", "stratum", name="benchmarks_place_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization} beside {self.metric} of {self.week}"
