"""What a token reads; those of before read everything, and so do those that older code still issues."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0004_ingest_readiness")]
    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=models.TextField(db_default="figures requests ingestion", default="figures requests ingestion"),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="deployment_ids",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
    ]
