from django.db import migrations

from apps.dashboards.walls import statements_of_exports
from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0001_exports"), ("organizations", "0002_walls")]
    operations = [walls.run(*statements_of_exports())]
