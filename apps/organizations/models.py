"""Tenants: organizations, who belongs to them, how programs read them, and what was done."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.organizations.scopes import EVERYTHING

SLUG = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z",
    _("Use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or a digit."),
)


class Organization(models.Model):
    """A tenant; the unit of the benchmark, whatever the number of its deployments."""

    class Pool(models.TextChoices):
        LIVE = "live", "live"
        DEMO = "demo", "demo"

    slug = models.CharField(max_length=63, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    pool = models.CharField(max_length=63, default="live")
    """Benchmarks never mix pools: the demo compares with the demo alone."""
    time_zone = models.CharField(max_length=64, default="UTC")
    vouched = models.BooleanField(default=False)
    """The operator answers for it: verified mail, domain and age are waived, nothing else."""
    domain = models.CharField(max_length=253, blank=True)
    domain_verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_demo(self) -> bool:
        return self.pool == self.Pool.DEMO


class Role(models.TextChoices):
    """What a member may do, each including the ones before it."""

    VIEWER = "viewer", _("Viewer: reads")
    EDITOR = "editor", _("Editor: also changes deployments and keys")
    OWNER = "owner", _("Owner: also changes members and tokens")


class Membership(models.Model):
    """A person in an organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)
    weekly_mail = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization", "user"), name="organizations_membership_once"),)
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"

    def may(self, role: Role) -> bool:
        """Whether this membership carries at least `role`."""
        order = Role.values
        return order.index(self.role) >= order.index(role)


class ApiToken(models.Model):
    """Lets a program read one organization; only the keyed hash of its secret is kept."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tokens")
    key_id = models.CharField(max_length=16)
    secret_hash = models.BinaryField()
    last_four = models.CharField(max_length=4)
    label = models.CharField(max_length=80)
    scopes = models.TextField(default=EVERYTHING, db_default=EVERYTHING)
    """Words of `scopes.Scope`, with a space between."""
    deployment_ids = ArrayField(models.BigIntegerField(), null=True)
    """The only ones it reads; null: all, also those that are added later."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization", "key_id"), name="organizations_token_key"),)
        indexes = (models.Index(fields=("key_id",), name="organizations_token_key_id"),)
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label


class AuditEvent(models.Model):
    """What a person or the operator did; roles of the running platform may add to it and read it, nothing more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="audit_events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Null: the operator, by command."""
    verb = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("organization", "-at"), name="organizations_audit_at"),)
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d %H:%M}"
