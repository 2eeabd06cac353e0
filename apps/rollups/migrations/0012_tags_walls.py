from django.db import migrations

from apps.organizations import walls

TABLES = ("rollups_tag_hour", "rollups_tag_day")


class Migration(migrations.Migration):
    """Who may touch cells by tag; everything is marked to be computed again, since these cells stand for no day yet."""

    dependencies = [("rollups", "0011_tags"), ("organizations", "0002_walls"), ("deployments", "0002_walls")]
    operations = [
        *(
            walls.run(
                walls.tenant_policy(table, "web", "worker"),
                walls.grant(table, web="SELECT", worker="SELECT, INSERT, DELETE"),
            )
            for table in TABLES
        ),
        walls.run(
            "INSERT INTO deployments_stalesince (organization_id, deployment_id, since, marked_at) "
            "SELECT organization_id, deployment_id, DATE '0001-01-01', now() FROM rollups_rebuild;"
        ),
    ]
