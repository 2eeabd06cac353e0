from django.db import migrations

from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_deliveries"), ("organizations", "0002_walls")]
    operations = [
        walls.run(
            walls.tenant_policy("reports_delivery", "web", "worker"),
            walls.grant("reports_delivery", web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        )
    ]
