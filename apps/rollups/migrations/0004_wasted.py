from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("rollups", "0003_backlog")]
    operations = [walls.run((SQL / "wasted.sql").read_text())]
