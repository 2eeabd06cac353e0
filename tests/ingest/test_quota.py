"""One key far above its allowance is refused, and nobody else is; before a real gunicorn of two processes."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.pulse import buckets
from tests import live
from tests.ingest.exporting import export
from tests.ingest.items import array, batch, item
from tests.ingest.sender import NATIVE_PATH, PROTOBUF, Answer, Sender, new_sender
from tests.ingest.test_otlp import good
from tests.names import unique
from tollmark.embedded.children import free_port
from tollmark.up import programs

RATE, BURST = 10, 20


@pytest.fixture(scope="module")
def strict(database: None) -> Iterator[str]:
    """The address of a server with small allowances."""
    port = free_port()
    variables = {**os.environ, "WEB_CONCURRENCY": "2"}
    variables |= {"TOLLMARK_KEY_RATE": str(RATE), "TOLLMARK_KEY_BURST": str(BURST)}
    with live.running(programs.web(variables, port=port)) as process:
        live.wait_until_answering(f"http://127.0.0.1:{port}/healthz", [process])
        yield f"http://127.0.0.1:{port}"


def is_refusal(answer: Answer) -> bool:
    return answer.status == 429 and answer.headers["retry-after"].isdecimal() and int(answer.headers["retry-after"]) > 0


def test_a_key_at_twenty_times_its_quota_meets_429_alone(strict: str) -> None:
    greedy, modest = new_sender(strict), new_sender(strict)
    began, over = time.monotonic(), threading.Event()

    def hammer(name: str) -> list[Answer]:
        """Posts of a whole burst each, until the other tenant has sent all of its own."""
        found: list[Answer] = []
        while len(found) < 10 or not over.is_set():
            found.append(greedy.send(batch(BURST, prefix=f"{name}-{len(found)}")))
        return found

    with ThreadPoolExecutor() as pool:
        hammering = [pool.submit(hammer, name) for name in "abcd"]
        mine = [modest.send([item(f"m-{n}")]) for n in range(BURST)]
        over.set()
        theirs = [answer for future in hammering for answer in future.result()]
    allowed = BURST + RATE * (time.monotonic() - began)
    assert [answer.status for answer in mine] == [200] * BURST
    assert modest.count("traces_request") == BURST
    taken = [answer for answer in theirs if answer.status == 200]
    assert all(is_refusal(answer) for answer in theirs if answer.status != 200)
    assert BURST * len(theirs) >= 20 * RATE * (time.monotonic() - began)
    assert len(taken) * BURST <= allowed + BURST  # the last one may overdraw
    assert greedy.count("traces_request") == sum(answer.counts[0] for answer in taken)


def test_whoever_waits_as_told_is_taken_again(strict: str) -> None:
    sender = new_sender(strict)
    assert sender.send(batch(BURST + 20)).status == 200
    refused = sender.send([item("late")])
    assert is_refusal(refused)
    time.sleep(int(refused.headers["retry-after"]))
    assert sender.send([item("late")]).counts == (1, 0, 0, 0)


def test_an_exporter_is_told_in_protobuf(strict: str) -> None:
    sender = new_sender(strict)
    assert sender.export(export(*[good] * (BURST + 200))).status == 200
    refused = sender.export(export(good))
    assert is_refusal(refused)
    assert refused.headers["content-type"] == PROTOBUF
    assert refused.body.startswith(b"\x08\x08")  # google.rpc.Status, RESOURCE_EXHAUSTED
    assert b"quota_exceeded" in refused.body


def test_a_key_may_have_an_allowance_of_its_own(database: None, client: Client, settings: Settings) -> None:
    settings.INGEST_KEY_ITEMS = (0.001, 2)
    favoured, other = new_sender(""), new_sender("")
    settings.INGEST_KEY_ITEMS_OF = {favoured.key.split("_")[1]: (0.001, 4)}

    def statuses(sender: Sender) -> list[int]:
        return [_post(client, sender) for _ in range(5)]

    assert statuses(favoured) == [200] * 4 + [429]
    assert statuses(other) == [200] * 2 + [429] * 3


def test_one_who_does_not_wait_is_refused_unread(
    database: None, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INGEST_KEY_ITEMS = (0.001, 1)
    sender = new_sender("")
    assert [_post(client, sender) for _ in range(2)] == [200, 429]
    monkeypatch.setattr(buckets, "take", lambda *_: pytest.fail("Redis was asked"))
    assert _post(client, sender, body=b"never looked at") == 429


def _post(client: Client, sender: Sender, *, body: bytes | None = None) -> int:
    return client.post(
        NATIVE_PATH,
        array([item(unique("r"))]) if body is None else body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {sender.key}"},
    ).status_code
