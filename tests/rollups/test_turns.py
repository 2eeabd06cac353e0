"""Marks, turns, and two workers at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from apps.deployments.models import StaleSince
from apps.organizations import access
from apps.rollups import rebuild as rebuilding
from apps.rollups import turns
from apps.rollups.models import Rebuild
from apps.rollups.plan import plan
from apps.rollups.rebuild import rebuild
from apps.rollups.sweep import claimed, mark_new_prices
from apps.rollups.turns import MOST_ATTEMPTS, Turn, begin, claim, finish, release
from apps.traces.models import StaleHour
from tests.connections import acting_as
from tests.rollups.tenants import NOW, Tenant, mark, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")


def turn_of(owner: Tenant) -> Turn:
    return Turn(owner.organization_id, owner.deployment_id)


def state_of(owner: Tenant) -> Rebuild:
    return Rebuild.objects.get(**owner.place)


def in_another_connection(what: Callable[[], object]) -> object:
    """Run it as another worker would, and give back what it returned or raised."""
    answers: list[object] = []

    def run() -> None:
        try:
            with acting_as("worker"):
                answers.append(what())
        except Exception as error:  # noqa: BLE001  # handed to the test
            answers.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return answers[0]


def test_a_mark_that_comes_during_a_rebuild_survives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(30, 20))
    compute = rebuilding.compute

    def meanwhile(*args: object) -> object:
        in_another_connection(lambda: store(owner, traffic(31, 1)))
        return compute(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuilding, "compute", meanwhile)
    rebuild(**owner.place, now=NOW)
    with access.scope(owner.organization_id):
        assert StaleHour.objects.filter(**owner.place).count() == 1
    monkeypatch.undo()
    done = rebuild(**owner.place, now=NOW)
    assert done is not None
    assert done.hours == 1


def test_two_workers_never_rebuild_one_deployment_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(32, 20))
    others: list[object] = []
    compute = rebuilding.compute

    def meanwhile(*args: object) -> object:
        monkeypatch.setattr(rebuilding, "compute", compute)
        others.append(in_another_connection(lambda: rebuild(**owner.place, now=NOW)))
        return compute(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuilding, "compute", meanwhile)
    assert rebuild(**owner.place, now=NOW) is not None
    assert others == [None]
    assert state_of(owner).attempts == 0


def test_a_snapshot_from_before_another_rebuild_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(33, 20))
    tries: list[int] = []
    lock = turns.lock

    def overtaken(turn: Turn) -> bool:
        tries.append(1)
        if len(tries) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM traces_stalehour LIMIT 1")
            in_another_connection(lambda: rebuilding._tried(turn, NOW))
        return lock(turn)

    monkeypatch.setattr(turns, "lock", overtaken)
    done = rebuild(**owner.place, now=NOW)
    assert done is not None
    assert done.hours == 0
    assert len(tries) == 3


def test_a_deployment_is_claimed_once_and_then_left_to_its_pace() -> None:
    owner = tenant()
    assert claim(turn_of(owner), now=NOW)
    assert not claim(turn_of(owner), now=NOW + timedelta(seconds=5))
    store(owner, traffic(34, 20))
    rebuild(**owner.place, now=NOW)
    state = state_of(owner)
    took = timedelta(microseconds=state.took_us or 0)
    assert state.not_before is not None
    assert NOW + took < state.not_before <= NOW + 21 * took
    assert not claim(turn_of(owner), now=state.not_before - timedelta(milliseconds=1))
    assert claim(turn_of(owner), now=state.not_before)


def test_what_a_rebuild_waited_for_holds_the_next_one_up_no_longer() -> None:
    owner, waited, spent = tenant(), timedelta(seconds=15), timedelta(seconds=0.1)
    assert begin(turn_of(owner), now=NOW)
    finish(turn_of(owner), now=NOW, took=waited, spent=spent)
    assert not claim(turn_of(owner), now=NOW + waited + 19 * spent)
    assert claim(turn_of(owner), now=NOW + waited + 20 * spent)


def test_a_claim_whose_message_was_lost_ends() -> None:
    owner = tenant()
    assert claim(turn_of(owner), now=NOW)
    assert claim(turn_of(owner), now=NOW + turns.CLAIM)


def test_what_was_begun_by_a_worker_that_died_is_claimed_at_once() -> None:
    owner = tenant()
    assert claim(turn_of(owner), now=NOW)
    assert begin(turn_of(owner), now=NOW)
    assert claim(turn_of(owner), now=NOW + timedelta(seconds=5))


def test_a_clock_that_is_put_back_an_hour_holds_nobody_up() -> None:
    owner, ahead = tenant(), NOW + timedelta(hours=1)
    store(owner, traffic(38, 5))
    assert claim(turn_of(owner), now=ahead)
    assert claim(turn_of(owner), now=NOW), "a claim is never as long as that"
    assert not claim(turn_of(owner), now=NOW)
    rebuild(**owner.place, now=ahead)
    assert not claim(turn_of(owner), now=ahead), "it rests"
    assert claim(turn_of(owner), now=NOW), "a rest is never as long as that"


def test_a_clock_that_is_an_hour_ahead_shares_no_rebuild_and_times_none_negative(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, seen = tenant(), []
    store(owner, traffic(39, 5))
    compute = rebuilding.compute

    def meanwhile(*args: object) -> object:
        monkeypatch.setattr(rebuilding, "compute", compute)
        seen.append(in_another_connection(lambda: rebuild(**owner.place, now=NOW + timedelta(hours=1))))
        return compute(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuilding, "compute", meanwhile)
    done = rebuild(**owner.place, now=NOW)
    assert seen == [None]
    assert done is not None
    assert done.took > timedelta(0)
    assert (state_of(owner).took_us or 0) > 0


def test_the_sweep_finds_deployments_with_marks() -> None:
    owner = tenant()
    assert turn_of(owner) not in set(claimed(now=NOW))
    store(owner, traffic(35, 1))
    assert turn_of(owner) in set(claimed(now=NOW))


def test_after_five_deaths_a_deployment_is_set_aside_until_somebody_looks() -> None:
    owner = tenant()
    store(owner, traffic(36, 1))
    assert all(begin(turn_of(owner), now=NOW) for _ in range(MOST_ATTEMPTS))
    assert rebuild(**owner.place, now=NOW) is None
    assert state_of(owner).quarantined_at == NOW
    assert not claim(turn_of(owner), now=NOW + timedelta(days=1))
    release(turn_of(owner))
    assert rebuild(**owner.place, now=NOW) is not None


def test_marks_of_a_deployment_in_quarantine_do_not_pile_up() -> None:
    owner, other = tenant(), tenant()
    for one in (owner, other):
        for _ in range(3):
            mark(one, {NOW, NOW - timedelta(hours=1)})
    turns.claim(turn_of(owner), now=NOW)
    Rebuild.objects.filter(**owner.place).update(quarantined_at=NOW)
    list(claimed(now=NOW))
    assert hours_marked(owner) == [NOW - timedelta(hours=1), NOW]
    assert len(hours_marked(other)) == 6


def hours_marked(owner: Tenant) -> list[datetime]:
    with access.scope(owner.organization_id):
        return sorted(StaleHour.objects.filter(**owner.place).values_list("hour", flat=True))


def test_a_full_disk_sets_no_deployment_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(41, 1))

    def full(*args: object) -> object:
        raise OperationalError from psycopg.errors.DiskFull()

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rebuilding, "compute", full)
        for _ in range(MOST_ATTEMPTS + 2):
            with pytest.raises(OperationalError):
                rebuild(**owner.place, now=NOW)
    assert rebuild(**owner.place, now=NOW) is not None


def test_an_error_is_kept_and_the_marks_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(37, 3, days=1))

    def broken(*args: object) -> object:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(rebuilding, "compute", broken)
    with pytest.raises(ZeroDivisionError):
        rebuild(**owner.place, now=NOW)
    assert state_of(owner).last_error == "builtins.ZeroDivisionError"
    assert state_of(owner).attempts == 1
    with access.scope(owner.organization_id):
        assert StaleHour.objects.filter(**owner.place).exists()


def test_a_new_price_list_makes_everything_stale() -> None:
    owner = tenant()
    store(owner, traffic(38, 5))
    rebuild(**owner.place, now=NOW)
    Rebuild.objects.filter(**owner.place).update(edition=0)
    mark_new_prices(now=NOW)
    with access.scope(owner.organization_id):
        assert StaleSince.objects.filter(**owner.place).count() == 1
    done = rebuild(**owner.place, now=NOW)
    assert done is not None
    assert done.requests == 5
    mark_new_prices(now=NOW)
    with access.scope(owner.organization_id):
        assert not StaleSince.objects.filter(**owner.place).exists()


def test_what_does_not_fit_into_one_rebuild_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(39, 60), marked=False)
    with access.scope(owner.organization_id):
        StaleSince.objects.create(**owner.place, since=NOW.date() - timedelta(days=30), marked_at=NOW)
    monkeypatch.setattr(rebuilding, "plan", lambda hours, rows: plan(hours, rows, at_once=7, in_all=25))
    seen, left = 0, 1
    while left:
        done = rebuild(**owner.place, now=NOW)
        assert done is not None
        assert done.requests < 60
        seen, left = seen + done.requests, done.left
    assert seen == 60
