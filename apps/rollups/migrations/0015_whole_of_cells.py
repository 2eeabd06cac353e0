from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"
TABLES = ("rollups_request_day", "rollups_whole_day")


def _owner_sums(then: str) -> str:
    return "".join(f"DROP POLICY IF EXISTS owner_sums ON {table};{then.format(table=table)}" for table in TABLES)


class Migration(migrations.Migration):
    """Days whose raw rows are gone are never rebuilt, so that their sums come from the cells that stand.

    Each step by itself, since opening and closing the walls for the owner locks both tables, and adding up may take a minute.
    """

    atomic = False
    dependencies = [("rollups", "0014_whole")]
    operations = [
        walls.run(_owner_sums("CREATE POLICY owner_sums ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);")),
        walls.run((SQL / "whole_of_cells.sql").read_text()),
        walls.run(_owner_sums("")),
    ]
