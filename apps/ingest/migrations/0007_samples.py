from django.db import migrations, models


class Migration(migrations.Migration):
    """A few of the items that a post lost, so that a page can say why without the answer to the post."""

    dependencies = [("ingest", "0006_rows_walls")]
    operations = [migrations.AddField("batch", "samples", models.JSONField(null=True))]
