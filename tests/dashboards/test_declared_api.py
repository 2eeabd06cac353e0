"""What programs read of prices, own terms, annotations and declarations, and of figures as rows."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.deployments.annotate import annotate, withdraw
from apps.deployments.bills import Bill, enter_bill
from apps.deployments.declare import Declaration, declare
from apps.deployments.models import Annotation
from apps.organizations import access
from apps.pricing.agree import set_discount
from apps.rollups import reprice
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring

NOW = timezone.now()
TODAY = NOW.date()
MTOK = 1_000_000


def request(name: str, provider: str, model: str, cost: str | None = None) -> Request:
    tried = Attempt(provider=provider, model=model, status=429, error_type="rate_limit", start_offset_ms=0.0)
    answered = Attempt(
        provider=provider,
        model=model,
        status=200,
        start_offset_ms=900.0,
        usage=Usage(input_tokens=MTOK, cache_read_input_tokens=0, output_tokens=0),
        cost=None if cost is None else Decimal(cost),
    )
    received = NOW - timedelta(days=5)
    return Request(
        request_id=name, received_at=received, attempts=[tried, answered], route="=SUM(A1)", user_facing=True
    )


@pytest.fixture(scope="module")
def known(database: None) -> Acme:
    """At list prices $2.50 each, one reported for $3, and a model that nobody lists; three marks, one of them taken back."""
    made = acme()
    reported = request("reported", "openai", "gpt-4o", cost="3")
    bring(made, [request("computed", "openai", "gpt-4o"), reported, request("house", "house", "own-llama")], now=NOW)
    deployment = made.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        for since, ppm in ((60, 900_000), (30, 800_000)):
            set_discount(
                organization=deployment.organization,
                provider="openai",
                model="",
                effective_from=TODAY - timedelta(days=since),
                multiplier_ppm=ppm,
                now=NOW,
                actor=None,
            )
        declare(
            deployment=deployment,
            declaration=Declaration(user_facing=False, value_per_1000_nano=10**9, maintenance_hours=Decimal(6)),
            effective_from=TODAY - timedelta(days=1),
            now=NOW,
            actor=None,
        )
        enter_bill(deployment=deployment, bill=Bill(TODAY.replace(day=1), "openai", 7 * 10**9), now=NOW, actor=None)
        for number, label in enumerate(("newest", "middle", "oldest", "taken back")):
            Annotation.objects.create(
                organization_id=deployment.organization_id,
                deployment=deployment,
                at=NOW - timedelta(hours=1 if number < 2 else number),
                kind=Annotation.Kind.RELEASE,
                label=label,
                told_at=NOW,
                withdrawn_at=NOW if label == "taken back" else None,
            )
        reprice.ask(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=NOW)
    return made


@pytest.fixture
def place(known: Acme) -> Iterator[Acme]:
    with acting_as("web"):
        yield known


def ask(place: Acme, path: str, **headers: str) -> Any:
    said = {"Authorization": f"Bearer {place.token}", **headers}
    return Client().get(f"/api/v1/deployments/chat/{path}", headers=said)


def rows(place: Acme, path: str) -> list[dict[str, str]]:
    """As CSV; NDJSON tells the same rows."""
    joined = "&" if "?" in path else "?"
    table = b"".join(ask(place, f"{path}{joined}format=csv").streaming_content).decode()
    lines = b"".join(ask(place, f"{path}{joined}format=ndjson").streaming_content).decode().splitlines()
    found = list(csv.DictReader(StringIO(table)))
    assert len(found) == len(lines)
    assert all(set(json.loads(line)) for line in lines)
    return found


def test_the_list_of_a_day_names_its_prices_and_their_source(place: Acme) -> None:
    said = ask(place, "prices").json()
    assert (said["on"], said["models"]) == (TODAY.isoformat(), 2)
    standard = [one for one in said["results"] if one["service_tier"] == "standard"]
    assert {(one["provider"], one["model"], one["input_usd_per_mtok"]) for one in standard} == {
        ("openai", "gpt-4o", "2.500000000")
    }
    assert {one["source"] for one in said["results"]} == {"genai-prices"}
    assert [row["model"] for row in rows(place, "prices")] == [one["model"] for one in said["results"]]
    for day in ("0001-01-01", "9999-12-31", "yesterday"):
        assert "on" in ask(place, f"prices?on={day}").json()["errors"]


def test_models_are_compared_and_those_without_a_price_are_named(place: Acme) -> None:
    listed, own = sorted(
        ask(place, "prices/models").json()["results"], key=lambda one: str(one["unpriced_since"] or "")
    )
    assert (listed["model"], listed["compared"], listed["reported_usd"]) == ("gpt-4o", 1, "3.000000000")
    assert Decimal(listed["difference_usd"]) == Decimal(listed["reported_usd"]) - Decimal(listed["computed_usd"])
    assert (own["model"], own["unpriced"], own["computed_usd"]) == ("own-llama", 1, None)
    assert own["unpriced_since"] == (NOW - timedelta(days=5)).date().isoformat()
    assert {row["reported_usd"] for row in rows(place, "prices/models")} == {"3.000000000", ""}


def test_terms_follow_each_other(place: Acme) -> None:
    before, now = ask(place, "prices/terms").json()["results"]
    changed = (TODAY - timedelta(days=30)).isoformat()
    assert (before["effective_until"], before["in_force"], before["share_of_list"]) == (changed, False, "0.900000")
    assert (now["effective_from"], now["effective_until"], now["in_force"]) == (changed, None, True)
    assert (now["provider"], now["model"], now["input_usd_per_mtok"]) == ("openai", None, None)
    assert [row["share_of_list"] for row in rows(place, "prices/terms")] == ["0.900000", "0.800000"]


def test_todays_prices_are_there_once_they_were_asked_for_and_computed(place: Acme) -> None:
    first = ask(place, "prices/today")
    assert (first.json()["computing"], first.json()["window"], first.json()["results"]) == (True, None, [])
    deployment = place.deployment()
    with acting_as("worker"):
        reprice.reprice(
            organization_id=deployment.organization_id, deployment_id=deployment.pk, now=NOW + timedelta(seconds=1)
        )
    said = ask(place, "prices/today", **{"If-None-Match": first["ETag"]}).json()
    assert (said["computing"], said["requests"], said["days_left_out"]) == (False, 3, 0)
    assert [(one["model"], one["repriced"]) for one in said["results"]] == [("gpt-4o", 2)]
    assert len(rows(place, "prices/today")) == 1


def test_annotations_come_in_pages_without_those_that_were_taken_back(place: Acme) -> None:
    found, address = list[str](), "annotations?limit=1"
    while address:
        page = ask(place, address).json()
        found += [one["label"] for one in page["results"]]
        address = page["next"] and page["next"].partition("/chat/")[2]
    assert found == ["middle", "newest", "oldest"]  # two at the same moment: the one that was told later first
    assert [row["label"] for row in rows(place, "annotations?limit=2")] == found[:2]
    assert ask(place, f"annotations?to={date(2026, 1, 5)}").json()["results"] == []
    for forged in ("AAAA", "%00", "W10", "WyIyMDI2LTExLTAxVDAwOjAwOjAwKzAwOjAwIiwgLTFd"):
        assert "cursor" in ask(place, f"annotations?cursor={forged}").json()["errors"]


def test_a_mark_that_is_told_or_taken_back_makes_the_list_new(place: Acme) -> None:
    deployment, actor = place.deployment(), User.objects.get(email=place.email)
    tags = [ask(place, "annotations")["ETag"]]
    with access.scope(deployment.organization_id):
        at = NOW - timedelta(days=2)
        annotate(deployment=deployment, kind=Annotation.Kind.INCIDENT, label="again", at=at, now=NOW, actor=actor)
    tags.append(ask(place, "annotations")["ETag"])
    with access.scope(deployment.organization_id):
        withdraw(annotation=Annotation.objects.get(deployment=deployment, label="again"), now=NOW, actor=actor)
    tags.append(ask(place, "annotations")["ETag"])
    assert (tags[0] == tags[2], tags[0] == tags[1]) == (True, False)


def test_what_was_declared_says_when_it_holds(place: Acme) -> None:
    now, before = ask(place, "assumptions").json()["results"]
    assert (now["workload"], now["value_per_1000_usd"], now["maintenance_hours_a_month"]) == (
        "background",
        "1.000000000",
        "6.00",
    )
    assert (now["in_force"], before["in_force"], before["effective_until"]) == (True, False, now["effective_from"])
    assert [row["in_force"] for row in rows(place, "assumptions")] == ["true", "false"]


def test_failures_and_waiting_and_bills_are_rows_too(place: Acme) -> None:
    said = ask(place, "failures").json()
    table = rows(place, "failures")
    assert table[0]["retry_overhead_usd"] == (said["total"]["retry_overhead_usd"] or "")
    kinds = {row["table"] for row in table}
    assert {"total", "cause", "day", "route", "planned", "asked"} == kinds
    assert {row["label"] for row in table if row["table"] == "route"} == {"'=SUM(A1)"}
    waits = rows(place, "waiting")
    assert [row["period"] for row in waits] == ["window", "day"]
    assert {row["n"] for row in waits} == {str(ask(place, "waiting").json()["measures"][0]["whole"]["n"])}
    [bill] = [row for row in rows(place, f"cost/bills?from={TODAY.replace(day=1)}") if row["bill_usd"]]
    assert (bill["provider"], bill["bill_usd"]) == ("openai", "7.000000000")
    assert {row["deployment"] for row in rows(place, "standing")} == {"chat"}
    assert rows(place, "ingestion") == []


@pytest.mark.parametrize("path", ["failures", "waiting", "cost/bills", "prices", "prices/models"])
def test_an_unchanged_state_is_known_before_anything_is_computed(place: Acme, path: str) -> None:
    answer = ask(place, path)
    again = ask(place, path, **{"If-None-Match": answer["ETag"]})
    assert (answer.status_code, again.status_code, again["ETag"]) == (200, 304, answer["ETag"])


def test_a_bill_that_is_corrected_makes_bills_new(place: Acme) -> None:
    tag, deployment = ask(place, "cost/bills")["ETag"], place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        bill = Bill(TODAY.replace(day=1), "openai", 8 * 10**9)
        enter_bill(deployment=deployment, bill=bill, now=NOW + timedelta(seconds=5), actor=None)
    assert ask(place, "cost/bills", **{"If-None-Match": tag}).status_code == 200
