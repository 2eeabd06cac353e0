"""gunicorn is killed, or asked to end, while posts come in."""

import signal

import pytest

from tests.faults.invariant import nothing_lost
from tests.faults.load import Load
from tests.faults.stack import Stack, kill, wait_for

pytestmark = pytest.mark.kills


def test_nothing_is_lost_when_its_workers_are_killed_in_the_midst_of_posts(stack: Stack) -> None:
    with Load(stack.sender(), threads=4) as load:
        for _ in range(3):
            load.wait_for_answers(10)
            kill(*stack.children_of("web"))
        load.wait_for_answers(10)
    assert set(load.statuses) <= {0, 200, 502, 503}
    nothing_lost(stack, load)


def test_nothing_is_lost_when_its_master_is_killed_and_it_is_back_in_ten_seconds(stack: Stack) -> None:
    with Load(stack.sender()) as load:
        load.wait_for_answers(10)
        before = stack.up.children()["web"]
        kill(before)
        wait_for(lambda: stack.up.children().get("web", before) != before, "another master", seconds=10)
        load.wait_for_answers(10)
    nothing_lost(stack, load)


def test_posts_under_way_are_answered_when_it_is_asked_to_end(stack: Stack) -> None:
    with Load(stack.sender()) as load:
        load.wait_for_answers(10)
        before = stack.up.children()["web"]
        kill(before, how=signal.SIGTERM)
        wait_for(lambda: stack.up.children().get("web", before) != before, "another master", seconds=45)
        load.wait_for_answers(10)
    assert set(load.statuses) <= {0, 200, 503}
    nothing_lost(stack, load)
