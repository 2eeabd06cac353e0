"""`manage.py up` as people use it, and as the world treats it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.environment import clean_environment
from tests.tollmark.running import Up, alive, kill, up, wait_until
from tollmark.embedded.postgres import Postgres
from tollmark.paths import ROOT

pytestmark = pytest.mark.kills

READY = "Send a first trace"
WAYS = ("namespace", "other uid") if os.geteuid() == 0 else ("itself",)
"""Postgres refuses to be root; as root there are two ways to be somebody else."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Up]:
    with up(data) as started:
        started.wait_for(READY)
        yield started


def _manage(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {**clean_environment(), "TOLLMARK_NO_VENV": "1", "TOLLMARK_DATA": str(data)}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "valkey", "postgres"])
def test_what_is_killed_comes_back_and_the_platform_is_ready_again(running: Up, name: str) -> None:
    before = running.children()
    kill(before[name])
    running.wait_for(f"{name} was killed by SIGKILL; starting it again", seconds=10)
    assert wait_until(lambda: running.children().get(name, before[name]) != before[name], seconds=10)
    assert wait_until(running.is_ready, seconds=30)
    assert {other: pid for other, pid in running.children().items() if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }


def test_a_second_up_on_the_same_data_refuses_and_harms_nothing(running: Up, data: Path) -> None:
    second = _manage("up", "--data", str(data), "--port", "0", data=data)
    assert second.returncode == 1
    assert f"The platform already runs on {data}" in second.stdout
    assert running.is_ready()


def test_a_taken_port_is_refused_before_anything_is_started(running: Up, tmp_path: Path) -> None:
    second = _manage("up", "--data", str(tmp_path / "other"), "--port", str(running.port), data=tmp_path)
    assert second.returncode == 1
    assert f"Port {running.port} cannot be used" in second.stdout
    assert not (tmp_path / "other").exists()


def test_other_commands_find_the_servers_of_a_running_up(running: Up, data: Path) -> None:
    arguments = ("provision", "--organization", "second", "--deployment", "chat", "--email", "a@example.com")
    made = _manage(*arguments, data=data)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["sign_in_url"].startswith(running.url)


def test_secrets_are_readable_by_their_owner_alone(running: Up, data: Path) -> None:
    secret = {"secret_key", "postgres.secret", "valkey.secret", "run.json", "first.json"}
    assert {
        path.name: oct(path.stat().st_mode & 0o777) for path in data.iterdir() if path.name in secret
    } == dict.fromkeys(secret, "0o600")


def test_an_interrupt_ends_everything_in_order_and_leaves_nothing(tmp_path: Path) -> None:
    with up(tmp_path) as running:
        running.wait_for(READY)
        everything = running.descendants()
        assert len(everything) > 5
        assert running.interrupt() == 0
    assert alive(everything) == set()
    assert running.said.rstrip().endswith("up       | stopped")
    assert "SIGKILL" not in running.said
    assert not (tmp_path / "run.json").exists()


def test_a_killed_up_leaves_nothing_and_the_next_one_finds_the_data(tmp_path: Path) -> None:
    with up(tmp_path) as first:
        first.wait_for(READY)
        made = _manage(
            "provision", "--organization", "kept", "--deployment", "d", "--email", "k@example.com", data=tmp_path
        )
        everything = first.descendants()
        kill(first.process.pid)
        first.process.wait()
    assert wait_until(lambda: not alive(everything), seconds=15), alive(everything)
    with up(tmp_path) as second:
        second.wait_for(READY)
        found = _manage(
            "provision", "--organization", "kept", "--deployment", "d", "--email", "k@example.com", data=tmp_path
        )
        assert json.loads(found.stdout)["ingest_key"] == json.loads(made.stdout)["ingest_key"]


@pytest.mark.parametrize("way", WAYS)
def test_a_trace_goes_through_to_a_rollup(tmp_path: Path, way: str) -> None:
    """Once for each way not to be root."""
    variables = {"TOLLMARK_NO_USER_NAMESPACE": "1"} if way == "other uid" else {}
    with up(tmp_path, "--smoke", variables=variables) as smoke:
        smoke.wait_for("smoke: stored in")
        smoke.wait_for("stopped")
        assert smoke.process.wait(60) == 0


def test_servers_named_in_the_environment_are_used_instead(services: Postgres, tmp_path: Path) -> None:
    with psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE elsewhere")
    variables = {"DATABASE_URL": services.url("elsewhere"), "REDIS_URL": os.environ["REDIS_URL"]}
    with up(tmp_path, variables=variables) as running:
        running.wait_for(READY)
        assert set(running.children()) == {"web", "worker", "beat"}
        assert running.is_ready()
    with psycopg.connect(services.url("elsewhere")) as connection:
        assert connection.execute("SELECT slug FROM organizations_organization").fetchall() == [("mine",)]
    assert not (tmp_path / "postgres").exists()
