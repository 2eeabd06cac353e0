"""What is shipped to run Tollmark on hosts of one's own: it is complete, and says what the code says."""

import re
import runpy
from pathlib import Path

import pytest
import yaml

from tollmark.env import Environment
from tollmark.paths import ROOT

DEPLOY = ROOT / "deploy"
OF_OTHER_PROGRAMS = {"WEB_CONCURRENCY", "POLARS_MAX_THREADS"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def _variables() -> set[str]:
    return {str(field.validation_alias or name.upper()) for name, field in Environment.model_fields.items()}


def _named(text: str) -> set[str]:
    return set(re.findall(r"(?m)^#?([A-Z][A-Z0-9_]+)=", text))


def test_the_example_has_every_variable_that_is_read_and_no_other() -> None:
    assert _named((DEPLOY / "environment.example").read_text()) == _variables() | OF_OTHER_PROGRAMS


def test_the_example_is_an_environment_once_its_secret_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _variables():
        monkeypatch.delenv(name, raising=False)
    for line in (DEPLOY / "environment.example").read_text().replace("\n#", "\n").splitlines():
        name, given, value = line.partition("=")
        if given and value and name in _variables():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    read = Environment()  # type: ignore[call-arg]
    assert read.https
    assert read.proxy_header
    assert "tollmark_ingest:" in read.database_url_of("ingest")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_what_is_there_as_somebody_who_may_do_little(unit: Path) -> None:
    text = unit.read_text()
    for path in re.findall(r"/opt/tollmark/((?:deploy|systemd)\S+)", text):
        assert (ROOT / path).exists(), path
    for line in ("User=tollmark", "NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"{line}\n" in text


def test_the_containers_run_the_programs_of_the_units() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name in ("web", "ingest", "worker", "beat"):
        unit = (DEPLOY / "systemd" / f"tollmark-{name}.service").read_text()
        command = services[name]["command"]
        assert f"/{command[0]} " in unit
        assert services[name]["environment"]["TOLLMARK_ROLE"] in unit
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
    named = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert named == _named((DEPLOY / "compose.env.example").read_text()) - {"COMPOSE_PROFILES"}


def test_the_image_is_built_from_the_lock_by_hash_and_is_nobody_in_particular() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert re.findall(r"(?m)^USER (.*)$", text) == ["tollmark"]
    for path in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", text):
        assert all((ROOT / one).exists() for one in path.split())


def test_the_poolers_list_has_each_role_of_the_platform_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tollmark_owner@db/tollmark")
    monkeypatch.setenv("DATABASE_WEB_URL", "postgresql://tollmark_web:p%40ss@db/tollmark")
    lines = runpy.run_path(str(DEPLOY / "userlist.py"))["lines"]()
    assert [line.split('"')[1] for line in lines] == [
        f"tollmark_{role}" for role in ("web", "ingest", "worker", "benchmark")
    ]
    assert lines[0] == '"tollmark_web" "p@ss"'


def test_a_backup_is_given_its_url_by_the_environment() -> None:
    variables = runpy.run_path(str(DEPLOY / "with_url.py"))["variables"]
    given = variables("postgresql://me:p%40ss@db.example.com:6000/tollmark?sslmode=verify-full")
    wanted = {"PGHOST": "db.example.com", "PGPORT": "6000", "PGUSER": "me", "PGPASSWORD": "p@ss"}
    assert given == {**wanted, "PGDATABASE": "tollmark", "PGSSLMODE": "verify-full"}
