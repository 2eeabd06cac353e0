from django.db import migrations, models

from apps.ingest.walls import replays
from apps.organizations import walls


class Migration(migrations.Migration):
    """A large post that comes again is known by its digest, before it is taken apart."""

    dependencies = [("ingest", "0003_derivation")]
    operations = [
        migrations.AddIndex(
            "batch",
            models.Index(
                fields=["organization_id", "deployment_id", "digest"],
                name="ingest_batch_replays",
                condition=models.Q(body_bytes__gte=65_536),
            ),
        ),
        walls.run(*replays()),
    ]
