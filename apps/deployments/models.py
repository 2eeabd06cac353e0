"""What is measured: deployments, the keys they report with, and what their tenant declares about them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.deployments.label_models import LabelRule, TaskKind
from apps.organizations.models import SLUG, Organization

__all__ = (
    "PUBLISHED_ENGAGEMENT_LOSS_PPM", "Annotation", "Assumptions", "Deployment", "IngestKey", "LabelRule", "ProviderBill",
    "StaleSince", "TaskKind",
)  # fmt: skip

PUBLISHED_ENGAGEMENT_LOSS_PPM = 12_000
"""1.2 % of engagement lost per 100 ms: the published assumption, and the default of a tenant's own."""


class Deployment(models.Model):
    """One production LLM application or gateway of a tenant: the unit that is measured."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="deployments")
    slug = models.CharField(max_length=63, validators=[SLUG])
    name = models.CharField(max_length=120)
    contributes = models.BooleanField(default=False)
    """Whether its ratios may enter the benchmark; opt-in, effective at the next freeze."""
    created_at = models.DateTimeField()
    trace_link = models.CharField(max_length=500, blank=True, db_default="")
    """Where the tenant's own trace viewer shows a request, with placeholders (apps.deployments.trace_link); '' nowhere."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization", "slug"), name="deployments_slug_once"),)
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class IngestKey(models.Model):
    """Lets a gateway report to one deployment, and read nothing; only the keyed hash of its secret is kept."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="ingest_keys")
    key_id = models.CharField(max_length=16)
    secret_hash = models.BinaryField()
    last_four = models.CharField(max_length=4)
    label = models.CharField(max_length=80)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organization", "key_id"), name="deployments_key_once"),)
        indexes = (models.Index(fields=("key_id",), name="deployments_key_id"),)
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label


class Assumptions(models.Model):
    """What a tenant declares of a deployment, in force from a date until the next declaration.

    Own declarations change the tenant's dollars and hours, never its routing efficiency, which is computed for everybody
    under the published assumptions.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="assumptions")
    effective_from = models.DateField()
    user_facing = models.BooleanField()
    """The workload: whether people wait for requests that do not say so themselves."""
    value_per_1000_nano = models.BigIntegerField(null=True, blank=True)
    """Nano-USD that 1,000 user-facing requests are worth; null: hours are shown, dollars are not."""
    engagement_loss_ppm = models.IntegerField(default=PUBLISHED_ENGAGEMENT_LOSS_PPM)
    """Engagement lost per 100 ms, in millionths."""
    maintenance_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    """Hours a month spent on the integration; with the rate it is the declared fifth part."""
    hourly_rate_nano = models.BigIntegerField(null=True, blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "deployment", "effective_from"), name="deployments_assumptions_once"
            ),
            models.CheckConstraint(
                condition=models.Q(value_per_1000_nano__isnull=True)
                | models.Q(value_per_1000_nano__gte=0, value_per_1000_nano__lt=10**15),
                name="deployments_value_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(engagement_loss_ppm__gte=0, engagement_loss_ppm__lte=500_000),
                name="deployments_engagement_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(maintenance_hours__isnull=True)
                | models.Q(maintenance_hours__gte=0, maintenance_hours__lt=100_000),
                name="deployments_hours_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(hourly_rate_nano__isnull=True)
                | models.Q(hourly_rate_nano__gte=0, hourly_rate_nano__lt=10**14),
                name="deployments_rate_bounds",
            ),
        )
        ordering = ("effective_from",)

    def __str__(self) -> str:
        return f"{self.deployment} from {self.effective_from}"


class ProviderBill(models.Model):
    """What a provider charged for a deployment in a month, as its bill says: the account or project it pays with."""

    class Currency(models.TextChoices):
        USD = "USD", "US$"
        EUR = "EUR", "€"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="bills")
    month = models.DateField()
    """Its first day."""
    provider = models.CharField(max_length=120)
    """As traces name it."""
    amount_nano = models.BigIntegerField()
    """Billionths of one unit of the currency."""
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.USD)
    usd_per_unit = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    """What one unit was worth in USD on `rate_on`; both are there for a bill in another currency, and only then."""
    rate_on = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "deployment", "month", "provider"), name="deployments_bill_once"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="deployments_bill_month"),
            models.CheckConstraint(
                condition=models.Q(amount_nano__gte=0, amount_nano__lt=10**18), name="deployments_bill_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(currency="USD", usd_per_unit__isnull=True, rate_on__isnull=True)
                | (~models.Q(currency="USD") & models.Q(usd_per_unit__gt=0, rate_on__isnull=False)),
                name="deployments_bill_rate",
            ),
        )
        ordering = ("-month", "provider")

    def __str__(self) -> str:
        return f"{self.provider}, {self.month:%Y-%m}"

    @property
    def usd_nano(self) -> int:
        """In nano-USD, at the rate of `rate_on` where it is in another currency."""
        return self.amount_nano if self.usd_per_unit is None else round(self.amount_nano * self.usd_per_unit)


class StaleSince(models.Model):
    """A mark: what was computed for this deployment since a date must be computed again; collected by the rollups."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.deployment} since {self.since}"


class Annotation(models.Model):
    """Something that happened to a deployment at a moment: what charts are marked with. Told by hand or by a program."""

    class Kind(models.TextChoices):
        RELEASE = "release", _("Release")
        POLICY = "policy", _("Policy")
        PRICE = "price_change", _("Price change")
        INCIDENT = "incident", _("Incident")
        OTHER = "other", _("Other")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="annotations")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    label = models.CharField(max_length=120)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Null: a program with an ingestion key, or somebody who is gone."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    """Since when it is no longer drawn; it stays, so that a program that says it again does not bring it back."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "deployment", "at", "kind", "label"), name="deployments_annotation_once"
            ),
            models.CheckConstraint(condition=~models.Q(label=""), name="deployments_annotation_says_something"),
        )
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"
