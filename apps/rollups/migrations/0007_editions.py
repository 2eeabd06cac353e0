from django.db import migrations, models

from apps.organizations import walls

COLUMNS = ("compared", "compared_reported_nano", "compared_computed_nano")


def added(table: str) -> str:
    columns = ", ".join(f"ADD COLUMN {name} bigint CHECK ({name} >= 0)" for name in COLUMNS)
    return f"ALTER TABLE {table} {columns};"


class Migration(migrations.Migration):
    """What attempts were billed can be held against their price, and a state of the price book has a name."""

    dependencies = [("rollups", "0006_selection"), ("pricing", "0004_editions_and_terms_walls")]
    operations = [
        walls.run(*(added(f"rollups_attempt_{tier}") for tier in ("hour", "day"))),
        migrations.AlterField("rebuild", "price_list_id", models.BigIntegerField(db_default=0)),
        # All cells are computed again: they lack what the new columns say.
        migrations.AddField("rebuild", "edition", models.BigIntegerField(db_default=0)),
    ]
