"""The whole way: twelve organizations provisioned by command, posting over HTTP, one freeze, and each sees the median on
its page, in the API and in the mail that a real SMTP server received."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.disclosure.table import publish
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from apps.benchmarks.queries import standing
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.models import Organization
from tests.connections import acting_as
from tests.live import LivePlatform
from tests.names import unique
from tests.smtp import SmtpServer

REQUESTS = 1_120
"""Forty a day, for 28 days; the least is 1,000."""


@dataclass(frozen=True)
class Place:
    organization: str
    email: str
    ingest_key: str
    api_token: str
    retried_of_100: int


def provisioned(pool: str, number: int) -> Place:
    slug, said = unique(f"org{number}"), StringIO()
    email = f"{slug}@example.com"
    call_command("provision", organization=slug, deployment="chat", email=email, pool=pool, stdout=said)
    made = json.loads(said.getvalue())
    return Place(slug, email, made["ingest_key"], made["api_token"], retried_of_100=2 + 3 * number)


def trace(place: Place, number: int, first_day: date) -> dict[str, object]:
    at = datetime.combine(first_day, datetime.min.time(), UTC) + timedelta(
        days=number % 28, minutes=30 * (number // 28)
    )
    answered = {
        "provider": "openai",
        "model": "gpt-4o-mini",
        "start_offset_ms": 20.0,
        "latency_ms": 900.0,
        "status": 200,
        "usage": {"input_tokens": 1_000, "output_tokens": 200},
    }
    cut = answered | {"error_type": "cut", "latency_ms": 400.0}
    retried = number % 100 < place.retried_of_100
    attempts = [cut, answered | {"start_offset_ms": 500.0}] if retried else [answered]
    return {
        "request_id": f"r{number}",
        "received_at": at.isoformat(),
        "routing_overhead_ms": 20.0 + place.retried_of_100,
        "overhead_basis": "receive_to_dispatch",
        "latency_ms": 1_000.0,
        "attempts": attempts,
    }


def post(url: str, place: Place, week: Week) -> dict[str, int]:
    body = json.dumps([trace(place, number, week.first_day) for number in range(REQUESTS)]).encode()
    headers = {"Authorization": f"Bearer {place.ingest_key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1/traces", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def api(url: str, place: Place) -> dict[str, dict[str, object]]:
    headers = {"Authorization": f"Bearer {place.api_token}"}
    request = urllib.request.Request(f"{url}/api/v1/deployments/chat/standing", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return {one["metric"]: one for one in json.load(answer)["results"]}


def efficiency(place: Place) -> float:
    """By hand: a retried request costs twice its answer."""
    retried = sum(number % 100 < place.retried_of_100 for number in range(REQUESTS))
    return REQUESTS / (REQUESTS + retried)


@dataclass(frozen=True)
class Pool:
    name: str
    week: Week
    places: list[Place]


@pytest.fixture
def twelve(live_platform: LivePlatform) -> Iterator[Pool]:
    pool, week = unique("pool"), Week.last_due(timezone.now())
    with acting_as("worker"):
        call_command("prices", "import", stdout=StringIO())
        places = [provisioned(pool, number) for number in range(12)]
        for place in places:
            assert post(live_platform.url, place, week)["accepted"] == REQUESTS
        call_command("freeze", week=str(week), pool=pool, stdout=StringIO())
        yield Pool(pool, week, places)


def test_twelve_organizations_each_see_the_median(
    twelve: Pool, live_platform: LivePlatform, smtp_server: SmtpServer
) -> None:
    yardstick = YARDSTICKS["efficiency_billing"]
    median = publish([efficiency(place) for place in twelve.places], yardstick.grid).coarse_median
    assert median is not None
    for place in twelve.places:
        organization = Organization.objects.get(slug=place.organization)
        with acting_as("web"), access.scope(organization.pk):
            found = standing(deployment=Deployment.objects.get(), pool=twelve.name, metric=yardstick.metric)
        assert found.own == pytest.approx(efficiency(place), abs=1e-9)
        assert (found.shown.median, found.shown.table.peers, found.missing) == (median, "10-14", "")
        assert found.verdict is not None

        told = api(live_platform.url, place)
        leading = told["efficiency_latency"]["peers"]["median"]  # type: ignore[index]
        said = told[yardstick.metric]
        assert said["own"] == found.own
        assert said["peers"]["median"] == median  # type: ignore[index]
        assert said["verdict"] == found.verdict.words

        call_command("mail", week=str(twelve.week), organization=place.organization, stdout=StringIO())
        call_command("mail", week=str(twelve.week), organization=place.organization, stdout=StringIO())
        [mail] = smtp_server.to(place.email)
        for body in (mail.text, mail.html):
            assert "at the median of your peers" in body
            assert "Unsubscribe" in body
        assert "10-14 others" in mail.text

        with acting_as("web"):
            client = Client()
            client.force_login(User.objects.get(email=place.email))
            page = client.get(f"/o/{place.organization}/chat/standing").content.decode()
        for text in (mail.text, mail.html, page):
            assert f"{leading * 100:.1f}" in text
