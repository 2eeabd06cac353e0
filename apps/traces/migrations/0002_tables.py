from pathlib import Path

from django.db import migrations

from apps.organizations import walls
from apps.traces.walls import statements

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("traces", "0001_initial"), ("organizations", "0002_walls")]
    operations = [
        walls.run((SQL / "tables.sql").read_text()),
        walls.run((SQL / "partitions.sql").read_text()),
        walls.run(*statements()),
    ]
