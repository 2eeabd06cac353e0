from django.db import migrations, models


class Migration(migrations.Migration):
    """With a default of the database's own, so that a version that does not know the column goes on adding deployments."""

    dependencies = [("deployments", "0006_label_walls")]
    operations = [
        migrations.AddField(
            model_name="deployment",
            name="trace_link",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
    ]
