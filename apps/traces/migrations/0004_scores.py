from pathlib import Path

from django.db import migrations, models

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    """Ingest adds scores, the worker reads them when it derives requests and clears them away."""

    dependencies = [("traces", "0003_lanes")]
    operations = [
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.BigIntegerField()),
                ("deployment_id", models.BigIntegerField()),
                ("trace_id", models.TextField(null=True)),
                ("span_id", models.TextField(null=True)),
                ("response_id", models.TextField(null=True)),
                ("name", models.TextField()),
                ("value", models.FloatField()),
                ("at_ns", models.BigIntegerField()),
                ("ingested_at", models.DateTimeField()),
                ("digest", models.BinaryField()),
            ],
            options={"db_table": "traces_score", "managed": False},
        ),
        walls.run((SQL / "scores.sql").read_text()),
        walls.run(
            walls.tenant_policy("traces_score", "ingest", "web", "worker"),
            walls.grant("traces_score", ingest="INSERT", web="SELECT", worker="SELECT, DELETE"),
        ),
    ]
