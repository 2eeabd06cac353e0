from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"
CELLS = ("rollups_request_hour", "rollups_request_day", "rollups_attempt_hour", "rollups_attempt_day")


class Migration(migrations.Migration):
    dependencies = [("rollups", "0001_initial"), ("organizations", "0002_walls")]
    operations = [
        walls.run((SQL / "tables.sql").read_text()),
        *(
            walls.run(
                walls.tenant_policy(table, "web", "worker"),
                walls.grant(table, web="SELECT", worker="SELECT, INSERT, DELETE"),
            )
            for table in CELLS
        ),
        walls.run(
            walls.tenant_policy("rollups_rebuild", "web"),
            walls.policy("rollups_rebuild", "worker_collects", "worker", "true"),
            walls.grant("rollups_rebuild", web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        ),
    ]
