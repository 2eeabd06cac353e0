from pathlib import Path

from django.db import migrations, models

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    """Replay sets: outcomes of several models on the same prompts."""

    dependencies = [("traces", "0003_lanes"), ("organizations", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("organization_id", models.BigIntegerField()),
                ("deployment_id", models.BigIntegerField()),
                ("replay_set", models.TextField()),
                ("task", models.TextField()),
                ("prompt", models.TextField()),
                ("provider", models.TextField(null=True)),
                ("model", models.TextField()),
                ("raw_model", models.TextField()),
                ("score", models.FloatField()),
                ("cost_nano", models.BigIntegerField(null=True)),
                ("input_tokens", models.BigIntegerField(null=True)),
                ("output_tokens", models.BigIntegerField(null=True)),
                ("latency_us", models.BigIntegerField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "deployment_id",
                        "replay_set",
                        "task",
                        "prompt",
                        "model",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={"db_table": "traces_outcome", "managed": False},
        ),
        walls.run(
            (SQL / "outcomes.sql").read_text(),
            walls.tenant_policy("traces_outcome", "ingest", "web", "worker"),
            walls.grant("traces_outcome", ingest="INSERT", web="SELECT", worker="SELECT, DELETE"),
        ),
    ]
