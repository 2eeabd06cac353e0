"""Postgres and Valkey are killed, stopped, emptied and full while posts come in."""

import signal
import time

import pytest

from tests.faults.invariant import nothing_lost
from tests.faults.load import Load
from tests.faults.reader import reader
from tests.faults.stack import Stack, wait_for

pytestmark = pytest.mark.kills
AWAY_S = 4


def test_nothing_is_lost_when_postgres_is_killed(stack: Stack) -> None:
    with Load(stack.sender()) as load:
        load.wait_for_answers(10)
        stack.stop_postgres(signal.SIGKILL)
        time.sleep(1)
        stack.start_postgres()
        load.wait_for_answers(10)
    assert set(load.statuses) <= {0, 200, 503}
    assert load.statuses[503]
    nothing_lost(stack, load)


def test_it_says_503_and_not_ready_while_postgres_is_stopped_and_recovers_with_no_hand(stack: Stack) -> None:
    with Load(stack.sender()) as load:
        load.wait_for_answers(10)
        stack.stop_postgres()
        assert stack.ask("/readyz") == 503
        assert stack.ask("/healthz") == 200
        assert stack.ask("/api/v1/deployments/gateway/metrics") in {401, 503}
        assert stack.ask("/") == 503
        time.sleep(AWAY_S)
        stack.start_postgres()
        load.wait_for_answers(10)
    assert set(load.statuses) <= {200, 503}
    wait_for(lambda: stack.ask("/readyz") == 200, "ready", seconds=20)
    nothing_lost(stack, load)


def test_posts_are_taken_when_valkey_is_killed_and_rollups_come_late(stack: Stack) -> None:
    sender = stack.sender()
    reads = reader(stack, sender)
    with Load(sender) as load:
        load.wait_for_answers(10)
        stack.stop_valkey()
        load.wait_for_answers(10)
        assert stack.ask("/readyz") == 503
        assert reads.page() == reads.figures() == 200
        assert reads.sign_in().status_code == 503, "guesses at a password are counted there"
        stack.start_valkey()
        load.wait_for_answers(10)
    assert set(load.statuses) == {200}
    nothing_lost(stack, load)


def test_posts_are_taken_when_valkey_is_emptied(stack: Stack) -> None:
    with Load(stack.sender()) as load:
        for _ in range(3):
            load.wait_for_answers(10)
            stack.redis().flushall()
    assert set(load.statuses) == {200}
    nothing_lost(stack, load)


def test_posts_are_taken_when_valkey_is_full(stack: Stack) -> None:
    sender = stack.sender()
    reads = reader(stack, sender)
    with Load(sender) as load:
        load.wait_for_answers(5)
        stack.redis().config_set("maxmemory", "1mb")
        load.wait_for_answers(20)
        assert reads.page() == reads.figures() == 200
        assert reads.sign_in().status_code == 503
        stack.redis().config_set("maxmemory", "0")
        load.wait_for_answers(5)
    assert set(load.statuses) == {200}
    nothing_lost(stack, load)
