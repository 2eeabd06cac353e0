"""What each tenant brings to the pooled quality: one value a deployment, public task and listed model."""

import django.db.models.deletion
from django.db import migrations, models

from apps.organizations import walls

TABLE = "benchmarks_qualitycontribution"
OWN = f"organization_id = {walls.ORGANIZATION}"
OPEN = f"NOT EXISTS (SELECT 1 FROM benchmarks_freeze f WHERE f.pool = {TABLE}.pool AND f.week = {TABLE}.week)"


class Migration(migrations.Migration):
    dependencies = [("benchmarks", "0002_walls"), ("quality", "0004_pooled")]
    operations = [
        migrations.CreateModel(
            name="QualityContribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pool", models.CharField(max_length=63)),
                ("week", models.CharField(max_length=8)),
                ("task", models.CharField(max_length=40)),
                ("model", models.TextField()),
                ("value", models.FloatField()),
                ("eligible", models.BooleanField()),
                ("written_at", models.DateTimeField()),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deployments.deployment"
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
                "indexes": [models.Index(models.F("pool"), models.F("week"), name="benchmarks_quality_week")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        models.F("deployment"),
                        models.F("week"),
                        models.F("task"),
                        models.F("model"),
                        name="benchmarks_quality_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0), ("value__lte", 1)), name="benchmarks_quality_bounds"
                    ),
                ],
            },
        ),
        walls.run(
            walls.enable(TABLE),
            walls.policy(TABLE, "web_reads", "web", OWN, command="SELECT"),
            walls.policy(TABLE, "worker_reads", "worker", OWN, command="SELECT"),
            walls.policy(TABLE, "worker_adds", "worker", f"{OWN} AND (NOT eligible OR {OPEN})", command="INSERT"),
            walls.policy(TABLE, "worker_deletes", "worker", OWN, command="DELETE"),
            walls.policy(TABLE, "benchmark_reads", "benchmark", "eligible", command="SELECT"),
            walls.grant(TABLE, web="SELECT", worker="SELECT, INSERT, DELETE", benchmark="SELECT"),
        ),
    ]
