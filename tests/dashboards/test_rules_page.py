"""Rules of a deployment: tried on the last day's traffic, applied to history, seen wherever a task is."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.deployments.labels import FIELDS, MATCHES, TASK, Labels, Merge, Rule, matched, relabelled
from apps.deployments.relabel import labels_of
from apps.organizations import access
from apps.organizations.models import AuditEvent
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.rollups.tenants import Tenant, store

USAGE = Usage(input_tokens=1_000, output_tokens=100)


def sent(n: int, hours: float, **labels: Any) -> Request:
    made = Attempt(provider="openai", model="gpt-4o", start_offset_ms=0.0, status=200, usage=USAGE)
    at = timezone.now() - timedelta(hours=hours)
    return Request(request_id=f"r{n}", received_at=at, attempts=[made], **labels)


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    one = acme()
    deployment = one.deployment()
    labels: list[dict[str, Any]] = [
        {"route": "/support/email", "task": "mail"},
        {"route": "/support/chat", "tags": {"team": "50 % {x}"}},
        {"route": "/search"},
        {"task": "Summarise"},
    ]
    with acting_as("worker"):
        store(
            Tenant(deployment.organization_id, deployment.pk),
            [sent(n, hours, **labels[n % 4]) for hours in (1, 60) for n in range(8 * int(hours), 8 * int(hours) + 8)],
        )
        rebuild_all(now=timezone.now(), of=[deployment.organization_id])
    return one


LINES = {
    "rule-0-field": "route", "rule-0-tag": "", "rule-0-match": "starts_with", "rule-0-value": "/support",
    "rule-0-task": "support",
    "rule-1-field": "tag", "rule-1-tag": "team", "rule-1-match": "contains", "rule-1-value": "% {",
    "rule-1-task": "never reached",
    "merge-0-kind": "task", "merge-0-sent": "Summarise", "merge-0-label": "summaries",
}  # fmt: skip


def told(answer: Any) -> str:
    text = html.unescape(re.sub("<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.split())


def test_rules_are_tried_applied_and_seen_everywhere(place: Acme) -> None:
    client, address = place.client(), place.at("chat/rules")
    empty = told(client.get(address))
    assert "there are no rules" in empty
    assert "No rule yet." in empty
    more = client.post(address, {**LINES, "deed": "add"}).content.decode()
    assert 'name="rule-2-value"' in more
    swapped = client.post(address, {**LINES, "deed": "down:0"}).content.decode()
    assert re.search(r'name="rule-0-value" value="% \{"', swapped)
    gone = client.post(address, {**LINES, "deed": "remove:0"}).content.decode()
    assert 'value="/support"' not in gone
    wrong = told(client.post(address, {**LINES, "rule-1-tag": "", "rule-0-task": "", "deed": "apply"}))
    assert "Rule 1: say both what is sent" in wrong
    assert "Rule 2: a tag needs its key" in wrong

    tried = told(client.post(address, {**LINES, "deed": "preview"}))
    assert "6 requests of 8 change their task; no rule matches 4 requests, and 2 of all have no task." in tried
    assert "names 4 requests of the last day" in tried
    assert "names 0 requests of the last day" in tried
    assert "/support/email mail support 2 requests" in tried
    assert "Nothing is saved yet." in tried
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        assert labels_of(deployment.pk) == Labels()

    client.post(address, {**LINES, "deed": "apply"})
    waiting = told(client.get(address))
    assert "2 rules say it, the first that matches, after 1 label read as others" in waiting
    assert "wait to be computed again." in waiting
    with acting_as("worker"):
        rebuild_all(now=timezone.now(), of=[deployment.organization_id])
        with access.scope(deployment.organization_id):
            (event,) = AuditEvent.objects.filter(verb="labels.declared")
    assert event.detail["after"][1] == "route starts with /support: support"
    assert "computed again. Until then" not in told(client.get(address))

    listed = told(client.get(place.at("chat/requests"), {"task": "support"}))
    assert "8 requests, newest first" in listed
    assert "2 requests" not in told(client.get(place.at("chat/requests"), {"task": "Summarise"}))
    one = client.get(place.at("chat/requests"), {"task": "summaries"}).content.decode()
    (link, *_) = re.findall(r'href="([^"]+/requests/\d{4}-[^"]+)"', one)
    assert "summaries (sent as Summarise)" in told(client.get(link))
    rows = place.client().get(
        "/api/v1/deployments/chat/requests", {"task": "support"}, headers={"Authorization": f"Bearer {place.token}"}
    )
    assert {row["task"] for row in rows.json()["results"]} == {"support"}


def test_every_way_to_match_is_plain_text_and_unknown_columns_match_nothing() -> None:
    import polars as pl

    frame = pl.DataFrame({TASK: ["a.*", "A.*", "", None, "xa.*"], "route": ["b", "b", None, "c", "b"]})
    for how, expected in zip(MATCHES, (1, 1, 2), strict=True):
        labels = Labels(rules=(Rule(TASK, how, "a.*", "found"),))
        assert relabelled(frame, labels)[TASK].eq_missing("found").sum() == expected
        assert matched(frame, labels).count() == expected
    assert relabelled(frame, Labels()) is frame
    unread = tuple(
        Rule(field, "equals", "b", "x", "k" if field == "tag" else "") for field in FIELDS if field != "route"
    )
    assert relabelled(frame, Labels(rules=unread)).equals(frame)
    merged = relabelled(frame, Labels((Merge("route", "b", "c"),), (Rule("route", "equals", "c", "now"),)))
    assert merged[TASK].to_list() == ["now", "now", "", "now", "now"]
