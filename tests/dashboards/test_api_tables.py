"""Whatever the read API says in rows it says as CSV and NDJSON too, and nobody is sent what they have."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from apps.advice.advise import advise, claimed
from apps.deployments.create import create_deployment
from apps.deployments.labels import Labels, Rule
from apps.deployments.models import Annotation, Deployment
from apps.deployments.relabel import declare_labels
from apps.organizations import access
from apps.organizations.scopes import Scope
from apps.pricing.agree import set_discount
from apps.quality.freeze import freeze
from apps.quality.thresholds import declare_threshold
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.dashboards.test_read_api import ask, body, token_of
from tests.rollups.tenants import Tenant, store

NOW = timezone.now()
DEAR, CHEAP = "gpt-4o", "gpt-4o-mini"
NO_TABLE = {"deployment_what_if"}
"""One answer, and no rows."""
ROWS = {
    "deployments/chat/events": "results",
    "deployments/chat/rules": "rules",
    "deployments/chat/thresholds": "results",
    "deployments/chat/fixes": "fixes",
    "deployments/chat/decay": "days",
    "deployments/chat/policies": "results",
    "deployments/chat/trend": "results",
    "chargeback?environment=all": "results",
}
"""Under which name the rows of the table stand in JSON."""
NESTED = ("deployments/chat/providers", "deployments/chat/replay-sets")


def scored(model: str, n: int, **more: Any) -> list[Request]:
    usage = Usage(input_tokens=100_000, cache_read_input_tokens=0, output_tokens=10_000)
    answered = Attempt(provider="openai", model=model, status=200, start_offset_ms=0.0, usage=usage)
    return [
        Request(
            request_id=f"{model}-{i}",
            received_at=NOW - timedelta(days=i % 20, hours=1),
            attempts=[answered],
            task="triage",
            quality=0.9,
            tags={"team": "=sales"},
            **more,
        )
        for i in range(n)
    ]


@pytest.fixture(scope="module")
def busy(database: None) -> Acme:
    """One deployment with something in each of these tables, and another whose requests carry no tags."""
    made = acme()
    bring(made, [*scored(DEAR, 80), *scored(CHEAP, 80)], now=NOW)
    deployment = made.deployment()
    with acting_as("worker"):
        with access.scope(deployment.organization_id):
            _told(deployment)
            beside = create_deployment(
                organization=deployment.organization,
                slug="beside",
                name="beside",
                user_facing=True,
                now=NOW,
                actor=None,
            )
        usage = Usage(input_tokens=1_000, output_tokens=100)
        tried = Attempt(provider="anthropic", model="claude-3-5-haiku-20241022", status=200, usage=usage)
        plain = [Request(request_id=f"p{n}", received_at=NOW - timedelta(hours=3), attempts=[tried]) for n in range(4)]
        store(Tenant(deployment.organization_id, beside.pk), plain)
        mine = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
        rebuild_all(now=NOW)
        freeze(**mine, now=NOW)
        rebuild_all(now=NOW)
        list(claimed(now=NOW))
        advise(**mine, now=NOW)
    _replayed(made)
    return made


def _told(deployment: Deployment) -> None:
    said: dict[str, Any] = {"deployment": deployment, "now": NOW, "actor": None}
    rules = (Rule("route", "equals", "/a", "=SUM(A1)"), Rule("route", "starts_with", "/b", "triage"))
    declare_labels(**said, labels=Labels(rules=rules))
    declare_threshold(**said, task="triage", quality=Decimal("0.8"), effective_from=NOW.date())
    Annotation.objects.create(
        organization_id=deployment.organization_id,
        deployment=deployment,
        at=NOW - timedelta(days=1),
        kind=Annotation.Kind.RELEASE,
        label="router 4.2",
        told_at=NOW,
    )
    for provider in ("openai", "mistral"):
        set_discount(
            organization=deployment.organization,
            provider=provider,
            model="",
            effective_from=NOW.date() - timedelta(days=30),
            multiplier_ppm=900_000,
            now=NOW,
            actor=None,
        )


def _replayed(place: Acme) -> None:
    rows = [
        {"prompt_id": f"p{n}", "task": "triage", "model": model, "score": score, "cost": "0.01"}
        for n in range(3)
        for model, score in ((DEAR, 1), (CHEAP, n % 2))
    ]
    posted = Client().post(
        "/api/v1/replay-sets?name=november",
        "\n".join(json.dumps(row) for row in rows),
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {place.ingest_key}"},
    )
    assert posted.json()["accepted"] == 6


@pytest.fixture(autouse=True)
def as_web(busy: Acme) -> Iterator[None]:
    with acting_as("web"):
        yield


def both(place: Acme, path: str) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """The table as CSV and as NDJSON."""
    joined = "&" if "?" in path else "?"
    table, lines = (body(ask(place, f"{path}{joined}format={form}")) for form in ("csv", "ndjson"))
    return list(csv.DictReader(StringIO(table))), [json.loads(line) for line in lines.splitlines()]


@pytest.mark.parametrize(("path", "name"), ROWS.items())
def test_a_table_has_the_rows_of_the_answer(busy: Acme, path: str, name: str) -> None:
    told = ask(busy, path).json()[name]
    table, lines = both(busy, path)
    assert told
    assert [{name: line[name] for name in one} for line, one in zip(lines, told, strict=True)] == told
    assert len(table) == len(lines)
    assert {row["deployment"] for row in table} <= {"chat", "beside"}


def test_who_serves_and_what_was_replayed_are_rows_of_a_model_at_a_task(busy: Acme) -> None:
    tasks = ask(busy, NESTED[0]).json()["tasks"]
    served, _ = both(busy, NESTED[0])
    assert [(row["task"], row["model"]) for row in served] == [
        (task["task"], model["model"]) for task in tasks for model in task["models"]
    ]
    [one] = ask(busy, NESTED[1]).json()["results"]
    replayed, _ = both(busy, NESTED[1])
    whole = [row for row in replayed if row["task"] == ""]
    assert [row["name"] for row in whole] == [*(model["name"] for model in one["whole"]["models"]), "oracle"]
    assert [row["oracle"] for row in whole] == ["false", "false", "true"]


@pytest.mark.parametrize("path", [*ROWS, *NESTED])
@pytest.mark.parametrize("form", ["json", "csv", "ndjson"])
def test_nobody_is_sent_again_what_they_have(busy: Acme, path: str, form: str) -> None:
    address = f"{path}{'&' if '?' in path else '?'}format={form}"
    first = ask(busy, address)
    known = ask(busy, address, If_None_Match=first["ETag"])
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", first["ETag"])
    assert ask(busy, address, If_None_Match='"another"').status_code == 200


def test_what_somebody_named_is_no_formula(busy: Acme) -> None:
    assert [row["task"] for row in both(busy, "deployments/chat/rules")[0]] == ["'=SUM(A1)", "triage"]
    assert {row["value"] for row in both(busy, "chargeback")[0]} == {"'=sales", ""}


def test_chargeback_of_all_deployments_adds_up_to_what_each_was_billed(busy: Acme) -> None:
    told = ask(busy, "chargeback?environment=all").json()
    assert (told["key"], {(one["deployment"], one["value"]) for one in told["results"]}) == (
        "team",
        {("chat", "=sales"), ("beside", None)},
    )
    first = min(one["month"] for one in told["results"])
    for slug in ("chat", "beside"):
        whole = ask(busy, f"deployments/{slug}/cost?environment=all&from={first}").json()
        mine = [Decimal(one["billed_usd"]) for one in told["results"] if one["deployment"] == slug]
        assert sum(mine) == Decimal(whole["billed_usd"])
    page = busy.client().get(busy.at("")).content.decode()
    assert f'href="{busy.at("-/chargeback.csv")}"' in page
    file = busy.client().get(busy.at("-/chargeback.csv?environment=all")).content.decode()
    sheet = [
        (row["deployment"], f"{row['month']}-01", Decimal(row["billed_usd"])) for row in csv.DictReader(StringIO(file))
    ]
    assert sheet == [(one["deployment"], one["month"], Decimal(one["billed_usd"])) for one in told["results"]]
    assert busy.client().get(busy.at("-/chargeback.csv?from=never")).status_code == 400


def test_the_trend_is_of_complete_weeks_and_its_last_is_what_the_cost_of_it_says(busy: Acme) -> None:
    weeks = ask(busy, "deployments/chat/trend").json()["results"]
    assert len(weeks) == 13
    last = max((one for one in weeks if one["requests"]), key=lambda one: str(one["from"]))
    cost = ask(busy, f"deployments/chat/cost?from={last['from']}&to={last['to']}").json()
    assert cost["requests"] == last["requests"]
    assert {f"efficiency_{one['scope']}": one["value"] for one in cost["efficiencies"]} == {
        name: value for name, value in last.items() if name.startswith("efficiency_")
    }
    assert weeks[0]["efficiency_billing"] is None, "nothing came, and nothing is known"
    assert ask(busy, f"deployments/chat/trend?to={weeks[1]['to']}").json()["results"][-1]["week"] == weeks[1]["week"]


def test_a_token_for_one_deployment_is_told_the_terms_of_its_models_alone(busy: Acme) -> None:
    ids = {one: _id(busy, one) for one in ("chat", "beside")}
    of_all, of_chat = token_of(busy, Scope.FIGURES), token_of(busy, Scope.FIGURES, deployment_ids=[ids["chat"]])
    of_beside = token_of(busy, Scope.FIGURES, deployment_ids=[ids["beside"]])

    def providers(slug: str, token: str) -> set[str]:
        return {one["provider"] for one in ask(busy, f"deployments/{slug}/prices/terms", token=token).json()["results"]}

    assert providers("chat", of_all) == {"openai", "mistral"}
    assert providers("chat", of_chat) == {"openai"}
    assert providers("beside", of_beside) == set()
    assert {one["deployment"] for one in ask(busy, "chargeback", token=of_beside).json()["results"]} <= {"beside"}


def _id(place: Acme, slug: str) -> int:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        return Deployment.objects.get(organization=organization, slug=slug).pk


def test_every_read_of_rows_is_described_in_all_formats() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    asked = {
        item["get"]["operationId"]: set(item["get"]["responses"]["200"]["content"])
        for path, item in schema["paths"].items()
        if "get" in item and (path.startswith("/api/v1/deployments/") or path == "/api/v1/chargeback")
    }
    assert len(asked) > 25
    tables = {name for name, kinds in asked.items() if {"text/csv", "application/x-ndjson"} <= kinds}
    assert set(asked) - tables == NO_TABLE
