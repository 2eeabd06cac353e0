"""The read API: what pages show, for programs with a token."""

import base64
import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from apps.dashboards.api.cursor import load
from apps.traces.nouns import Attempt, Request, Usage
from tests.dashboards.tenants import Acme, acme, bring

READS = (
    "deployments/",
    "deployments/chat/cost",
    "deployments/chat/failures",
    "deployments/chat/waiting",
    "deployments/chat/fixes",
    "deployments/chat/what-if",
    "deployments/chat/decay",
    "deployments/chat/policies",
    "deployments/chat/cost/breakdown",
    "deployments/chat/cost/chargeback",
    "deployments/chat/cost/bills",
    "deployments/chat/ingestion",
    "deployments/chat/metrics",
    "deployments/chat/standing",
    "deployments/chat/requests",
    "deployments/chat/replay-sets",
    "deployments/chat/annotations",
    "deployments/chat/assumptions",
    "deployments/chat/prices",
    "deployments/chat/prices/models",
    "deployments/chat/prices/terms",
    "deployments/chat/prices/today",
)
OPERATIONS = dict(
    zip(
        READS,
        (
            "deployments",
            "deployment_cost",
            "deployment_failures",
            "deployment_waiting",
            "deployment_fixes",
            "deployment_what_if",
            "deployment_decay",
            "deployment_policies",
            "deployment_cost_breakdown",
            "deployment_cost_chargeback",
            "deployment_cost_bills",
            "deployment_ingestion",
            "deployment_metrics",
            "deployment_standing",
            "deployment_requests",
            "deployment_replay_sets",
            "deployment_annotations",
            "deployment_assumptions",
            "deployment_prices",
            "deployment_price_models",
            "deployment_price_terms",
            "deployment_prices_today",
        ),
        strict=True,
    )
)


def get(place: Acme, path: str, *, token: str | None = None) -> Any:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token or place.token}"})


