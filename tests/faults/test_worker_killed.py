"""The Celery worker is killed while it rebuilds: its pool's process, as by the kernel's memory killer, and the whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.invariant import nothing_lost
from tests.faults.load import Load
from tests.faults.stack import Stack, kill, wait_for

pytestmark = pytest.mark.kills

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'tollmark worker' AND wait_event_type = 'Lock' AND query ~ %s
"""


@contextmanager
def standing_still(stack: Stack, table: str, query: str) -> Iterator[None]:
    """The worker is in the midst of what reads `table`, and comes no further until the block ends."""
    with stack.admin() as holder, stack.admin() as watcher:
        holder.autocommit = False
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

        def stands() -> bool:
            (count,) = watcher.execute(WAITING, [query]).fetchone() or (0,)
            return bool(count)

        wait_for(stands, f"the worker waits for {table}", seconds=60)
        yield
        holder.rollback()


def test_nothing_is_lost_when_the_worker_is_killed_in_the_midst_of_a_rebuild(stack: Stack) -> None:
    sender = stack.sender()
    with Load(sender) as load:
        load.wait_for_answers(10)
        with standing_still(stack, "traces_attempt", "attempt"):
            kill(stack.up.children()["worker"])
        load.wait_for_answers(5)
    nothing_lost(stack, load)


def test_nothing_is_lost_when_a_process_of_its_pool_is_killed_in_the_midst_of_a_rebuild(stack: Stack) -> None:
    sender = stack.sender()
    with Load(sender) as load:
        load.wait_for_answers(10)
        with standing_still(stack, "traces_attempt", "attempt"):
            kill(*stack.children_of("worker"))
        load.wait_for_answers(5)
    nothing_lost(stack, load)
