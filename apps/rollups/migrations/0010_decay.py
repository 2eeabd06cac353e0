from django.db import migrations, models

from apps.organizations import walls

TABLE = "rollups_decay"


class Migration(migrations.Migration):
    dependencies = [("rollups", "0009_repricing_walls"), ("organizations", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Decay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.BigIntegerField()),
                ("deployment_id", models.BigIntegerField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("quarantined_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("left", models.IntegerField(default=0)),
                ("days", models.JSONField(default=dict)),
                ("events", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "deployment_id"), name="rollups_decay_deployment"
                    )
                ],
            },
        ),
        walls.run(
            walls.tenant_policy(TABLE, "web"),
            walls.policy(TABLE, "worker_collects", "worker", "true"),
            walls.grant(TABLE, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        ),
    ]
