from django.db import migrations


class Migration(migrations.Migration):
    """The oldest marks of a deployment are read in their order, however many wait."""

    atomic = False
    dependencies = [("traces", "0004_outcomes")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS traces_staletrace_oldest"
            " ON traces_staletrace (organization_id, deployment_id, id)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS traces_staletrace_deployment", migrations.RunSQL.noop),
    ]
