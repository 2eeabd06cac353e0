"""Values of the published pool, as each organization may see them; and the worker may store outcomes out of files."""

import django.db.models.deletion
from django.db import migrations, models

from apps.organizations import walls

OWN = f"organization_id = {walls.ORGANIZATION}"


class Migration(migrations.Migration):
    dependencies = [("quality", "0003_labels"), ("organizations", "0004_ingest_readiness"), ("traces", "0005_outcomes")]
    operations = [
        migrations.CreateModel(
            name="Pooled",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pool", models.CharField(max_length=63)),
                ("week", models.CharField(max_length=8)),
                ("known_from", models.DateField()),
                ("task", models.CharField(max_length=40)),
                ("model", models.TextField()),
                ("quality_micro", models.IntegerField()),
                ("peers", models.CharField(max_length=8)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "week", "task", "model"), name="quality_pooled_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quality_micro__gte", 0), ("quality_micro__lte", 1000000)),
                        name="quality_pooled_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("peers", ""), _negated=True), name="quality_pooled_has_peers"
                    ),
                ],
            },
        ),
        walls.run(
            walls.enable("quality_pooled"),
            walls.policy("quality_pooled", "web_reads", "web", OWN, command="SELECT"),
            walls.policy("quality_pooled", "worker_reads", "worker", OWN, command="SELECT"),
            walls.policy("quality_pooled", "worker_deletes", "worker", OWN, command="DELETE"),
            walls.policy("quality_pooled", "benchmark_reads", "benchmark", "true", command="SELECT"),
            walls.policy("quality_pooled", "benchmark_adds", "benchmark", "true", command="INSERT"),
            walls.policy("quality_pooled", "benchmark_deletes_demo", "benchmark", "pool = 'demo'", command="DELETE"),
            walls.grant("quality_pooled", web="SELECT", worker="SELECT, DELETE", benchmark="SELECT, INSERT, DELETE"),
            walls.grant("traces_outcome", worker="INSERT"),
        ),
    ]
