"""Chargeback of many deployments: what each is told by itself, in as many statements as for one."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from decimal import Decimal

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
from apps.rollups import by_tag
from apps.rollups.labels import OTHER
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.dashboards.test_read_api import ask
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
