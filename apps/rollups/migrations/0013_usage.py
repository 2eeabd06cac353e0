from django.db import migrations

from apps.organizations import walls

SUMS = (
    "usage_known",
    "usage_input_tokens",
    "usage_cache_read_input_tokens",
    "usage_cache_write_input_tokens",
    "usage_cache_write_1h_input_tokens",
    "usage_output_tokens",
    "usage_reasoning_output_tokens",
)


class Migration(migrations.Migration):
    """What requests of a task use, in the cells of requests; everything is marked to be computed again, since cells that
    stand know none."""

    dependencies = [("rollups", "0012_tags_walls")]
    operations = [
        walls.run(
            *(
                f"ALTER TABLE rollups_request_{tier} "
                + ", ".join(f"ADD COLUMN {name} bigint CHECK ({name} >= 0)" for name in SUMS)
                + ";"
                for tier in ("hour", "day")
            )
        ),
        walls.run(
            "INSERT INTO deployments_stalesince (organization_id, deployment_id, since, marked_at) "
            "SELECT organization_id, deployment_id, DATE '0001-01-01', now() FROM rollups_rebuild;"
        ),
    ]