def traffic(number: int) -> list[Request]:
    """Each retried once: a failed attempt with usage costs as much as the answer."""
    now = timezone.now()
    usage = Usage(input_tokens=1_000, output_tokens=200)
    tried = Attempt(
        provider="openai", model="gpt-4o-mini", status=500, error_type="cut", start_offset_ms=0.0, usage=usage
    )
    answered = Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=1_000.0, usage=usage)
    return [
        Request(
            request_id=f"r{n // 2}-{n}", received_at=now - timedelta(minutes=n // 2 + 1), attempts=[tried, answered]
        )
        for n in range(number)
    ]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def described(schema: dict[str, Any], operation: str) -> dict[str, Any]:
    """The JSON Schema of a successful answer, self-contained."""
    found = next(
        one["get"] for one in schema["paths"].values() if "get" in one and one["get"]["operationId"] == operation
    )
    inside = found["responses"]["200"]["content"]["application/json"]["schema"]
    return {**inside, "components": schema["components"]}


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_read(place: Acme, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer tmk_nonsense"}, {"Authorization": f"Bearer {place.ingest_key}"}):
        answer = Client().get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize("path", READS[1:])
def test_a_deployment_of_another_organization_does_not_exist(place: Acme, path: str) -> None:
    other = acme()
    elsewhere = path.replace("chat", "nothing")
    assert get(place, elsewhere).status_code == 404
    assert get(place, elsewhere).json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No such deployment.",
    }
    bring(other, traffic(1), now=timezone.now())
    assert get(place, "deployments/chat/requests").json()["results"] == []


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("with_traffic", [False, True])
def test_answers_are_what_the_schema_says(place: Acme, schema: dict[str, Any], path: str, with_traffic: bool) -> None:
    if with_traffic:
        bring(place, traffic(3), now=timezone.now())
    answer = get(place, path)
    assert answer.status_code == 200, answer.content
    jsonschema.validate(answer.json(), described(schema, OPERATIONS[path]))


@pytest.mark.parametrize("path", READS)
def test_every_read_is_described_with_an_example_that_holds(schema: dict[str, Any], path: str) -> None:
    found = next(
        one["get"] for one in schema["paths"].values() if "get" in one and one["get"]["operationId"] == OPERATIONS[path]
    )
    examples = found["responses"]["200"]["content"]["application/json"]["examples"]
    for example in examples.values():
        jsonschema.validate(example["value"], described(schema, OPERATIONS[path]))
    assert set(found["responses"]) == {"200", "304", "400", "401", "403", "404", "406", "429", "503"}


def test_what_was_not_measured_is_null_with_its_coverage(place: Acme) -> None:
    cost = get(place, "deployments/chat/cost").json()
    assert (cost["requests"], cost["billed_usd"]) == (0, None)
    assert all(part["usd"] is None for part in cost["parts"])
    metrics = get(place, "deployments/chat/metrics").json()
    assert {metric["value"] for metric in metrics["results"]} == {None}
    assert {metric["coverage"] for metric in metrics["results"]} == {None}


def test_cost_adds_up_to_the_nano_dollar(place: Acme) -> None:
    bring(place, traffic(5), now=timezone.now())
    cost = get(place, "deployments/chat/cost").json()
    parts = {part["name"]: part for part in cost["parts"]}
    whole = _nano(cost["billed_usd"])
    assert whole > 0
    assert _nano(parts["token"]["usd"]) + _nano(parts["retry"]["usd"]) == whole
    assert parts["token"]["usd"] == parts["retry"]["usd"]
    assert (parts["token"]["coverage"], parts["selection"]["usd"], parts["selection"]["coverage"]) == (1.0, None, 0.0)
    efficiency = {one["scope"]: one for one in cost["efficiencies"]}
    assert efficiency["billing"]["value"] == 0.5
    assert efficiency["latency"]["value"] is None
    assert not all(gate["passed"] for gate in efficiency["latency"]["gates"])


def _nano(dollars: str) -> int:
    whole, _, decimals = dollars.partition(".")
    return int(whole + decimals)


def test_before_the_first_freeze_a_standing_says_so(place: Acme) -> None:
    other = acme(pool="nobody-froze-this")
    said = get(other, "deployments/chat/standing").json()
    assert said["week"] is None
    assert {(one["missing"], one["peers"], one["place"]) for one in said["results"]} == {("not_frozen", None, None)}
    assert {one["metric"]: one["literature"] for one in said["results"]}["retry_rate"] == [
        {"label": "study", "value": 0.084}
    ]


def test_pages_of_requests_follow_each_other_without_gap_or_repetition(place: Acme) -> None:
    bring(place, traffic(9), now=timezone.now())
    found, address = [], "deployments/chat/requests?limit=2"
    while address:
        page = get(place, address).json()
        found += page["results"]
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert [one["request_id"] for one in found] == [
        f"r{n}-{2 * n + last}" for n in range(5) for last in (1, 0) if 2 * n + last < 9
    ]
    assert {len(one["attempts"]) for one in found} == {2}
    assert found[0]["attempts"][0]["usage"]["input_tokens"] == 1_000
    assert found[0]["attempts"][0]["usage"]["cache_read_input_tokens"] is None


def test_requests_are_filtered(place: Acme) -> None:
    bring(place, traffic(2), now=timezone.now())
    assert len(get(place, "deployments/chat/requests?outcome=served").json()["results"]) == 2
    assert get(place, "deployments/chat/requests?outcome=failed").json()["results"] == []
    assert get(place, "deployments/chat/requests?environment=staging").json()["results"] == []


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("requests?limit=0", "limit"),
        ("requests?limit=201", "limit"),
        ("requests?since=yesterday", "since"),
        ("requests?since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z", "since"),
        ("requests?since=2001-01-01T00:00:00Z", "since"),
        ("requests?cursor=AAAA", "cursor"),
        ("requests?cursor=%00", "cursor"),
        ("requests?environment=%00", "environment"),
        ("requests?outcome=perhaps", "outcome"),
        ("cost?from=2026-13-01", "from"),
        ("cost?from=2026-11-02&to=2026-11-01", "from"),
        ("metrics?from=2001-01-01", "from"),
        ("standing?week=47", "week"),
        ("standing?week=2031-W01", "week"),
        ("standing?week=0001-W01", "week"),
        ("cost?to=0001-01-01", "to"),
        ("metrics?from=0001-01-01&to=0001-01-05", "to"),
        ("requests?until=0001-01-01T00:00:00Z", "until"),
    ],
)
def test_a_query_that_cannot_be_answered_says_which_parameter(place: Acme, path: str, parameter: str) -> None:
    answer = get(place, f"deployments/chat/{path}")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert parameter in answer.json()["errors"]


def test_a_cursor_is_opaque_and_bounded() -> None:
    for text in ("", "e30", "W10", "[" * 1_000, "WyIyMDI2LTExLTAxIiwgInIiXQ", "é"):
        with pytest.raises(Exception, match="cursor"):
            load(text)


@pytest.mark.parametrize(
    "key",
    [
        ["0001-01-01T00:00:00+23:59", "before the calendar"],
        ["9999-12-31T23:59:59-23:59", "after it"],
        ["2026-11-24T00:00:00", "no zone"],
        ["2026-11-24T00:00:00+00:00", "half a pair: \ud800"],
        ["2026-11-24T00:00:00+00:00", "a NUL: \x00"],
        ["2026-11-24T00:00:00+00:00", {"no": "text"}],
        [1, 2],
    ],
)
def test_a_forged_cursor_is_refused(place: Acme, key: list[Any]) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    answer = get(place, f"deployments/chat/requests?cursor={forged}")
    assert answer.status_code == 400
    assert "cursor" in answer.json()["errors"]


def test_nothing_is_written_through_the_read_api(place: Acme) -> None:
    for path in READS:
        answer = Client().post(f"/api/v1/{path}", headers={"Authorization": f"Bearer {place.token}"})
        assert answer.status_code == 405
