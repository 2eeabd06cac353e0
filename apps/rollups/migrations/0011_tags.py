from pathlib import Path

from django.db import migrations

from apps.organizations import walls

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    """Cells by tag, and how many of the served tokens were input; 0012 opens them."""

    dependencies = [("rollups", "0010_decay")]
    operations = [
        walls.run((SQL / "tags.sql").read_text()),
        walls.run(
            *(
                f"ALTER TABLE rollups_request_{tier} "
                "ADD COLUMN served_input_tokens bigint CHECK (served_input_tokens >= 0);"
                for tier in ("hour", "day")
            )
        ),
    ]
