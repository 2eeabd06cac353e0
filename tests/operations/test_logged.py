"""Lines of the log say whose work it was, by number, and nothing of what it carried; of real processes."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import shared_task

from apps.pulse import counters
from tests import broker, live
from tests.ingest.exporting import export
from tests.ingest.items import array, item
from tests.ingest.sender import Sender, ask, new_sender
from tests.ingest.test_otlp import CANARY, CONTENT_KEYS, good, saying
from tollmark import logs
from tollmark.embedded.children import free_port
from tollmark.up import programs

CANARIES = (CANARY, "canary-in-a-name", "canary-in-an-address")


@dataclass(frozen=True)
class Talkative:
    sender: Sender
    logs: dict[str, Path]

    def text(self) -> str:
        return "".join(path.read_text() for path in self.logs.values())

    def lines(self, program: str) -> list[dict[str, Any]]:
        """Of JSON; the processes are started for the one test, so all are of it."""
        text = self.logs[program].read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def line(self, program: str, **wanted: Any) -> dict[str, Any]:
        """The first with these values, which may be still to come."""
        deadline = time.monotonic() + 30
        while True:
            for line in self.lines(program):
                if wanted.items() <= line.items():
                    return line
            assert time.monotonic() < deadline, (wanted, self.lines(program))
            time.sleep(0.1)


@pytest.fixture
def talkative(database: None, tmp_path: Path) -> Iterator[Talkative]:
    """gunicorn and a worker that log all they have to say."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        **os.environ,
        "SITE_URL": url,
        "WEB_CONCURRENCY": "1",
        "TOLLMARK_LOG_LEVEL": "INFO",
        "BROKER_URL": broker.APART,
    }
    found = {name: tmp_path / f"{name}.log" for name in ("web", "worker")}
    with found["web"].open("ab") as web, found["worker"].open("ab") as worker:
        processes = [
            programs.web(variables, port=port).start(web.fileno()),
            programs.worker(variables, processes=1).start(worker.fileno()),
        ]
        try:
            live.wait_until_answering(f"{url}/readyz", processes)
            yield Talkative(new_sender(url), found)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(40)


def test_a_post_and_its_derivation_are_told_with_ids_and_without_content(talkative: Talkative) -> None:
    sender = talkative.sender
    whose = {"organization": sender.organization_id, "deployment": sender.deployment_id}
    exported = sender.export(export(good, *(saying(key, CANARY) for key in CONTENT_KEYS)), X_Request_ID="of-the-export")
    assert exported.headers["x-request-id"] == "of-the-export"
    sender.post(
        array([item("canary-in-a-name", tags={"note": CANARY}), {"request_id": CANARY}]), X_Request_ID="of-the-post"
    )
    sender.post(f'["{CANARY}"'.encode(), X_Request_ID="of-a-broken-one")
    ask(
        sender.url,
        "GET",
        "/o/canary-in-an-address?q=canary-in-an-address",
        headers={"X-Request-ID": "an id of our own making, please"},
    )
    assert talkative.line("web", http_request="of-the-export", event="answered").items() >= whose.items()
    assert talkative.line("web", http_request="of-the-post", status=200).items() >= whose.items()
    assert talkative.line("web", http_request="of-a-broken-one", status=400).items() >= whose.items()
    assert "organization" not in talkative.line("web", method="GET")
    derived = talkative.line("worker", event="task ended", task="apps.ingest.tasks.derive_traces")
    assert derived.items() >= whose.items()
    assert derived["task_id"]
    assert derived["state"] == "SUCCESS"
    assert not [canary for canary in CANARIES if canary in talkative.text()]


@shared_task
def quotes(organization_id: int, deployment_id: int) -> None:
    """For the test below: an error whose message carries content."""
    raise UnicodeError(CANARY)


def test_what_a_failing_task_quotes_is_left_out(services: object, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        quotes.apply(args=(7, 8))
    finally:
        logs.configure("WARNING")
    found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (failed,) = (line for line in found if line["event"] == "task failed")
    assert (failed["organization"], failed["deployment"], failed["task"]) == (7, 8, quotes.name)
    assert "UnicodeError" in failed["exception"]
    assert CANARY not in json.dumps(found)
    assert (counters.stored() or {})[f'tollmark_tasks_total{{task="{quotes.name}",state="failure"}}'] >= 1
