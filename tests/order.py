"""Which file is begun first where several processes share the tests.

A file stays in one process, and xdist would begin with the files of most tests. The longest have few: begun last, they would
leave the other processes with nothing to do.
"""

from collections import Counter

import pytest

FIRST = (
    "tests/rehearsal/test_rehearsal.py",
    "tests/faults/test_slow_clients.py",
    "tests/operations/test_killed_children.py",  # xdist gives it to the process that has only one test so far
    "tests/faults/test_servers_away.py",  # those of one stack go on where it runs already
    "tests/faults/test_database_struggles.py",
    "tests/faults/test_web_killed.py",
    "tests/faults/test_worker_killed.py",
    "tests/dashboards/test_browser.py",
    "tests/dashboards/test_newcomer.py",
    "tests/tollmark/test_up.py",
    "tests/tollmark/test_restore.py",
    "tests/faults/test_many_labels.py",
    "tests/dashboards/test_schema.py",
    "tests/ingest/test_any_order.py",
    "tests/ingest/test_any_bytes.py",
)
"""Minutes, or with few tests most of one."""


def longest_first(items: list[pytest.Item]) -> None:
    """Those named above in their order, then by how many tests they have; tests of a file stay together, in their order."""
    counts = Counter(file_of(item) for item in items)
    items.sort(key=lambda item: (_place(file_of(item)), -counts[file_of(item)], file_of(item)))


def file_of(item: pytest.Item) -> str:
    return item.nodeid.split("::", maxsplit=1)[0]


def _place(file: str) -> int:
    return FIRST.index(file) if file in FIRST else len(FIRST)
