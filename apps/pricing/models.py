"""The dated price list: public facts, the same for every tenant, only ever added to."""

from django.db import models
from django.db.models import F, Q

from apps.pricing.book import RATES

TIERS = ("standard", "batch", "flex", "priority")


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
