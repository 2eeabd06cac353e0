from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    """Sums of a day's requests over all labels; 0015 fills them."""

    dependencies = [("rollups", "0013_usage"), ("organizations", "0002_walls")]
    operations = [
        walls.run((SQL / "whole.sql").read_text()),
        walls.run(
            walls.tenant_policy("rollups_whole_day", "web", "worker"),
            walls.grant("rollups_whole_day", web="SELECT", worker="SELECT, INSERT, DELETE"),
        ),
    ]
