"""The dated price list: public facts, the same for every tenant, only ever added to; and what a tenant itself pays."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.organizations.models import Organization
from apps.pricing.book import RATES

TIERS = ("standard", "batch", "flex", "priority")
OWN_RATES = (
    "input_nano_per_mtok",
    "cache_read_nano_per_mtok",
    "cache_write_nano_per_mtok",
    "output_nano_per_mtok",
    "reasoning_output_nano_per_mtok",
)


class PriceList(models.Model):
    """Everything one source said in one version. A newer version is a list of its own, and none is ever changed."""

    source = models.TextField()
    version = models.TextField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the rows, in their order")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "version"], name="pricing_pricelist_version"),)

    def __str__(self) -> str:
        return f"{self.source} {self.version}"


class Price(models.Model):
    """Rates of a model in one box: half-open intervals of instants, of the UTC day and of input tokens.

    Rates are nano-USD per million tokens; null: no rate of its own (see `Book` for what it then costs).
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    provider = models.TextField()
    model = models.TextField()
    service_tier = models.TextField()
    effective_from = models.DateTimeField(null=True, help_text="null: since ever")
    effective_until = models.DateTimeField(null=True, help_text="null: until further notice")
    daily_from = models.TimeField(help_text="UTC")
    daily_until = models.TimeField(null=True, help_text="UTC; null: midnight")
    input_from = models.BigIntegerField()
    input_until = models.BigIntegerField(null=True)
    input_nano_per_mtok = models.BigIntegerField(null=True)
    cache_read_nano_per_mtok = models.BigIntegerField(null=True)
    cache_write_nano_per_mtok = models.BigIntegerField(null=True, help_text="default lifetime, five minutes")
    cache_write_1h_nano_per_mtok = models.BigIntegerField(null=True)
    output_nano_per_mtok = models.BigIntegerField(null=True)
    reasoning_output_nano_per_mtok = models.BigIntegerField(null=True)
    request_nano = models.BigIntegerField(null=True, help_text="per request")
    other_units = models.JSONField(help_text="{unit: [nano-USD, for how many]}")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=[
                    "price_list",
                    "provider",
                    "model",
                    "service_tier",
                    "effective_from",
                    "daily_from",
                    "input_from",
                ],
                name="pricing_price_box",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(service_tier__in=TIERS), name="pricing_price_tier"),
            models.CheckConstraint(
                condition=Q(*(Q(**{f"{rate}__isnull": True}) | Q(**{f"{rate}__gte": 0}) for rate in RATES)),
                name="pricing_price_rates",
            ),
            models.CheckConstraint(
                condition=(Q(effective_until__isnull=True) | Q(effective_from__isnull=True))
                | Q(effective_until__gt=F("effective_from")),
                name="pricing_price_effective",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.model} ({self.service_tier})"


class Edition(models.Model):
    """What a list says of one model and tier, in force from an instant on.

    It stands over whatever earlier editions said of the time since; the time before stays as it was. Never changed.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="editions")
    provider = models.TextField()
    model = models.TextField()
    service_tier = models.TextField()
    in_force_from = models.DateTimeField(null=True, help_text="null: since ever")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["price_list", "provider", "model", "service_tier"], name="pricing_edition_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.model} ({self.service_tier})"


class Proposal(models.Model):
    """An edition that waits for an operator, since a price in it lies far from the one before, or is 0."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="proposals")
    provider = models.TextField()
    model = models.TextField()
    service_tier = models.TextField()
    in_force_from = models.DateTimeField(null=True, help_text="null: since ever")
    reason = models.TextField(help_text="which rate went from what to what")
    proposed_at = models.DateTimeField()
    accepted = models.BooleanField(null=True, help_text="null: waits")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True, help_text="the operator's address, or what decided in their stead")
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["price_list", "provider", "model", "service_tier"], name="pricing_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_at__isnull=False),
                name="pricing_proposal_decided",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.model} ({self.service_tier})"


class Term(models.Model):
    """What a tenant agreed with a provider, in force from a day until the next term for the same thing."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    provider = models.TextField(blank=True)
    model = models.TextField(blank=True)
    effective_from = models.DateField()
    ended = models.BooleanField(default=False)
    """From that day on nothing is agreed any more."""
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.provider} {self.model} from {self.effective_from}"


class OwnPrice(Term):
    """A price in the stead of the list's, and the only one of a model that the tenant runs itself.

    Rates are nano-USD per million tokens; null as in `Price`. A GPU's hour is spread evenly over the tokens that it
    serves in an hour, and the rates are what comes of it.
    """

    input_nano_per_mtok = models.BigIntegerField(null=True, blank=True)
    cache_read_nano_per_mtok = models.BigIntegerField(null=True, blank=True)
    cache_write_nano_per_mtok = models.BigIntegerField(null=True, blank=True)
    output_nano_per_mtok = models.BigIntegerField(null=True, blank=True)
    reasoning_output_nano_per_mtok = models.BigIntegerField(null=True, blank=True)
    gpu_hour_nano = models.BigIntegerField(null=True, blank=True)
    gpu_milli = models.BigIntegerField(null=True, blank=True, help_text="thousandths of a GPU that run at a time")
    tokens_per_hour = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "provider", "model", "effective_from"], name="pricing_ownprice_once"
            ),
            models.CheckConstraint(condition=~Q(model=""), name="pricing_ownprice_model"),
            models.CheckConstraint(
                condition=Q(ended=True) | Q(input_nano_per_mtok__isnull=False, output_nano_per_mtok__isnull=False),
                name="pricing_ownprice_rates",
            ),
            models.CheckConstraint(
                condition=Q(gpu_hour_nano__isnull=True, gpu_milli__isnull=True, tokens_per_hour__isnull=True)
                | Q(gpu_hour_nano__gte=0, gpu_milli__gt=0, tokens_per_hour__gt=0),
                name="pricing_ownprice_gpu",
            ),
            models.CheckConstraint(
                condition=Q(
                    *(Q(**{f"{rate}__isnull": True}) | Q(**{f"{rate}__range": (0, 10**15)}) for rate in OWN_RATES)
                ),
                name="pricing_ownprice_bounds",
            ),
        )


class Discount(Term):
    """The share of the list price that the tenant pays, in millionths, of one model or, without one, of a provider."""

    multiplier_ppm = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "provider", "model", "effective_from"], name="pricing_discount_once"
            ),
            models.CheckConstraint(condition=~Q(provider=""), name="pricing_discount_provider"),
            models.CheckConstraint(condition=Q(multiplier_ppm__range=(0, 10**7)), name="pricing_discount_bounds"),
        )
