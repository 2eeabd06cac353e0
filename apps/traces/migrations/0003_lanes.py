from django.db import migrations, models


class Migration(migrations.Migration):
    """Spans that stand alone in their trace are found by the process they come from."""

    dependencies = [("traces", "0002_tables")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE traces_span ADD COLUMN lane text;"
            "CREATE INDEX traces_span_lane ON traces_span (organization_id, deployment_id, lane, started_ns)"
            " WHERE lane IS NOT NULL",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("span", "lane", models.TextField(null=True))],
        )
    ]
