from django.db import migrations, models

from apps.organizations import walls

TABLE = "advice_advised"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organizations", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Advised",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.BigIntegerField()),
                ("deployment_id", models.BigIntegerField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("quarantined_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("answer", models.JSONField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "deployment_id"), name="advice_advised_deployment"
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
