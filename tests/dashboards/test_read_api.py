"""How programs read: what a token reaches, whether it has the answer already, lists as tables, pages of them."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.deployments.create import create_deployment
from apps.deployments.declare import Declaration, declare
from apps.organizations import access, tokens
from apps.organizations.scopes import Scope
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, bring

FIGURES = (
    "deployments/chat/cost",
    "deployments/chat/cost/breakdown",
    "deployments/chat/cost/chargeback",
    "deployments/chat/metrics",
    "deployments/chat/standing",
)
READS: dict[Scope, tuple[str, ...]] = {
    Scope.FIGURES: ("deployments/", *FIGURES),
    Scope.REQUESTS: ("deployments/chat/requests",),
    Scope.INGESTION: ("deployments/chat/ingestion",),
}


def ask(place: Acme, path: str, *, token: str | None = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token or place.token}", **named})


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def token_of(place: Acme, *scopes: Scope, deployment_ids: list[int] | None = None) -> str:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        return tokens.issue(
            organization=organization,
            label="narrow",
            now=timezone.now(),
            actor=None,
            scopes=" ".join(scopes),
            deployment_ids=deployment_ids,
        )[1]


def requests(number: int, **changes: Any) -> list[Request]:
    now, usage = timezone.now(), Usage(input_tokens=1_000, output_tokens=200)
    tried = Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=0.0, usage=usage)
    return [
        Request(request_id=f"n{n}", received_at=now - timedelta(minutes=n + 1), attempts=[tried], **changes)
        for n in range(number)
    ]


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_reads_what_its_scopes_say_and_nothing_else(place: Acme, scope: Scope) -> None:
    token = token_of(place, scope)
    for of, paths in READS.items():
        for path in paths:
            answer = ask(place, path, token=token)
            assert answer.status_code == (200 if of == scope else 403), path
            assert of == scope or f"`{of}`" in answer.json()["detail"]


def test_a_token_for_some_deployments_finds_no_other(place: Acme) -> None:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        other = create_deployment(
            organization=organization, slug="other", name="other", user_facing=True, now=timezone.now(), actor=None
        )
    token = token_of(place, *Scope, deployment_ids=[other.pk])
    assert [one["slug"] for one in ask(place, "deployments/", token=token).json()["results"]] == ["other"]
    assert ask(place, "deployments/other/cost", token=token).status_code == 200
    for path in (*FIGURES, *READS[Scope.REQUESTS], *READS[Scope.INGESTION]):
        refused = ask(place, path, token=token)
        unknown = ask(place, path.replace("chat", "unknown"), token=token)
        assert (refused.status_code, refused.content) == (404, unknown.content)


def test_the_page_makes_tokens_for_a_part(place: Acme) -> None:
    client, address = place.client(), place.at("-/tokens")
    assert b"choose at least one" in client.post(address, {"label": "nothing"}).content
    client.post(address, {"label": "finance", "scopes": ["figures"]})
    [row] = [one for one in client.get(address).context["page"].rows if one.label == "finance"]
    assert row.reads == "figures, of all deployments"


@pytest.mark.parametrize("path", [one for some in READS.values() for one in some])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_a_program_has_is_not_sent_again(place: Acme, path: str, form: str) -> None:
    address = path if form == "json" else f"{path}?format=csv"
    first = ask(place, address)
    if first.status_code == 404:  # not every answer is a list
        return
    known = ask(place, address, If_None_Match=f'"another", {first["ETag"]}')
    assert first["ETag"].startswith('W/"')
    assert (known.status_code, known["ETag"], known.content) == (304, first["ETag"], b"")
    assert ask(place, address, If_None_Match='"another"').status_code == 200


@pytest.mark.parametrize("path", ["cost", "metrics", "requests", "requests?since=2026-11-01T00:00:00Z"])
def test_what_came_since_makes_it_new(place: Acme, path: str) -> None:
    path = path.replace("2026-11-01", f"{timezone.now() - timedelta(days=3):%Y-%m-%d}")
    tag = ask(place, f"deployments/chat/{path}")["ETag"]
    bring(place, requests(1), now=timezone.now())
    assert ask(place, f"deployments/chat/{path}", If_None_Match=tag).status_code == 200


def test_a_declaration_makes_costs_new_and_a_tag_is_of_one_format(place: Acme) -> None:
    tag = ask(place, "deployments/chat/cost")["ETag"]
    assert ask(place, "deployments/chat/cost?format=csv", If_None_Match=tag).status_code == 200
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        now = timezone.now()
        declare(
            deployment=deployment,
            declaration=Declaration(user_facing=True, value_per_1000_nano=10**9),
            effective_from=now.date(),
            now=now,
            actor=None,
        )
    assert ask(place, "deployments/chat/cost", If_None_Match=tag).status_code == 200


def test_lists_are_tables_by_accept_or_by_format(place: Acme) -> None:
    bring(place, requests(3, task='=HYPERLINK("x")'), now=timezone.now())
    shown = ask(place, "deployments/chat/requests").json()["results"]
    by_accept = ask(place, "deployments/chat/requests", Accept="application/x-ndjson")
    assert by_accept["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in body(by_accept).splitlines()] == shown
    by_format = ask(place, "deployments/chat/requests?format=csv")
    assert by_format["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(body(by_format))))
    assert [row["request_id"] for row in rows] == [one["request_id"] for one in shown]
    assert {row["task"] for row in rows} == {'\'=HYPERLINK("x")'}
    assert json.loads(rows[0]["attempts"]) == shown[0]["attempts"]


def test_figures_as_rows_say_of_what_they_are(place: Acme) -> None:
    bring(place, requests(2), now=timezone.now())
    cost = ask(place, "deployments/chat/cost").json()
    rows = list(csv.DictReader(StringIO(body(ask(place, "deployments/chat/cost?format=csv")))))
    own = {row["name"]: row["usd"] for row in rows if row["assumptions"] == "own"}
    assert own == {part["name"]: part["usd"] or "" for part in cost["parts"]}
    assert {(row["deployment"], row["from"]) for row in rows} == {("chat", cost["window"]["from"])}
    metrics = [json.loads(line) for line in body(ask(place, "deployments/chat/metrics?format=ndjson")).splitlines()]
    assert [one["value"] for one in metrics] == [
        one["value"] for one in ask(place, "deployments/chat/metrics").json()["results"]
    ]


def test_a_table_goes_on_where_its_link_says(place: Acme) -> None:
    bring(place, requests(5), now=timezone.now())
    found, address = list[str](), "deployments/chat/requests?format=ndjson&limit=2"
    while address:
        answer = ask(place, address)
        found += [json.loads(line)["request_id"] for line in body(answer).splitlines()]
        address = answer.get("Link", "").partition("/api/v1/")[2].partition(">")[0]
    assert found == [f"n{n}" for n in range(5)]
    assert ask(place, "deployments/chat/requests?format=ndjson&limit=10000").status_code == 200
    assert ask(place, "deployments/chat/requests?format=ndjson&limit=10001").status_code == 400
    assert ask(place, "deployments/chat/requests?limit=201").status_code == 400


def test_deployments_come_in_pages(place: Acme) -> None:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        for slug in ("a", "b", "z"):
            create_deployment(
                organization=organization, slug=slug, name=slug, user_facing=True, now=timezone.now(), actor=None
            )
    found, address = [], "deployments/?limit=3"
    while address:
        page = ask(place, address).json()
        found.append([one["slug"] for one in page["results"]])
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert found == [["a", "b", "chat"], ["z"]]


def test_a_format_that_is_not_served_is_a_problem(place: Acme) -> None:
    for path, headers, status in (
        ("deployments/chat/cost?format=xml", {}, 404),
        ("deployments/chat/what-if?format=csv", {}, 404),
        ("deployments/chat/cost", {"Accept": "image/png"}, 406),
        ("deployments/nothing/cost?format=csv", {}, 404),
    ):
        answer = ask(place, path, **headers)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
