"""What the doctor sees, on real servers: the tests' own Postgres is one that loses what it acknowledged."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.ingest.models import Derivation
from apps.operations.doctor import broker, disk, examine, mail, postgres, walls, work
from apps.operations.doctor.finding import FAIL, OK, WARN, Finding
from apps.pulse import shared
from apps.rollups import backlog
from apps.rollups.backlog import Backlog
from tests.rollups.tenants import tenant
from tests.smtp import SmtpServer
from tollmark.embedded.children import free_port
from tollmark.embedded.postgres import Postgres

pytestmark = pytest.mark.usefixtures("as_worker")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def levels(found: Any) -> dict[str, str]:
    return {one.name: one.level for one in found}


def advised(found: list[Finding]) -> bool:
    """Whoever is told of something is told what to do."""
    return all(bool(one.advice) == (one.level != OK) for one in found)


def test_the_command_says_what_is_wrong_and_what_to_do_and_exits_with_1() -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "fail  Postgres fsync: off\n      Turn it on" in out.getvalue()
    assert "ok    walls: every table of tenants has them" in out.getvalue()
    assert "ok    migrations: all applied" in out.getvalue()


def test_programs_read_the_same_as_json() -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=out)
    found = [Finding(**one) for one in json.loads(out.getvalue())["findings"]]
    assert {one.name for one in found} >= {
        "Postgres fsync",
        "role web",
        "role ingest",
        "partitions",
        "quarantine",
        "disk",
    }
    assert advised(found)


def test_without_a_failure_it_exits_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    fine = (("mail", mail.delivery), ("roles", walls.roles))
    monkeypatch.setattr(examine, "LOOKS", fine)
    call_command("doctor", stdout=StringIO())


def test_a_look_that_cannot_be_taken_fails_and_the_others_are_taken(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": settings.CELERY_BROKER_URL}}
    monkeypatch.setattr(examine, "LOOKS", (("Redis", broker.servers), ("walls", walls.tables)))
    assert levels(examine.examine(now=NOW)) == {"Redis": FAIL, "walls": OK}


def test_a_setting_that_one_role_alone_turns_off_is_found(services: Postgres) -> None:
    def alter(what: str) -> None:
        with psycopg.connect(services.url(), autocommit=True) as superuser:
            superuser.execute(f"ALTER ROLE tollmark_ingest {what}")

    alter("SET synchronous_commit = off")
    try:
        found = {one.name: one for one in postgres.durability(NOW)}
        assert found["Postgres synchronous_commit"].said == "off for a role or database"
    finally:
        alter("RESET synchronous_commit")


def test_roles_that_could_pass_the_walls_are_found(services: Postgres, settings: Settings) -> None:
    assert set(levels(walls.roles(NOW)).values()) == {OK}
    with psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE doctored_member LOGIN IN ROLE tollmark_owner")
        superuser.execute("CREATE ROLE doctored_bypass LOGIN BYPASSRLS")
    settings.DATABASE_USERS = {
        "web": "postgres",
        "ingest": "doctored_member",
        "worker": "doctored_bypass",
        "benchmark": "nobody_at_all",
        "owner": "tollmark_web",
    }
    found = list(walls.roles(NOW))
    assert levels(found) == {
        "role web": FAIL,
        "role ingest": FAIL,
        "role worker": FAIL,
        "role benchmark": FAIL,
        "role owner": OK,
    }
    assert advised(found)


@pytest.mark.parametrize(("seconds", "level"), [(0.2, OK), (-5, WARN), (5, WARN), (-120, FAIL), (120, FAIL)])
def test_clocks_that_disagree(seconds: float, level: str) -> None:
    assert postgres.skew_of("clock", NOW + timedelta(seconds=seconds), NOW, NOW).level == level


def test_the_time_of_the_question_is_no_skew() -> None:
    assert postgres.skew_of("clock", NOW, NOW - timedelta(seconds=9), NOW + timedelta(seconds=9)).level == OK


def test_an_eviction_policy_that_drops_the_queue_fails(settings: Settings) -> None:
    client = shared.client()
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert levels(broker.servers(NOW))["Redis maxmemory-policy"] == FAIL
    finally:
        client.config_set("maxmemory-policy", "noeviction")
    found = list(broker.servers(NOW))
    assert levels(found)["Redis maxmemory-policy"] == levels(found)["clock of Redis"] == OK
    assert levels(found)["Redis appendonly"] == WARN
    assert advised(found)


def test_a_cache_of_its_own_may_forget(settings: Settings) -> None:
    assert broker.eviction("cache", {"maxmemory_policy": "allkeys-lru"}, holds_queue=False).level == WARN
    assert broker.memory("cache", {"used_memory": 95, "maxmemory": 100}).level == WARN


def test_partitions_that_are_missing() -> None:
    assert levels(work.partitions(timezone.now())) == {"partitions": OK}
    assert levels(work.partitions(timezone.now() + timedelta(days=6))) == {"partitions": WARN}
    assert levels(work.partitions(NOW + timedelta(days=9_000))) == {"partitions": FAIL}


@pytest.mark.parametrize(
    ("marks", "minutes", "level"), [(0, None, OK), (7, 1, OK), (7, 15, WARN), (7, 90, FAIL), (100, 1, FAIL)]
)
def test_marks_that_wait(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, marks: int, minutes: float | None, level: str
) -> None:
    settings.INGEST_MOST_MARKS = 100
    oldest = None if minutes is None else NOW - timedelta(minutes=minutes)
    monkeypatch.setattr(backlog, "look", lambda **_: Backlog(marks, oldest))
    assert levels(work.marks(NOW)) == {"marks": level}


def test_a_quarantined_deployment_is_named() -> None:
    owner = tenant()
    row = Derivation.objects.create(**owner.place, attempts=5, quarantined_at=NOW - timedelta(days=99))
    try:
        (found, _) = work.quarantine(NOW)
        assert found.level == FAIL
        assert "/chat (derive)" in found.said
    finally:
        row.delete()


def test_room_for_the_database(settings: Settings) -> None:
    assert levels(disk.free(NOW)) == {"disk": WARN}
    settings.DATABASE_MOST_BYTES = 1
    assert levels(disk.free(NOW)) == {"disk": FAIL}
    settings.DATABASE_MOST_BYTES = 1 << 50
    assert levels(disk.free(NOW)) == {"disk": OK}
    settings.DATABASE_DISK = "/"
    assert "MiB free" in next(iter(disk.free(NOW))).said


def test_mail_that_stays_here_is_told(settings: Settings) -> None:
    assert levels(mail.delivery(NOW)) == {"mail": WARN}


def test_a_mail_server_is_spoken_to_and_sent_nothing(smtp_server: SmtpServer, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Tollmark <reports@tollmark.example.com>"
    settings.SITE_URL = "https://tollmark.example.com"
    assert set(levels(mail.delivery(NOW)).values()) == {OK}
    assert smtp_server.messages == []
    settings.EMAIL_PORT = free_port()
    assert levels(mail.delivery(NOW))["mail server"] == FAIL
