from django.db import migrations

from apps.organizations import walls

SUMS = (
    "evaluable",
    "evaluable_tokens",
    "evaluable_planned_nano",
    "evaluable_base_nano",
    "regret_nano",
    "with_optimum",
    "optimum_planned_nano",
    "optimal_nano",
    "optimal",
    "under_quality",
    "published_regret_nano",
)


class Migration(migrations.Migration):
    """Sums of selection in the cells of requests."""

    dependencies = [("rollups", "0005_reported")]
    operations = [
        walls.run(
            *(
                f"ALTER TABLE rollups_request_{tier} "
                + ", ".join(f"ADD COLUMN {name} bigint CHECK ({name} >= 0)" for name in SUMS)
                + ";"
                for tier in ("hour", "day")
            )
        )
    ]
