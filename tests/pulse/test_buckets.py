"""Token buckets on a real Valkey, whose clock they go by."""

import pytest
from redis import RedisError

from apps.pulse import buckets, shared
from apps.pulse.buckets import Allowance, take
from tests.names import unique

pytestmark = pytest.mark.usefixtures("services")
SLOW = Allowance(rate=0.001, burst=3)
NONE = Allowance(rate=0, burst=1)


def test_a_burst_is_taken_and_then_waited_for() -> None:
    owner = unique("bucket")
    assert [take(owner, [(SLOW, 1)]) for _ in range(3)] == [0, 0, 0]
    wait = take(owner, [(SLOW, 1)])
    assert wait is not None
    assert 990 < wait <= 1_000


def test_what_is_larger_than_the_bucket_is_taken_once_and_paid_for_later() -> None:
    owner = unique("bucket")
    assert take(owner, [(SLOW, 13)]) == 0
    wait = take(owner, [(SLOW, 1)])
    assert wait is not None
    assert 10_990 < wait <= 11_000


def test_a_refusal_takes_nothing_from_the_other_bucket() -> None:
    owner = unique("bucket")
    posts, items = Allowance(0.001, 2), Allowance(0.001, 10)
    assert take(owner, [(posts, 1), (items, 10)]) == 0
    assert take(owner, [(posts, 1), (items, 1)])
    assert take(owner, [(posts, 1), (NONE, 1)]) == 0
    assert take(owner, [(posts, 1), (NONE, 1)])


def test_tokens_come_back_and_an_idle_bucket_is_forgotten() -> None:
    owner = unique("bucket")
    fast = Allowance(rate=1e9, burst=2)
    assert [take(owner, [(fast, 2)]) for _ in range(5)] == [0] * 5
    assert 0 < int(shared.client().pttl(f"bucket:{owner}")) <= 1_001


def test_a_flushed_redis_knows_the_script_again() -> None:
    take(unique("bucket"), [(SLOW, 1)])
    shared.client().script_flush()
    assert take(unique("bucket"), [(SLOW, 1)]) == 0


def test_without_redis_it_says_so_and_asks_no_more_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def away(_redis: object) -> object:
        asked.append(1)
        raise RedisError

    monkeypatch.setattr(shared, "_quiet_until", 0.0)
    monkeypatch.setattr(buckets, "_script", away)
    assert take(unique("bucket"), [(SLOW, 1)]) is None
    assert take(unique("bucket"), [(SLOW, 1)]) is None
    assert len(asked) == 1
