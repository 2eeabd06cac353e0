from django.db import migrations

from apps.ingest.walls import statements_of_files
from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("ingest", "0005_rows"), ("organizations", "0002_walls")]
    operations = [walls.run(*statements_of_files())]
