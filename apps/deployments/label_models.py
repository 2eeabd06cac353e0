"""What a tenant declares about labels: which are read as one, which task a request is of, and what kind of task that is."""

from django.conf import settings
from django.db import models

from apps.deployments.labels import FIELDS, LONGEST, MATCHES, TAXONOMY


class LabelRule(models.Model):
    """One line of a deployment's labels: a merge of sent routes or tasks, or a rule; the list is replaced whole."""

    class Kind(models.TextChoices):
        ROUTE = "route", "Route read as another"
        TASK = "task", "Task read as another"
        RULE = "rule", "Rule"

    organization = models.ForeignKey("organizations.Organization", on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey("deployments.Deployment", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    """Rules in the order in which they are asked; merges in any."""
    field = models.CharField(max_length=16)
    tag = models.CharField(max_length=LONGEST, blank=True, default="")
    match = models.CharField(max_length=16)
    value = models.CharField(max_length=LONGEST)
    label = models.CharField(max_length=LONGEST)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "deployment", "kind", "position"), name="deployments_labelrule_order"
            ),
            models.CheckConstraint(condition=models.Q(field__in=FIELDS), name="deployments_labelrule_field"),
            models.CheckConstraint(condition=models.Q(match__in=MATCHES), name="deployments_labelrule_match"),
            models.CheckConstraint(
                condition=~models.Q(value="") & ~models.Q(label=""), name="deployments_labelrule_says_something"
            ),
        )
        ordering = ("kind", "position")

    def __str__(self) -> str:
        return f"{self.field} {self.match} {self.value}: {self.label}"


class TaskKind(models.Model):
    """What a task of a tenant is in the public taxonomy."""

    organization = models.ForeignKey("organizations.Organization", on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey("deployments.Deployment", on_delete=models.CASCADE, related_name="+")
    task = models.CharField(max_length=LONGEST)
    taxonomy = models.CharField(max_length=16)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organization", "deployment", "task"), name="deployments_taskkind_once"),
            models.CheckConstraint(condition=models.Q(taxonomy__in=TAXONOMY), name="deployments_taskkind_known"),
        )
        ordering = ("task",)

    def __str__(self) -> str:
        return f"{self.task}: {self.taxonomy}"
