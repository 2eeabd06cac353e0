from django.db import migrations

from apps.organizations import walls

ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("organizations", "0002_walls")]
    operations = [
        *(
            walls.run(walls.tenant_policy(table, "web", "worker"), walls.grant(table, web="SELECT", worker=ALL))
            for table in ("quality_evidenceday", "quality_evidence")
        ),
        walls.run(
            walls.tenant_policy("quality_threshold", "web", "worker"),
            walls.grant("quality_threshold", web=ALL, worker=ALL),
        ),
    ]
