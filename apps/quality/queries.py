"""Reading evidence; needs an open organization."""

from collections.abc import Collection
from datetime import date

import polars as pl

from apps.quality.models import Evidence, Threshold

CANDIDATES = pl.Schema(
    {
        "day": pl.Date(),
        "task": pl.String(),
        "provider": pl.String(),
        "model": pl.String(),
        "quality_micro": pl.Int64(),
        "output_tokens": pl.Int64(),
        "answers": pl.Int64(),
        "threshold_micro": pl.Int64(),  # the tenant's own on that day; null: the default
    }
)
"""Models with evidence at a task on a day; candidates are those among them that have a price."""
_READ = tuple(name for name in CANDIDATES if name != "threshold_micro")


def evidence_of(deployment_id: int, days: Collection[date]) -> pl.DataFrame:
    """What is known on these days, as CANDIDATES."""
    rows = Evidence.objects.filter(deployment_id=deployment_id, day__in=list(days)).order_by("day", "task", "model")
    found = pl.DataFrame(list(rows.values_list(*_READ)), {name: CANDIDATES[name] for name in _READ}, orient="row")
    if found.is_empty():
        return CANDIDATES.to_frame(eager=True)
    declared = pl.DataFrame(
        list(
            Threshold.objects.filter(deployment_id=deployment_id)
            .order_by("effective_from")
            .values_list("task", "effective_from", "quality_micro")
        ),
        {"task": pl.String, "effective_from": pl.Date, "threshold_micro": pl.Int64},
        orient="row",
    )
    dated = found.sort("day").join_asof(
        declared, left_on="day", right_on="effective_from", by="task", check_sortedness=False
    )
    return dated.select(CANDIDATES.names())
