from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"
COUNTED = ("traces_stalehour", "traces_staletrace", "deployments_stalesince", "rollups_rebuild", "ingest_derivation")


class Migration(migrations.Migration):
    """Processes that may not look past the walls learn how much work waits, and for whom they do not."""

    dependencies = [
        ("rollups", "0002_cells"),
        ("ingest", "0003_derivation"),
        ("traces", "0003_lanes"),
        ("deployments", "0002_walls"),
    ]
    operations = [
        walls.run(*(walls.owner_policy(table) for table in (*COUNTED, "ingest_setaside"))),
        walls.run(
            (SQL / "backlog.sql").read_text(),
            walls.for_roles(
                "GRANT EXECUTE ON FUNCTION rollups_backlog(bigint), rollups_set_aside() TO {role}",
                ["web", "ingest", "worker"],
            ),
        ),
    ]
