"""Requests put into a file: from the page's filter to the download, and everything that may come between."""

import csv
import os
import signal
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.dashboards.exports import begin, write
from apps.dashboards.models import ExportPiece, RequestExport
from apps.ingest import hints
from apps.organizations import access
from apps.organizations.models import AuditEvent, Role
from apps.traces.nouns import Attempt, Request, Usage
from tests import broker, live
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring, member
from tests.ingest.waiting import eventually
from tollmark.up import programs

State = RequestExport.State


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of another test would write the file before this one looks."""
    monkeypatch.setattr(hints, "send_or_leave", lambda _send: None)


def requests(number: int, **changes: Any) -> list[Request]:
    """The first of them retried, with a failure whose billing nobody knows."""
    now, usage = timezone.now(), Usage(input_tokens=1_000, output_tokens=200)
    cut = Attempt(provider="openai", model="gpt-4o-mini", status=500, error_type="cut", start_offset_ms=0.0)
    answered = Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=900.0, usage=usage)
    return [
        Request(
            request_id=f"e{n}",
            received_at=now - timedelta(minutes=n + 1),
            attempts=[answered] if n else [cut, answered],
            **changes,
        )
        for n in range(number)
    ]


def begun(place: Acme, client: Client | None = None, **filters: str) -> str:
    """The address of the page of a new export."""
    answer = (client or place.client()).post(place.at("chat/requests/exports"), filters)
    assert answer.status_code == 302
    return str(answer["Location"])


def stored(place: Acme, address: str) -> RequestExport:
    with acting_as("worker"), access.scope(place.organization().pk):
        return RequestExport.objects.get(key=address.rpartition("/")[2])


def turn(one: RequestExport, *, now: datetime | None = None, pieces: int = 1_000) -> bool:
    """A task's turn in which there is time for so many pieces."""
    at = now or timezone.now()
    ticks = iter([at, *[at] * (2 * pieces), *[at + timedelta(hours=1)] * 2])
    with acting_as("worker"):
        return write.write(organization_id=one.organization_id, export_id=one.pk, clock=lambda: next(ticks))


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(f"{address}/requests.csv")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body)
    return list(csv.DictReader(StringIO(body.decode())))


def test_the_filter_of_the_page_becomes_a_file(place: Acme) -> None:
    bring(place, requests(3, task="=2+2"), now=timezone.now())
    bring(place, [Request(request_id="another", received_at=timezone.now(), task="other")], now=timezone.now())
    client = place.client()
    viewer = "https://viewer.example.com/{request_id}"
    client.post(place.at("chat/settings"), {"deed": "trace-link", "trace_link": viewer})
    page = client.get(place.at("chat/requests?task==2%2B2")).content.decode()
    assert 'name="task" value="=2+2"' in page
    address = begun(place, client, task="=2+2")
    assert b"Waiting for its turn" in client.get(address).content
    assert client.get(f"{address}/requests.csv").status_code == 404
    assert not turn(stored(place, address))
    assert "It is ready" in client.get(address).content.decode()
    rows = rows_of(client, address)
    assert [row["request_id"] for row in rows] == ["e0", "e1", "e2"]
    assert {row["task"] for row in rows} == {"'=2+2"}
    assert [row["billed_is"] for row in rows] == ["at least", "at most", "at most"]  # cached tokens were not told
    assert (rows[0]["statuses"], rows[0]["models"]) == ("500 > 200", "gpt-4o-mini > gpt-4o-mini")
    assert float(rows[1]["billed_usd"]) == float(rows[1]["token_usd"]) > 0
    assert rows[1]["latency_ms"] == ""
    assert rows[2]["trace_url"] == "https://viewer.example.com/e2"


def test_what_was_done_is_in_the_trail_and_others_find_nothing(place: Acme) -> None:
    client, viewer, stranger = place.client(), place.client(member(place, Role.VIEWER)), acme().client()
    address = begun(place, client)
    assert stranger.get(address).status_code == stranger.get(f"{address}/requests.csv").status_code == 404
    assert viewer.post(f"{address}/cancel").status_code == 403
    turn(stored(place, address))
    assert rows_of(viewer, address) == []
    cancelled = begun(place, viewer)
    assert viewer.post(f"{cancelled}/cancel").status_code == 302
    with access.scope(place.organization().pk):
        trail = list(
            AuditEvent.objects.filter(verb__startswith="export.").order_by("at").values_list("verb", flat=True)
        )
    assert trail == ["export.begun", "export.downloaded", "export.begun", "export.cancelled"]


