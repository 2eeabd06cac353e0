from django.db import migrations

from apps.ingest.walls import statements
from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("ingest", "0001_initial"), ("traces", "0002_tables"), ("organizations", "0002_walls")]
    operations = [walls.run(*statements())]
