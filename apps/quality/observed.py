"""What was observed of models at tasks, called as the deployment's labels say; needs an open organization."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

from apps.deployments.labels import ENVIRONMENT, MODEL, OPERATION, ROUTE, TAG_COLUMN, TASK, Labels, relabelled
from apps.deployments.relabel import labels_of
from apps.quality.carry import carried
from apps.quality.gather import Place, Replayed, Scored, together
from apps.quality.releases import Answered, Releases, days_to_ask

SQL = Path(__file__).parent / "sql"
_EPOCH = date(1970, 1, 1)
_COUNTED = ("day", "provider", "served", "answers", "quality_micro")
_LOOKED_AT = {
    TASK: "r.task",
    ROUTE: "r.route",
    OPERATION: "r.operation",
    ENVIRONMENT: "r.environment",
    MODEL: "planned.model",
}
_PLANNED = """LEFT JOIN traces_attempt planned ON planned.organization_id = r.organization_id
    AND planned.deployment_id = r.deployment_id AND planned.day = r.day AND planned.request_id = r.request_id
    AND planned.n = 0"""


def own_scores(
    place: dict[str, int], labels: Labels, *, first: date, end: date, environment: str | None = None
) -> list[Scored]:
    """Of the days from `first` until before `end`, in one environment or in all."""
    columns = _columns(labels)
    looked_at = [*columns.values()]
    statement = sql.SQL((SQL / "own_scores.sql").read_text()).format(
        looked_at=sql.SQL(", ").join(looked_at),
        keys=sql.SQL(", ").join(sql.SQL(str(len(_COUNTED) + n)) for n, _ in enumerate(looked_at, 1)),
        planned=sql.SQL(_PLANNED if MODEL in columns else ""),
        could_have_a_task=sql.SQL("true" if labels.rules else "r.task IS NOT NULL"),
    )
    keys = {_parameter(n): key for n, key in enumerate(labels.tags)}
    rows = _rows(statement, place, first=first, end=end, environment=environment, **keys)
    kinds = [pl.Int64(), pl.String(), pl.String(), pl.Int64(), pl.Int64(), *[pl.String()] * len(columns)]
    schema = dict(zip([*_COUNTED, *columns], kinds, strict=True))
    named = relabelled(pl.DataFrame(rows, schema, orient="row"), labels).filter(pl.col(TASK).is_not_null())
    summed = named.group_by("day", TASK, "provider", "served").agg(pl.col("answers", "quality_micro").sum())
    return [
        Scored(_EPOCH + timedelta(days=day), *rest)
        for day, *rest in summed.sort("day", TASK, "provider", "served").iter_rows()
    ]


def means(place: dict[str, int], *, first: date, end: date, environment: str) -> list[tuple[str, str, int, int]]:
    """Task, model, answers and the sum of their quality in millionths, of the days before `end`."""
    labels, sums = labels_of(place["deployment_id"]), dict[Place, tuple[int, int]]()
    for one in own_scores(place, labels, first=first, end=end, environment=environment):
        answers, micro = sums.get((one.task, one.model), (0, 0))
        sums[one.task, one.model] = answers + one.answers, micro + one.quality_micro
    return [(task, model, *both) for (task, model), both in sorted(sums.items())]


def replayed_outcomes(place: dict[str, int], labels: Labels, *, now: datetime) -> dict[Place, Replayed]:
    """Of replay sets, in which only tasks are told: nothing else of a rule can match."""
    found: dict[Place, list[tuple[str, Replayed]]] = {}
    rows = ask("replayed", place, now=now)
    sent = pl.DataFrame({TASK: [row[0] for row in rows]}, {TASK: pl.String})
    for task, (told, model, *outcomes) in zip(relabelled(sent, labels)[TASK], rows, strict=True):
        found.setdefault((task, model), []).append((told, Replayed(*outcomes)))
    return together(found)


def releases_of(
    place: dict[str, int], labels: Labels, replayed: Mapping[Place, Replayed], days: Sequence[date]
) -> Releases:
    """Of the models that were replayed alone: who replays nothing reads nothing."""
    if not replayed:
        return Releases(())
    last = carried(place, labels, replayed, before=days[0])
    first, end = days_to_ask(replayed.values(), [last.day, *days] if last.day else days)
    models = sorted({model for _, model in replayed})
    rows = ask("releases", place, first=first, end=end, models=models)
    return Releases([Answered(*row) for row in rows], last)


def ask(question: str, place: dict[str, int], **values: Any) -> Sequence[tuple[Any, ...]]:
    return _rows(sql.SQL((SQL / f"{question}.sql").read_text()), place, **values)


def _columns(labels: Labels) -> dict[str, sql.Composable]:
    """What labels look at, by the name under which they look at it; grouped by no more than that."""
    wanted: Iterable[str] = [TASK, *(rule.column for rule in labels.rules)]
    if labels.rules and labels.merged(ROUTE):
        wanted = [*wanted, ROUTE]
    tags = {f"{TAG_COLUMN}{key}": f"r.tags->>%({_parameter(n)})s::text" for n, key in enumerate(labels.tags)}
    return {name: sql.SQL((_LOOKED_AT | tags)[name]) for name in dict.fromkeys(wanted)}


def _parameter(n: int) -> str:
    return f"tag_{n}"


def _rows(statement: sql.Composable, place: dict[str, int], **values: Any) -> Sequence[tuple[Any, ...]]:
    named = {"organization": place["organization_id"], "deployment": place["deployment_id"], **values}
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        return list(cursor.fetchall())
