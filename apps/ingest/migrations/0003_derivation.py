from django.db import migrations, models

from apps.organizations import walls


class Migration(migrations.Migration):
    dependencies = [("ingest", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Derivation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.BigIntegerField()),
                ("deployment_id", models.BigIntegerField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("quarantined_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "deployment_id"), name="ingest_derivation_deployment"
                    )
                ],
            },
        ),
        walls.run(
            walls.tenant_policy("ingest_derivation", "web"),
            walls.policy("ingest_derivation", "worker_collects", "worker", "true"),
            walls.grant("ingest_derivation", web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        ),
    ]
