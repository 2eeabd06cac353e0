"""Own scores, summed from raw rows; needs an open organization."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parent / "sql"


def ask(question: str, place: dict[str, int], **values: Any) -> list[tuple[Any, ...]]:
    """The rows of sql/<question>.sql for one deployment."""
    named = {"organization": place["organization_id"], "deployment": place["deployment_id"], **values}
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{question}.sql").read_text(), named)
        return list(cursor.fetchall())


def means(place: dict[str, int], *, first: date, end: date, environment: str) -> list[tuple[str, str, int, int]]:
    """Task, model, answers and the sum of their quality in millionths, of the days before `end`."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for _, task, _, model, answers, micro in ask("own_scores", place, first=first, end=end, environment=environment):
        before = sums.get((task, model), (0, 0))
        sums[task, model] = before[0] + answers, before[1] + micro
    return [(task, model, *both) for (task, model), both in sorted(sums.items())]
