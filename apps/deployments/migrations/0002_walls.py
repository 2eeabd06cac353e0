from django.db import migrations

from apps.organizations import walls

ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("deployments", "0001_initial"), ("organizations", "0002_walls")]
    operations = [
        walls.run(
            walls.tenant_policy("deployments_deployment", "web", "worker"),
            walls.grant("deployments_deployment", web=ALL, worker=ALL),
        ),
        walls.run(
            walls.tenant_policy("deployments_ingestkey", "web", "worker"),
            walls.owner_policy("deployments_ingestkey"),
            walls.grant("deployments_ingestkey", web=ALL, worker=ALL),
            walls.find_function(
                "deployments_find_key",
                "deployments_ingestkey",
                {
                    "organization_id": "bigint",
                    "deployment_id": "bigint",
                    "secret_hash": "bytea",
                    "expires_at": "timestamptz",
                    "revoked_at": "timestamptz",
                },
                "ingest",
            ),
        ),
        walls.run(
            walls.tenant_policy("deployments_assumptions", "web", "worker"),
            walls.grant("deployments_assumptions", web=ALL, worker=ALL),
        ),
        walls.run(
            walls.tenant_policy("deployments_stalesince", "web"),
            walls.policy("deployments_stalesince", "worker_collects", "worker", "true"),
            walls.grant("deployments_stalesince", web="SELECT, INSERT", worker=ALL),
        ),
    ]
