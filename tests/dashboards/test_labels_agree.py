"""What a request is called is said in four places: in SQL for lists, in columns for the rebuild, for a page of rows and for the
preview. Whatever somebody has sent and written into a rule, they say the same, and what the plain reference says."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import sql

from apps.dashboards.queries.called import called, in_words
from apps.deployments.labels import FEW, FIELDS, MATCHES, NO_LABELS, ROUTE, TAG, TASK, Labels, Merge, Rule, matched
from apps.deployments.relabel import check
from apps.organizations import access
from apps.rollups import raw
from apps.traces import models
from apps.traces.nouns import Attempt, Request
from tests.connections import acting_as
from tests.reference.labels import called as called_by_reference
from tests.rollups.tenants import NOW, Tenant, store, tenant

HOSTILE = (
    "a", "A", "triage", "Triage", "tri", "'", "''", '"', '""', "\\", "\\\\", "\\n", "\n", "a\r\nb", "\t", "%", "100%",
    "%s", "%(x)s", "_", "a_b", "*", "?", ".*", "(", "[a", "$", "^", "ß", "SS", "ss", "İ", "i", "i\u0307", "\u0131", "I", "é",
    "e\u0301", "\u200d", "\u202e", "👩\u200d🔬", "\U0001d51e", ",", '","', "null", "NULL", "None", "true", "0", "1.0", "1e3",
    "{}", ' a"b ', " a", "a ", " ", "x" * 256, "ß" * 256, "--", "; DROP", "{0}", "{task}", "tag:team", "__other__", "\x01",
    "\ufffe",
)  # fmt: skip
EMPTY = ""
"""What no way in takes, and older rows may hold; a rule cannot be of it."""
KEYS = ("team", "service", "agent", "Team", "a.b", "'", '"', "tag:team", "%", "ß", "task", "route")
SPREAD = 800
"""Requests, of far fewer combinations, so that many rules are asked of combinations."""

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


def pieces() -> st.SearchStrategy[str]:
    """What was sent, a part of it, it in another case, or anything."""
    sent = st.sampled_from(HOSTILE)
    part = st.builds(
        lambda text, start, size: text[start : start + size] or text, sent, st.integers(0, 3), st.integers(1, 3)
    )
    folded = st.builds(
        lambda text, fold: fold(text)[:256] or text, sent, st.sampled_from([str.lower, str.upper, str.casefold])
    )
    return st.one_of(sent, part, folded, texts)


def rules() -> st.SearchStrategy[Rule]:
    field = st.sampled_from(FIELDS)
    return st.builds(
        lambda field, match, value, task, key: Rule(field, match, value, task, key if field == TAG else ""),
        field, st.sampled_from(MATCHES), pieces(), pieces(), st.sampled_from(KEYS),
    )  # fmt: skip


def labels() -> st.SearchStrategy[Labels]:
    merges = st.lists(
        st.builds(Merge, st.sampled_from((ROUTE, TASK)), pieces(), pieces()),
        max_size=5,
        unique_by=lambda one: (one.kind, one.sent),
    )
    some = st.one_of(st.lists(rules(), max_size=6), st.lists(rules(), min_size=FEW + 1, max_size=FEW + 6))
    return st.builds(Labels, merges.map(tuple), some.map(tuple))


@dataclass(frozen=True)
class Sent:
    owner: Tenant
    rows: Sequence[models.Request]
    planned: Sequence[models.Attempt | None]
    hours: Sequence[datetime]


@pytest.fixture(scope="module")
def sent(database: None) -> Sent:
    """Every hostile text in every field that rules may look at, beside nothing in the others."""
    with acting_as("worker"):
        owner = tenant()
        store(owner, requests())
        with access.scope(owner.organization_id):
            rows = list(models.Request.objects.filter(**owner.place).order_by("request_id"))
            first = {one.request_id: one for one in models.Attempt.objects.filter(**owner.place, n=0)}
    hours = sorted({one.received_at.replace(minute=0, second=0, microsecond=0) for one in rows})
    assert len(rows) == SPREAD
    return Sent(owner, rows, [first.get(one.request_id) for one in rows], hours)


def requests() -> list[Request]:
    rng = random.Random(5)

    def drawn(n: int, *, often: float = 0.5) -> str | None:
        return (*HOSTILE, EMPTY)[n % (len(HOSTILE) + 1)] if rng.random() < often else None

    kinds: list[dict[str, Any]] = [
        {
            "task": drawn(n),
            "route": drawn(n + 1),
            "environment": drawn(n + 2) or "production",
            "operation": drawn(n + 3) or "chat",
            "model": drawn(n + 4, often=0.7),
            "tags": {key: text for m, key in enumerate(KEYS) if (text := drawn(n + m))},
        }
        for n in range(3 * len(HOSTILE))
    ]
    return [_request(n, **kinds[n % len(kinds)]) for n in range(SPREAD)]


def _request(n: int, *, model: str | None, tags: dict[str, str], **labels: Any) -> Request:
    tries = [Attempt(provider="house", model=model, status=200)] if model else []
    return Request(
        request_id=f"r{n:04}", received_at=NOW - timedelta(hours=n % 30), attempts=tries, tags=tags or None, **labels
    )


Names = list[tuple[str | None, str | None]]
"""Task and route of each request, in the order of their ids."""


def by_words(sent: Sent, labels: Labels) -> Names:
    """As the list of requests, and what a task uses, ask for it."""
    words = in_words(labels)
    statement = sql.SQL(
        "SELECT {task}, route FROM (SELECT organization_id, deployment_id, day, request_id, environment, operation, tags, "
        "{merged_task} AS task, {route} AS route FROM traces_request WHERE organization_id = %(organization)s "
        "AND deployment_id = %(deployment)s) r ORDER BY request_id"
    ).format(task=words.task, merged_task=words.merged_task, route=words.route)
    asked: dict[str, Any] = {
        **words.values,
        "organization": sent.owner.organization_id,
        "deployment": sent.owner.deployment_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [tuple(row) for row in cursor.fetchall()]


def by_columns(sent: Sent, labels: Labels) -> tuple[Names, list[int | None]]:
    """As the rebuild calls them, and which rule the preview says."""
    found = raw.sent(**sent.owner.place, hours=sent.hours, labels=labels)
    numbers = matched(found.requests, labels) if labels.rules else pl.Series([None] * found.requests.height)
    told = raw.labelled(found, labels).requests.with_columns(number=numbers).sort("request_id")
    return list(zip(told["task"].to_list(), told["route"].to_list(), strict=True)), told["number"].to_list()


def by_reference(sent: Sent, labels: Labels) -> Names:
    listed = [{"kind": one.kind, "value": one.sent, "label": one.label} for one in labels.merges]
    listed += [
        {"kind": "rule", "field": one.field, "tag": one.tag, "match": one.match, "value": one.value, "label": one.task}
        for one in labels.rules
    ]
    names = []
    for row, planned in zip(sent.rows, sent.planned, strict=True):
        told = {name: getattr(row, name) for name in ("task", "route", "environment", "operation")}
        found = called_by_reference(
            told | {"tags": json.dumps(row.tags or {})}, planned.model if planned else None, listed
        )
        names.append((found["task"], found["route"]))
    return names


@given(labels())
@example(Labels(merges=(Merge(TASK, "a", "b"), Merge(TASK, "b", "c")), rules=(Rule(TASK, "equals", "b", "c"),)))
@example(Labels(rules=tuple(Rule(field, "contains", "ß", field, "team" if field == TAG else "") for field in FIELDS)))
@example(Labels(rules=tuple(Rule(field, "equals", "İ", field, "ß" if field == TAG else "") for field in FIELDS)))
@example(Labels(rules=tuple(Rule(field, "starts_with", "\\", field, '"' if field == TAG else "") for field in FIELDS)))
@example(NO_LABELS)
def test_all_four_call_every_request_the_same(sent: Sent, labels: Labels) -> None:
    check(labels)
    with acting_as("worker"), access.scope(sent.owner.organization_id):
        expected, numbers = by_columns(sent, labels)
        assert by_words(sent, labels) == expected
    assert called(sent.rows, sent.planned, labels) == expected
    assert by_reference(sent, labels) == expected
    for (task, _), number in zip(expected, numbers, strict=True):
        assert number is None or task == labels.rules[number].task


def test_every_field_and_every_way_of_matching_names_something_here(sent: Sent) -> None:
    """The comparison above is no empty one."""
    for field in FIELDS:
        for match in MATCHES:
            told = [Rule(field, match, text, "named by it", "team" if field == TAG else "") for text in HOSTILE]
            named = [dict(called(sent.rows, sent.planned, Labels(rules=(rule,)))) for rule in told]
            assert sum("named by it" in tasks for tasks in named) > len(HOSTILE) / 2, (field, match)
