from django.db import migrations

from apps.organizations import walls

TABLE = "rollups_repricing"


class Migration(migrations.Migration):
    dependencies = [("rollups", "0008_repricing"), ("organizations", "0002_walls")]
    operations = [
        walls.run(
            walls.tenant_policy(TABLE, "web"),
            walls.policy(TABLE, "worker_collects", "worker", "true"),
            walls.grant(TABLE, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE"),
        )
    ]
