"""Alive without anything, ready with everything."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client

from tests import live
from tests.connections import acting_as
from tollmark.embedded.children import free_port
from tollmark.up import programs


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=15) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def _web_server(**variables: str) -> Iterator[str]:
    port = free_port()
    program = programs.web({**os.environ, "WEB_CONCURRENCY": "1", **variables}, port=port)
    with live.running(program) as process:
        url = f"http://127.0.0.1:{port}"
        live.wait_until_answering(f"{url}/healthz", [process])
        yield url


def test_without_a_database_it_starts_is_alive_and_not_ready(services: object) -> None:
    nowhere = f"postgresql://tollmark_owner:x@127.0.0.1:{free_port()}/tollmark"
    with _web_server(DATABASE_URL=nowhere) as url:
        assert _get(f"{url}/healthz") == (200, "ok\n")
        status, said = _get(f"{url}/readyz")
    assert status == 503
    assert json.loads(said) == {
        "ready": False,
        "reasons": {"database": "does not answer", "migrations": "cannot be read"},
    }


def test_without_a_broker_it_is_alive_and_not_ready(database: None) -> None:
    with _web_server(BROKER_URL=f"redis://127.0.0.1:{free_port()}/0") as url:
        assert _get(f"{url}/healthz") == (200, "ok\n")
        status, said = _get(f"{url}/readyz")
    assert status == 503
    assert json.loads(said) == {"ready": False, "reasons": {"broker": "does not answer"}}


def test_a_migration_that_is_missing_is_told(database: None, client: Client) -> None:
    with acting_as("owner"), connections["default"].cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'demo' OR (app, name) IN (('sessions', '0001_initial'))"
        )
    try:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["reasons"] == {"migrations": "1 not applied"}
    finally:
        with acting_as("owner"), connections["default"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', now())"
            )
    assert client.get("/readyz").json() == {"ready": True, "reasons": {}}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_answers_carry_an_id_and_forbid_framing_and_inline_script(database: None, client: Client, path: str) -> None:
    answer = client.get(path)
    assert len(answer["X-Request-ID"]) == 32
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_an_id_that_a_client_gives_is_kept_when_it_looks_like_one(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc_DEF-12345"})["X-Request-ID"] == "abc_DEF-12345"
    assert client.get("/healthz", headers={"X-Request-ID": "bad\tid"})["X-Request-ID"] != "bad\tid"
