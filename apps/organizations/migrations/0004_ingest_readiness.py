"""A process that serves the ways in alone says itself whether the database is as new as its code."""

from django.db import migrations

from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_people")]
    operations = [walls.run(walls.grant("django_migrations", ingest="SELECT"))]
