from django.db import migrations

from apps.organizations import walls

ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("deployments", "0005_labels"), ("organizations", "0004_ingest_readiness")]
    operations = [
        walls.run(walls.tenant_policy(table, "web", "worker"), walls.grant(table, web=ALL, worker=ALL))
        for table in ("deployments_labelrule", "deployments_taskkind")
    ]
