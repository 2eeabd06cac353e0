import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0002_walls"),
        ("organizations", "0004_ingest_readiness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderBill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("provider", models.CharField(max_length=120)),
                ("amount_nano", models.BigIntegerField()),
                ("currency", models.CharField(choices=[("USD", "US$"), ("EUR", "€")], default="USD", max_length=3)),
                ("usd_per_unit", models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True)),
                ("rate_on", models.DateField(blank=True, null=True)),
                ("entered_at", models.DateTimeField()),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bills", to="deployments.deployment"
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "ordering": ("-month", "provider"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "deployment", "month", "provider"), name="deployments_bill_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="deployments_bill_month"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_nano__gte", 0), ("amount_nano__lt", 1000000000000000000)),
                        name="deployments_bill_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("currency", "USD"), ("rate_on__isnull", True), ("usd_per_unit__isnull", True)),
                            models.Q(
                                models.Q(("currency", "USD"), _negated=True),
                                ("rate_on__isnull", False),
                                ("usd_per_unit__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="deployments_bill_rate",
                    ),
                ],
            },
        ),
        walls.run(
            walls.tenant_policy("deployments_providerbill", "web", "worker"),
            walls.grant(
                "deployments_providerbill",
                web="SELECT, INSERT, UPDATE, DELETE",
                worker="SELECT, INSERT, UPDATE, DELETE",
            ),
        ),
    ]
