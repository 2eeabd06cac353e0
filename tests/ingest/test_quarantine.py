"""A deployment whose spans kill whatever derives them is set aside, and stands in nobody's way."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.ingest import derivations, rederive, stored_facts
from apps.ingest.models import Derivation
from apps.ingest.rederive import waiting
from apps.ingest.resolve import Owner
from apps.operations.quarantine import quarantined
from apps.organizations import access
from apps.pulse import tries
from apps.rollups.backlog import set_aside
from apps.traces.models import StaleTrace
from tests.rollups.tenants import tenant
from tests.rollups.test_turns import in_another_connection

pytestmark = pytest.mark.usefixtures("as_worker")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class DatabaseSays(Exception):
    """An error as the driver raises it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("Key (prompt)=(what somebody asked)")
        self.sqlstate = sqlstate


def marked() -> Owner:
    made = tenant()
    owner = Owner(made.organization_id, made.deployment_id)
    mark(owner)
    return owner


def mark(owner: Owner) -> None:
    with access.scope(owner.organization_id):
        StaleTrace.objects.create(**owner._asdict(), trace_id="f" * 32, day=NOW.date(), marked_at=NOW)


def derive(owner: Owner) -> int:
    return rederive.rederive(**owner._asdict(), now=NOW)


def fails(owner: Owner, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_: object) -> object:
        raise error

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rederive, "facts_of", broken)
        with pytest.raises(type(error)):
            derive(owner)


def state_of(owner: Owner) -> Derivation:
    return Derivation.objects.get(**owner._asdict())


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("quarantine", *arguments, stdout=out)
    return out.getvalue()


def test_what_raises_five_times_is_set_aside_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned, healthy = marked(), marked()
    for _ in range(tries.MOST):
        fails(poisoned, monkeypatch, MemoryError("what somebody asked"))
    before = set_aside()["derive"]
    assert derive(poisoned) == 0
    assert state_of(poisoned).quarantined_at == NOW
    assert state_of(poisoned).last_error == "builtins.MemoryError"
    assert set_aside()["derive"] == before + 1
    assert tuple(poisoned) not in waiting()
    assert tuple(healthy) in waiting()
    assert derive(healthy) == 1


def test_what_dies_without_a_word_five_times_is_set_aside_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = marked()
    for _ in range(tries.MOST):
        assert derivations.begin(poisoned, now=NOW)  # and then the process is killed
    assert derive(poisoned) == 0
    (name,) = (one.name for one in quarantined() if one.owner == poisoned)
    assert f"{name}: derive since 2026-11-24 12:00 after 5 tries: its process was killed" in told()
    assert f"{name}: derive will be tried again" in told("--release", name)
    assert name not in told()
    with pytest.raises(CommandError, match="not in quarantine"):
        told("--release", name)
    assert derive(poisoned) == 1
    assert state_of(poisoned).attempts == 0


def test_a_success_forgets_earlier_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = marked()
    for _ in range(tries.MOST - 1):
        fails(owner, monkeypatch, RecursionError())
    assert derive(owner) == 1
    assert (state_of(owner).attempts, state_of(owner).last_error) == (0, "")


@pytest.mark.parametrize("state", ["53100", "55P03"])
def test_a_full_disk_or_a_lock_sets_nobody_aside(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    owner = marked()
    for _ in range(tries.MOST + 2):
        fails(owner, monkeypatch, DatabaseSays(state))
    assert state_of(owner).last_error.endswith(f"DatabaseSays (SQLSTATE {state})")
    assert derive(owner) == 1


def test_while_one_derives_another_finds_it_taken_and_counts_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = marked()
    others: list[Any] = []
    facts_of = stored_facts.facts_of

    def meanwhile(*args: Any) -> Any:
        others.extend(in_another_connection(lambda: derive(owner)) for _ in range(tries.MOST + 1))
        return facts_of(*args)

    monkeypatch.setattr(rederive, "facts_of", meanwhile)
    assert derive(owner) == 1
    assert others == [0] * (tries.MOST + 1)
    assert state_of(owner).quarantined_at is None
