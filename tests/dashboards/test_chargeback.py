"""Chargeback of many deployments: what each is told by itself, in as many statements as for one."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec import structs

from apps.dashboards.queries.money import ChargebackOfAll, chargeback_of, chargeback_of_all
from apps.deployments.create import create_deployment
from apps.deployments.declare import Declaration, declare
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.scopes import Scope
from apps.rollups import by_tag
from apps.rollups.labels import OTHER
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.dashboards.test_read_api import ask, body, token_of
from tests.rollups.tenants import Tenant, store, traffic

NOW = timezone.now()
TODAY = NOW.astimezone(UTC).date()
SEVERAL = 5


def created(place: Acme, slug: str) -> Deployment:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        return create_deployment(organization=organization, slug=slug, name=slug, user_facing=True, now=NOW, actor=None)


def declared(deployment: Deployment, value: int, *, ago: int) -> None:
    with acting_as("worker"), access.scope(deployment.organization_id):
        declare(
            deployment=deployment,
            declaration=Declaration(user_facing=True, value_per_1000_nano=value * 10**9),
            effective_from=TODAY - timedelta(days=ago),
            now=NOW,
            actor=None,
        )


@pytest.fixture(scope="module")
def several(database: None) -> list[Deployment]:
    """Each with teams of its own and one that all have, waiting valued anew on other days, and one without any tag."""
    place = acme()
    deployments = [place.deployment(), *(created(place, f"beside-{n}") for n in range(1, SEVERAL))]
    for n, one in enumerate(deployments):
        came = traffic(40 + n, 60, days=40, end=NOW)
        teams = ("all", f"own-{n}", None) if n < SEVERAL - 1 else (None,)
        told = [
            structs.replace(request, tags={"team": team} if (team := teams[i % len(teams)]) else None)
            for i, request in enumerate(came)
        ]
        with acting_as("worker"):
            store(Tenant(one.organization_id, one.pk), told)
        for value, ago in ((1, 30 + n), (2 + n, 3 * n + 1)):
            declared(one, value, ago=ago)
    bring(place, [], now=NOW)
    return deployments


def charged(deployments: Sequence[Deployment], key: str = "") -> ChargebackOfAll:
    first = (TODAY - timedelta(days=45)).replace(day=1)
    return chargeback_of_all(deployments, key=key, first=first, last=TODAY, environment=None)


@pytest.mark.parametrize("most", [1_000, 1])
def test_each_of_many_is_told_what_it_is_told_by_itself(
    several: list[Deployment], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(by_tag, "MOST_VALUES", most)
    with acting_as("web"), access.scope(several[0].organization_id):
        found = charged(several)
        assert found.key == "team"
        assert [one for one, _ in found.of] == several
        first = (TODAY - timedelta(days=45)).replace(day=1)
        for one, mine in found.of:
            assert mine == chargeback_of(one, key="team", first=first, last=TODAY, environment=None)
    labels = [{each.label for some in mine.months.values() for each in some} for _, mine in found.of]
    assert labels[-1] == {None}
    if most == 1:
        assert all(len(some) == 3 and OTHER in some for some in labels[:-1])
    else:
        assert labels[:-1] == [{"all", f"own-{n}", None} for n in range(SEVERAL - 1)]


@pytest.mark.parametrize("key", ["", "team"])
def test_it_asks_as_much_of_many_as_of_one(several: list[Deployment], key: str) -> None:
    asked = []
    with acting_as("web"), access.scope(several[0].organization_id):
        for some in (several[:1], several):
            with CaptureQueriesContext(connection) as statements:
                assert len(charged(some, key).of) == len(some)
            asked.append(len(statements))
    assert asked[0] == asked[1] == (2 if key else 3)


def test_without_any_tag_all_of_it_stands_under_null_and_adds_up(database: None) -> None:
    place = acme()
    bring(place, [structs.replace(one, tags=None) for one in traffic(50, 30, days=5, end=NOW)], now=NOW)
    with acting_as("web"):
        whole = ask(place, f"deployments/chat/cost?environment=all&from={(TODAY - timedelta(days=45)).replace(day=1)}")
        paths = ("chargeback?environment=all", "deployments/chat/cost/chargeback?environment=all")
        for path in paths:
            told = ask(place, path).json()
            assert told["key"] is None
            assert {one["value"] for one in told["results"]} == {None}
            billed = sum(Decimal(one["billed_usd"]) for one in told["results"])
            assert billed == Decimal(whole.json()["billed_usd"]) > 0
            table = ask(place, f"{path}&format=csv")
            assert table.status_code == 200


KEYS = {"chat": "team", "other": "project", "zoo": "project"}
"""Of each deployment the only key, and the first has the most; `a-quiet` stands before them and had no requests."""


@pytest.fixture(scope="module")
def spread(database: None) -> Acme:
    place = acme()
    created(place, "a-quiet")
    deployments = {"chat": place.deployment(), **{slug: created(place, slug) for slug in ("other", "zoo")}}
    for n, (slug, one) in enumerate(deployments.items()):
        came = traffic(70 + n, 20 if n else 90, days=5, end=NOW)
        told = [structs.replace(request, tags={KEYS[slug]: f"v{i % 3}"}) for i, request in enumerate(came)]
        with acting_as("worker"):
            store(Tenant(one.organization_id, one.pk), told)
    bring(place, [], now=NOW)
    return place


def id_of(place: Acme, slug: str) -> int:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        return Deployment.objects.get(organization=organization, slug=slug).pk


def pages(place: Acme, path: str, token: str | None = None) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following:
        page = ask(place, following, token=token).json()
        yield page
        following = page["next"] and page["next"].partition("/api/v1/")[2]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_deployments_add_up_to_the_whole_and_speak_of_one_key(spread: Acme, limit: int) -> None:
    with acting_as("web"):
        whole = ask(spread, "chargeback?environment=all&limit=100").json()
        told = list(pages(spread, f"chargeback?environment=all&limit={limit}"))
        alone = ask(spread, "deployments/zoo/cost/chargeback?environment=all").json()
    assert whole["next"] is None
    assert {one["deployment"] for one in whole["results"]} == set(KEYS)
    assert [row for page in told for row in page["results"]] == whole["results"]
    assert (len(told), {page["key"] for page in told}) == (-(-4 // limit), {"team"})
    assert alone["key"] == "project", "which the last page would choose by itself"
    assert {row["value"] for row in told[-1]["results"] if row["deployment"] == "zoo"} == {None}
    if limit == 1:
        assert told[0]["results"] == []
        assert [{row["deployment"] for row in page["results"]} for page in told[1:]] == [{slug} for slug in KEYS]


def test_the_next_page_is_of_the_same_days_and_looks_for_no_key(spread: Acme) -> None:
    with acting_as("web"):
        first = ask(spread, "chargeback?environment=all&limit=2").json()
        days = (f"{timezone.now().astimezone(UTC) - timedelta(days=ago):%Y-%m-%d}" for ago in (27, 0))
        looked = []
        for path in ("chargeback?environment=all&limit=2", first["next"].partition("/api/v1/")[2]):
            with CaptureQueriesContext(connection) as statements:
                assert ask(spread, path).status_code == 200
            looked.append(sum("-- The key of tags" in one["sql"] for one in statements))
    asked = {name: value for name, [value] in parse_qs(urlsplit(first["next"]).query).items()}
    assert asked.pop("cursor")
    assert asked == {**dict(zip(("from", "to"), days, strict=True)), "key": "team", "environment": "all", "limit": "2"}
    assert looked == [1, 0]


def test_a_token_for_some_deployments_pages_through_these_by_their_own_key(spread: Acme) -> None:
    token = token_of(spread, Scope.FIGURES, deployment_ids=[id_of(spread, slug) for slug in ("zoo", "other")])
    with acting_as("web"):
        told = list(pages(spread, "chargeback?environment=all&limit=1", token))
    assert [{row["deployment"] for row in page["results"]} for page in told] == [{"other"}, {"zoo"}]
    assert {page["key"] for page in told} == {"project"}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("cursor=AAAA", "cursor"), ("cursor=%00", "cursor"), ("cursor=WzEsMl0", "cursor"), ("limit=0", "limit")],
)
def test_a_page_that_is_none_of_ours_is_refused(spread: Acme, query: str, parameter: str) -> None:
    with acting_as("web"):
        answer = ask(spread, f"chargeback?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [parameter])
    if query in ("cursor=AAAA", "cursor=WzEsMl0"):
        assert "as it is, or leave it out for the first page" in answer.json()["errors"]["cursor"][0]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_table_names_its_next_page_in_a_header(spread: Acme, form: str) -> None:
    rows, path = list[Any](), f"chargeback?environment=all&limit=3&format={form}"
    with acting_as("web"):
        whole = ask(spread, "chargeback?environment=all").json()["results"]
        first = ask(spread, path)
        link = re.fullmatch(r'<http://[^/]+/api/v1/(.+)>; rel="next"', first["Link"])
        assert link
        second = ask(spread, link[1])
    assert "Link" not in second
    for text in map(body, (first, second)):
        rows += csv.DictReader(StringIO(text)) if form == "csv" else map(json.loads, text.splitlines())
    assert [(row["deployment"], row["billed_usd"]) for row in rows] == [
        (row["deployment"], row["billed_usd"]) for row in whole
    ]
    assert {row["key"] for row in rows} == {"team"}


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_page_is_another_once_something_follows_it(database: None, form: str) -> None:
    place = acme()
    bring(place, traffic(80, 10, days=3, end=NOW), now=NOW)
    path = f"chargeback?environment=all&limit=1&format={form}"
    with acting_as("web"):
        known = ask(place, path)
        assert ask(place, path, If_None_Match=known["ETag"]).status_code == 304
    created(place, "later")
    with acting_as("web"):
        answer = ask(place, path, If_None_Match=known["ETag"])
    assert answer.status_code == 200
    assert answer["Link"] if form == "csv" else answer.json()["next"]
