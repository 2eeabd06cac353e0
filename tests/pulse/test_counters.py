"""Counters: of many processes together, and none lost while Redis is away."""

import os

import pytest

from apps.pulse import counters, shared
from tests.names import unique

pytestmark = pytest.mark.usefixtures("services")


def counted(name: str) -> dict[str, int]:
    return {sample: number for sample, number in (counters.stored() or {}).items() if sample.startswith(name)}


def test_numbers_of_one_sample_add_up() -> None:
    name = unique("counted").replace("-", "_")
    counters.add(name, 2, reason="a")
    assert counted(name) == {f'{name}{{reason="a"}}': 2}
    counters.add(name, 3, reason="a")
    counters.add(name, reason="b")
    counters.add(name)
    assert counted(name) == {f'{name}{{reason="a"}}': 5, f'{name}{{reason="b"}}': 1, name: 1}


def test_what_was_counted_while_redis_was_away_is_handed_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    name = unique("counted").replace("-", "_")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(shared, "ask", lambda _: None)
        counters.add(name)
        assert counters.stored() is None
        counters.add(name)
    assert counted(name) == {name: 2}


@pytest.mark.filterwarnings("ignore:This process")
def test_a_fork_counts_its_own_alone_and_each_counts_once() -> None:
    name = unique("counted").replace("-", "_")
    counters.add(name, source="parent")
    child = os.fork()
    if child == 0:
        counters.add(name, source="child")
        counters.hand_on()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert counted(name) == {f'{name}{{source="parent"}}': 1, f'{name}{{source="child"}}': 1}
