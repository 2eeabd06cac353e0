"""What comes in from a deployment."""

import json
import urllib.request
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from apps.dashboards.pages.deployment import came, ledger
from apps.dashboards.queries.arrivals import BOUND, LOOK_BACK, SQL, arrivals, ever
from apps.dashboards.queries.posts import posts_of
from apps.organizations import access
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, bring
from tests.live import LivePlatform

UTC = ZoneInfo("UTC")
ANSWERED = Attempt(
    provider="openai",
    model="gpt-4o-mini",
    status=200,
    start_offset_ms=20.0,
    latency_ms=900.0,
    usage=Usage(input_tokens=100, output_tokens=20),
)


def requests(number: int, **changed: object) -> list[Request]:
    now = timezone.now()
    values = {"attempts": [ANSWERED], "routing_overhead_ms": 20.0, "overhead_basis": "receive_to_dispatch", **changed}
    return [
        Request(request_id=f"r{n}", received_at=now - timedelta(minutes=n + 1), **values)  # type: ignore[arg-type]
        for n in range(number)
    ]


def test_nothing_came_yet(place: Acme) -> None:
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        assert arrivals(deployment, now=timezone.now()) is None
        assert ever(deployment) is None


def test_what_comes_in_is_counted_and_judged(place: Acme) -> None:
    bring(place, [*requests(3), *requests(0)], now=timezone.now())
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        arrived = arrivals(deployment, now=timezone.now())
    assert arrived is not None
    assert (arrived.requests, arrived.attempts, arrived.answered_with_tokens) == (3, 3, 3)
    assert (arrived.models, arrived.completeness, arrived.with_task) == (("gpt-4o-mini",), {"complete": 3}, 0)
    page = came(arrived, zone=UTC, now=timezone.now())
    states = {one.what: (one.state, one.lacks) for one in page.capabilities}
    assert states["Attempts"] == ("complete", False)
    assert states["Cost"] == ("computed", False)
    assert states["Routing overhead"] == ("yes", False)
    assert states["Task labels"] == ("no", True)
    assert "everything be measured but task labels and quality" in page.answer


def test_what_a_source_does_not_tell_is_named_with_what_would(place: Acme) -> None:
    silent = Attempt(provider="openai", model="gpt-4o-mini", status=200)
    bring(place, requests(2, attempts=[silent], routing_overhead_ms=None, overhead_basis=None), now=timezone.now())
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        arrived = arrivals(deployment, now=timezone.now())
    assert arrived is not None
    lacking = {one.what: one.why for one in came(arrived, zone=UTC, now=timezone.now()).capabilities if one.lacks}
    assert "tokens of every answer" in lacking["Cost"]
    assert "`start_offset_ms`" in lacking["Retry delay"]
    assert "`routing_overhead_ms`" in lacking["Routing overhead"]


def test_attempts_are_looked_up_request_by_request_whatever_the_statistics_say(place: Acme) -> None:
    """Where loops are the last thing the planner would choose, a join of all attempts would be another one."""
    bring(place, requests(3), now=timezone.now())
    deployment = place.deployment()
    with access.scope(deployment.organization_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            "EXPLAIN " + (SQL / "latest_attempts.sql").read_text(),
            {
                "organization": deployment.organization_id,
                "deployment": deployment.pk,
                "since": timezone.now().date() - LOOK_BACK,
                "bound": BOUND,
            },
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Nested Loop" in plan
    assert "Hash Join" not in plan
    assert "Merge Join" not in plan


def test_field_names_are_written_as_code_and_nothing_else_is_trusted(place: Acme) -> None:
    hostile = Attempt(provider="x", model="<script>alert(1)</script>", status=200)
    bring(place, requests(1, attempts=[hostile]), now=timezone.now())
    text = place.client().get(place.at("chat/")).content.decode()
    assert "<code>start_offset_ms</code>" in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_rejected_items_are_told_by_reason_and_count(place: Acme, live_platform: LivePlatform) -> None:
    old = {"request_id": "old", "received_at": "2001-01-01T00:00:00Z"}
    good = {"request_id": "good", "received_at": timezone.now().isoformat()}
    body = json.dumps([old, {**old, "request_id": "older"}, good, {"received_at": good["received_at"]}]).encode()
    again = json.dumps([{**good, "task": "another"}]).encode()
    headers = {"Authorization": f"Bearer {place.ingest_key}", "Content-Type": "application/json"}
    for told, count in ((body, "accepted"), (again, "conflict")):
        post = urllib.request.Request(f"{live_platform.url}/api/v1/traces", told, headers)
        with urllib.request.urlopen(post, timeout=30) as answer:
            assert json.load(answer)[count] == 1
    deployment = place.deployment()
    with acting_as("web"), access.scope(deployment.organization_id):
        posts = posts_of(deployment, now=timezone.now())
    assert (posts.accepted, posts.rejected, posts.conflict) == (1, 3, 1)
    page = ledger(posts)
    assert page is not None
    assert "In 2\u00a0posts of the last seven days: 1 taken, 3 rejected and 1 sent again with other" in page.sentence
    assert place.at("chat/health") in place.client().get(place.at("chat/")).content.decode().split("posts</h2>")[1]
