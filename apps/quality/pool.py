"""The published pool's values, as evidence at a tenant's own tasks; needs an open organization."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from apps.quality.gather import Place
from apps.quality.models import Pooled
from apps.quality.taxonomy import public_task

LASTS = timedelta(days=7)
"""Until the next week's freeze has spoken: what it withholds is not known any more."""


def published(organization_id: int, days: Sequence[date]) -> list[Pooled]:
    """Whatever may be known on one of these days, the newest first."""
    rows = Pooled.objects.filter(organization_id=organization_id, known_from__lte=max(days))
    return list(rows.filter(known_from__gt=min(days) - LASTS).order_by("-week", "-known_from"))


def at_own_tasks(
    pool: Sequence[Pooled], tasks: Collection[str], day: date, kinds: Mapping[str, str]
) -> dict[Place, int]:
    """In millionths, by own task and model: of the last week that was known on the day."""
    known = [one for one in pool if day - LASTS < one.known_from <= day]
    week = max((one.week for one in known), default="")
    values = {(one.task, one.model): one.quality_micro for one in known if one.week == week}
    own = {task: public_task(task, kinds) for task in tasks}
    return {
        (task, model): micro for task, public in own.items() for (of, model), micro in values.items() if of == public
    }
