"""How many statements it takes to look at requests, at what came in, and at a change: no more than a page may ask."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_deployments_list import MOST_QUERIES
from tests.dashboards.test_providers_page import CHEAP, DEAR, answers, known

A_REQUEST = "a request"


@pytest.fixture(scope="module")
def judged(database: None) -> Iterator[Acme]:
    """Scored answers of two models, so that there is evidence by which choices are evaluated."""
    made = acme()
    known(made, [*answers("triage", DEAR, 40, 39), *answers("triage", CHEAP, 40, 38)])
    with acting_as("web"):
        yield made


def asked_by(place: Acme, path: str) -> int:
    """Of a process that knows the price book, without BEGIN and COMMIT, with those of the door."""
    client, headers = place.client(), {}
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {place.token}"}
    assert client.get(path, headers=headers).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(path, headers=headers)
    return sum(one["sql"] not in ("BEGIN", "COMMIT") for one in asked)


@pytest.mark.parametrize(
    "rest", ["requests", "requests?cause=any", "requests?again=fallback", A_REQUEST, "health", "what-if", "rules"]
)
def test_a_page_takes_no_more_statements_than_one_may(judged: Acme, rest: str) -> None:
    if rest == A_REQUEST:
        one = answers("triage", DEAR, 1, 1)[0]
        assert one.received_at is not None
        rest = f"requests/{one.received_at.date()}/{one.request_id}"
    assert asked_by(judged, judged.at(f"chat/{rest}")) <= MOST_QUERIES


@pytest.mark.parametrize(
    "rest", ["requests", "ingestion", "what-if", "metrics", "providers", "decay", "prices", "failures", "cost/bills"]
)
def test_an_answer_takes_no_more_statements_than_one_may(judged: Acme, rest: str) -> None:
    assert asked_by(judged, f"/api/v1/deployments/chat/{rest}") <= MOST_QUERIES