def test_a_turn_that_died_costs_no_row_and_doubles_none(place: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "ROWS_AT_ONCE", 2)
    bring(place, requests(7), now=timezone.now())
    client, now = place.client(), timezone.now()
    one = stored(place, address := begun(place, client))
    keep, pieces = write._keep, iter([1])

    def dies_after_one(one: RequestExport, text: str, **told: Any) -> None:
        keep(one, text, **told)
        if next(pieces, None) is None:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(write, "_keep", dies_after_one)
        with pytest.raises(SystemExit):
            turn(one, now=now)
    assert stored(place, address).rows == 2
    assert not turn(one, now=now)  # the dead one's lease still runs
    assert stored(place, address).rows == 2
    later = now + write.LEASE + timedelta(seconds=1)
    assert turn(one, now=later, pieces=1)
    assert not turn(one, now=later + timedelta(seconds=1))
    assert [row["request_id"] for row in rows_of(client, address)] == [f"e{n}" for n in range(7)]


def test_a_file_is_bounded_and_says_so(place: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "MOST_ROWS", 2)
    bring(place, requests(3), now=timezone.now())
    client = place.client()
    address = begun(place, client)
    turn(stored(place, address))
    assert "as many as a file may" in client.get(address).content.decode()
    assert len(rows_of(client, address)) == 2


def test_cancelled_is_not_written_on_and_its_pieces_go(place: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "ROWS_AT_ONCE", 1)
    bring(place, requests(3), now=timezone.now())
    client = place.client()
    one = stored(place, address := begun(place, client))
    assert turn(one, pieces=1)
    client.post(f"{address}/cancel")
    assert not turn(one)
    assert "cancelled after 1" in client.get(address).content.decode()
    with acting_as("worker"):
        begin.expire(now=timezone.now())
        with access.scope(one.organization_id):
            assert not ExportPiece.objects.filter(of=one).exists()


def test_after_its_days_a_file_is_gone(place: Acme) -> None:
    client = place.client()
    one = stored(place, address := begun(place, client))
    turn(one)
    for now, status in ((one.expires_at - timedelta(seconds=1), 200), (one.expires_at, 404)):
        with acting_as("worker"):
            begin.expire(now=now)
        assert client.get(address).status_code == status


def test_what_keeps_dying_is_given_up(place: Acme) -> None:
    client = place.client()
    one = stored(place, address := begun(place, client))
    with acting_as("worker"), access.scope(one.organization_id):
        RequestExport.objects.filter(pk=one.pk).update(tries=write.MOST_TRIES)
    assert not turn(one)
    assert "would stop again" in client.get(address).content.decode()


def test_few_are_written_at_a_time(place: Acme) -> None:
    client = place.client()
    for _ in range(begin.MOST_OPEN):
        begun(place, client)
    assert begun(place, client) == place.at("chat/requests/exports")
    assert "wait for one of them" in client.get(place.at("chat/requests/exports")).content.decode()


def test_a_filter_that_cannot_be_answered_says_so_on_the_page(place: Acme) -> None:
    assert begun(place, min_cost_usd="x") == place.at("chat/requests?min_cost_usd=x&zone=UTC")


@pytest.mark.kills
def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(place: Acme) -> None:
    bring(place, requests(6_000), now=timezone.now())
    client = place.client()
    one = stored(place, address := begun(place, client))
    variables = {**os.environ, "BROKER_URL": broker.APART}
    with live.running(programs.worker(variables, processes=1)) as worker:
        broker.send("apps.dashboards.tasks.write_export", one.organization_id, one.pk)
        eventually(lambda: stored(place, address).rows > 0, 90)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert 0 < stored(place, address).rows < 6_000
    with acting_as("worker"), access.scope(one.organization_id):
        RequestExport.objects.filter(pk=one.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    with live.running(programs.worker(variables, processes=1)):
        broker.send("apps.dashboards.tasks.write_export", one.organization_id, one.pk)
        eventually(lambda: stored(place, address).state == State.DONE, 90)
    assert [row["request_id"] for row in rows_of(client, address)] == [f"e{n}" for n in range(6_000)]
