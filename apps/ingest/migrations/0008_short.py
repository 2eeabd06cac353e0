from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from apps.organizations import walls


class Migration(migrations.Migration):
    """Whether spans tell of all attempts of a call, so that rows which do can stand for them."""

    dependencies = [("ingest", "0007_samples"), ("organizations", "0002_walls")]
    operations = [
        migrations.AddField("callunit", "short", ArrayField(models.TextField(), null=True)),
        walls.run(walls.grant("ingest_callunit", worker="UPDATE (short)")),
    ]
