from django.db import migrations

from apps.organizations import walls

TABLES = ("rollups_attempt_hour", "rollups_attempt_day")
COLUMNS = ("reported_nano", "computed", "computed_nano")


class Migration(migrations.Migration):
    """What gateways reported and what the price book says, apart; cells that stand are marked to be made again."""

    dependencies = [("rollups", "0004_wasted")]
    operations = [
        walls.run(
            *(
                f"ALTER TABLE {table} ADD COLUMN {name} bigint CHECK ({name} >= 0);"
                for table in TABLES
                for name in COLUMNS
            )
        ),
        walls.run(
            "INSERT INTO deployments_stalesince (organization_id, deployment_id, since, marked_at) "
            "SELECT organization_id, deployment_id, '2000-01-01', now() FROM rollups_rebuild;"
        ),
    ]
