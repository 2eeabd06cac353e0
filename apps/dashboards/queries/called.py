"""What requests are called, for a page of them: in the words of SQL to look for them, and by their rows to show them.

The words say for SQL what apps.deployments.labels says for columns. A property test holds the two together
on every field and on hostile texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from psycopg import sql

from apps.deployments.labels import EQUALS, MODEL, NO_LABELS, ROUTE, STARTS, TAG_COLUMN, TASK, Labels, Rule, relabelled
from apps.traces.models import Attempt, Request

_PLANNED = """(SELECT a.model FROM traces_attempt AS a WHERE a.organization_id = %(organization)s
    AND a.deployment_id = %(deployment)s AND a.day = r.day AND a.request_id = r.request_id AND a.n = 0)"""
_COLUMNS = (TASK, ROUTE, "operation", "environment")


@dataclass(frozen=True)
class InWords:
    """Route and task of a row `r` as they are to be read, the task out of merged ones; and the values that they name."""

    route: sql.SQL
    merged_task: sql.SQL
    task: sql.SQL
    values: Mapping[str, str]


def in_words(labels: Labels) -> InWords:
    values: dict[str, str] = {}

    def named(text: str) -> str:
        values[f"label_{len(values)}"] = text
        return f"%(label_{len(values) - 1})s::text"

    def merged(kind: str) -> sql.SQL:
        cases = [f"WHEN {named(sent)} THEN {named(label)}" for sent, label in labels.merged(kind).items()]
        return _sql(f"CASE {kind} {' '.join(cases)} ELSE {kind} END" if cases else kind)

    def matches(rule: Rule) -> str:
        key = rule.tag_key
        text = f"(tags->>{named(key)})" if key else _PLANNED if rule.field == MODEL else rule.field
        if rule.match == EQUALS:
            return f"{text} = {named(rule.value)}"
        return f"{'starts_with' if rule.match == STARTS else 'strpos'}({text}, {named(rule.value)})" + (
            "" if rule.match == STARTS else " > 0"
        )

    cases = [f"WHEN {matches(rule)} THEN {named(rule.task)}" for rule in labels.rules]
    task = _sql(f"CASE {' '.join(cases)} ELSE task END" if cases else "task")
    return InWords(merged(ROUTE), merged(TASK), task, values)


def _sql(text: str) -> sql.SQL:
    """Made of names and placeholders alone: what somebody wrote stands in the values."""
    return sql.SQL(text)


def called(
    rows: Sequence[Request], planned: Sequence[Attempt | None], labels: Labels
) -> list[tuple[str | None, str | None]]:
    """Task and route of each as they are to be read; `planned` is its first attempt."""
    if labels == NO_LABELS:
        return [(row.task, row.route) for row in rows]
    columns: dict[str, list[str | None]] = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    columns[MODEL] = [one.model if one else None for one in planned]
    columns |= {f"{TAG_COLUMN}{key}": [(row.tags or {}).get(key) for row in rows] for key in labels.tags}
    frame = relabelled(pl.DataFrame(columns, dict.fromkeys(columns, pl.String)), labels)
    return list(zip(frame[TASK].to_list(), frame[ROUTE].to_list(), strict=True))
