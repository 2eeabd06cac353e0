"""The list of deployments as it is asked for: many of them at once, by name, by environment, over other days."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.dashboards.pages.deployments_shown import A_PAGE
from apps.deployments.create import create_deployment
from apps.organizations import access
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring

MANY = 49
MOST_QUERIES = 12
TAGS = {"production": {"team": "search"}, "staging": {"team": "ads", "run": "7"}}


@pytest.fixture(scope="module")
def crowd(database: None) -> Iterator[Acme]:
    """Fifty deployments; one reports from production and from staging, the others not yet."""
    made, now = acme(), timezone.now()
    organization = made.organization()
    with acting_as("worker"), access.scope(organization.pk):
        for n in range(MANY):
            create_deployment(
                organization=organization, slug=f"app-{n}", name=f"App {n}", user_facing=True, now=now, actor=None
            )
    attempt = Attempt(
        provider="openai", model="gpt-4o", start_offset_ms=0.0, usage=Usage(input_tokens=9, output_tokens=9)
    )
    bring(
        made,
        [
            Request(
                request_id=f"{name}-{n}",
                received_at=now - timedelta(days=n),
                environment=name,
                attempts=[attempt],
                tags=TAGS[name],
            )
            for name, days in (("production", 9), ("staging", 1))
            for n in range(days)
        ],
        now=now,
    )
    with acting_as("web"):
        yield made


def shown(place: Acme, query: str = "") -> str:
    answer = place.client().get(place.at(query))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(answer.content.decode()).replace("\u00a0", " "))


def names(text: str) -> list[str]:
    return re.findall(r'<td class="name"><a href="[^"]+"><b>([^<]+)', text)


@pytest.mark.parametrize("query", ["", "?group=environment", "?group=tag:team"])
def test_fifty_deployments_take_no_more_statements_than_a_page_may(crowd: Acme, query: str) -> None:
    client = crowd.client()
    client.get(crowd.at(""))
    with CaptureQueriesContext(connection) as asked:
        client.get(crowd.at(query))
    assert sum(one["sql"] not in ("BEGIN", "COMMIT") for one in asked) <= MOST_QUERIES


def test_the_list_is_searched_sorted_and_grouped_by_its_address(crowd: Acme) -> None:
    pages = [names(shown(crowd, f"?page={n}")) for n in range(1, -(-(MANY + 1) // A_PAGE) + 1)]
    assert [len(one) for one in pages[:-1]] == [A_PAGE] * (len(pages) - 1)
    assert pages[-1][-1] == "chat"
    assert len({name for one in pages for name in one}) == MANY + 1
    assert 'rel="next" href="?sort=-name&page=2"' in shown(crowd, "?sort=-name")
    assert "page=" not in re.findall(r'href="([^"]+sort=[^"]+)"', shown(crowd, "?page=2"))[0]
    assert names(shown(crowd, "?q=APP+4")) == ["App 4", *(f"App {n}" for n in range(40, 49))]
    assert names(shown(crowd, "?sort=seen"))[0] == "chat"
    apart = shown(crowd, "?group=environment&q=chat")
    assert re.findall(r'scope="rowgroup"[^>]*><b>([^<]+)</b> <small>([^<]+)', apart) == [
        ("production", "1 deployment, 9 requests"),
        ("staging", "1 deployment, 1 request"),
    ]
    assert names(apart) == ["chat", "chat"]
    assert "No deployment has “nobody” in its name." in shown(crowd, "?q=nobody")


def test_the_scope_of_the_efficiency_stands_in_the_address(crowd: Acme) -> None:
    assert "Efficiency, billing scope" in shown(crowd)
    assert "Efficiency, latency scope" in shown(crowd, "?scope=latency")
    assert '<option value="latency" selected>' in shown(crowd, "?scope=latency&sort=efficiency")
    assert "scope=latency" in re.findall(r'href="([^"]+sort=[^"]+)"', shown(crowd, "?scope=latency"))[0]
    assert "Efficiency, billing scope" in shown(crowd, "?scope=nonsense")


def test_the_keys_that_the_traffic_carries_are_offered_to_group_by(crowd: Acme) -> None:
    text = shown(crowd, "?group=tag:team&q=chat")
    assert re.findall(r'<option value="(tag:\w+)"( selected)?', text) == [("tag:team", " selected"), ("tag:run", "")]
    assert re.findall(r'scope="rowgroup"[^>]*><b>([^<]+)</b> <small>([^<]+)', text) == [
        ("search", "1 deployment, 9 requests")
    ]
    assert "under the value of team that most of its requests with this tag carry" in text
    assert "<b>ads</b>" in shown(crowd, "?group=tag:team&environment=staging")
    assert "<b>no run</b>" in shown(crowd, "?group=tag:run")
    assert "<b>7</b>" in shown(crowd, "?group=tag:run&environment=all")


def test_other_days_and_another_environment_are_carried_to_the_deployments(crowd: Acme) -> None:
    assert '<option value="staging">' in shown(crowd)  # sent by one that stands on a later page
    text = shown(crowd, "?environment=staging&q=chat")
    assert f'href="{crowd.at("chat/standing")}?environment=staging"' in text
    assert "only production is compared" in text
    assert "Nothing that has a price" in shown(crowd, "?from=2026-01-01&to=2026-01-02")
    assert "The last 28 days of production are shown instead." in shown(crowd, "?from=2026-01-02&to=2026-01-01")
    assert crowd.client().get(crowd.at("?q=&sort=seen")).headers["Location"] == crowd.at("?sort=seen")


def test_a_moment_is_there_for_programs_and_on_the_clock_of_the_organization(crowd: Acme) -> None:
    assert re.search(
        r'<time datetime="\d{4}-\d\d-\d\dT[\d:]+\+00:00" title="\d+ \w+ \d{4}, \d\d:\d\d UTC">', shown(crowd, "?q=chat")
    )
