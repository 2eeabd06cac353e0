"""Postgres is there, and cannot: its disk is full, a table is locked, it has no connection left."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from tests.faults.invariant import balanced, nothing_lost
from tests.faults.load import Load
from tests.faults.reader import reader
from tests.faults.stack import Stack

pytestmark = pytest.mark.kills
MORE_THAN_THREADS = 20


@contextmanager
def locked(stack: Stack, partition: str) -> Iterator[None]:
    """One partition alone: a lock on all of them would come into a deadlock with whoever has some."""
    with stack.admin() as holder, holder.transaction():
        holder.execute(f"LOCK TABLE {partition} IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def no_connection_left(stack: Stack) -> Iterator[None]:
    """Every connection is taken, also those that the web server had."""
    with ExitStack() as taken:

        def take_all() -> None:
            while True:
                try:
                    taken.enter_context(stack.admin())
                except psycopg.OperationalError:
                    return

        first = taken.enter_context(stack.admin())
        take_all()
        for _ in range(3):
            first.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ '^tollmark (web|ingest)'"
            )
            take_all()
        yield


def test_a_lock_on_a_raw_table_is_answered_with_try_again_and_holds_no_thread_for_long(stack: Stack) -> None:
    sender = stack.sender()
    with Load(sender, threads=MORE_THAN_THREADS, pause_s=0.2, spans=False) as load:
        load.wait_for_answers(5)
        with locked(stack, f"traces_request_{datetime.now(UTC):%Y%m%d}"):
            load.wait_for(503, MORE_THAN_THREADS)
            assert stack.ask("/healthz", seconds=30) == 200
        load.wait_for_answers(5)
    assert set(load.statuses) <= {200, 503}
    balanced(load)


def test_without_a_connection_it_says_try_again_and_never_an_error(stack: Stack) -> None:
    sender = stack.sender()
    with Load(sender) as load:
        load.wait_for_answers(5)
        with no_connection_left(stack):
            load.wait_for(503, 5)
            assert stack.ask("/") == stack.ask("/readyz") == 503
            assert stack.ask("/healthz") == 200
        load.wait_for_answers(5)
    assert set(load.statuses) <= {200, 503}
    nothing_lost(stack, load)


def test_with_a_full_disk_posts_are_refused_pages_are_read_and_it_goes_on_when_there_is_room(stack: Stack) -> None:
    sender = stack.sender()
    reads = reader(stack, sender)
    with Load(sender) as load:
        load.wait_for_answers(5)
        with stack.full_disk():
            load.wait_for(503, 5)
            assert reads.page() == reads.figures() == 200
            time.sleep(3)
        stack.postgres_is_kept_up()
        load.wait_for_answers(10)
    assert set(load.statuses) <= {0, 200, 503}
    nothing_lost(stack, load)
