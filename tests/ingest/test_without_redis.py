"""The way in needs Postgres alone: without cache and broker a post is still taken, and at the usual speed."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests import environment
from tests.ingest.exporting import export, said
from tests.ingest.sender import Sender, ask, new_sender
from tests.ingest.test_otlp import good
from tollmark.embedded.children import free_port
from tollmark.up import programs

TOKEN = "a-token-for-the-metrics"


@pytest.fixture(scope="module")
def lonely(database: None) -> Iterator[Sender]:
    """A gunicorn whose Redis is a closed port."""
    port, nowhere = free_port(), free_port()
    variables = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{nowhere}/0", "WEB_CONCURRENCY": "1"}
    variables["TOLLMARK_METRICS_TOKEN"] = TOKEN
    program = programs.web(variables, port=port)
    with (environment.HOME / "lonely.log").open("ab") as log:
        process = program.start(log.fileno())
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process)
            yield new_sender(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(40)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, OSError):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def test_posts_are_taken_without_redis_and_only_the_first_hint_is_tried(lonely: Sender) -> None:
    said(lonely.export(export(good)))
    started = time.monotonic()
    for _ in range(5):
        said(lonely.export(export(good, good)))
    assert time.monotonic() - started < 5
    assert lonely.send([{"request_id": "a", "received_at": "2026-11-24T08:00:00Z"}]).status == 200
    assert lonely.count("traces_span") == 2
    assert lonely.count("traces_staletrace") >= 2


def test_that_nobody_is_limited_without_redis_is_a_metric(lonely: Sender) -> None:
    answer = ask(lonely.url, "GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = answer.body.decode().splitlines()
    assert "tollmark_ingest_limiter_open 1" in lines
    assert "tollmark_redis_up 0" in lines
    assert "tollmark_database_up 1" in lines
