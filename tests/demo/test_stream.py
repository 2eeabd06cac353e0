"""The same stretch of time gives the same bytes, however it is cut."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import json

from apps.demo.simulate.happen import longest_us
from apps.demo.simulate.stream import Batch, batches, happenings
from apps.traces.nouns import Request
from tests.demo.now import BEGAN, CAST, NOW, SEED, START, find

CHAT = find("demo-acme/support-chat")
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def posted(since: datetime, until: datetime, *, seed: int = SEED, size: int = 10_000) -> list[Batch]:
    return list(batches(deployment=CHAT, since=since, until=until, began=BEGAN, seed=seed, size=size))


def read(body: bytes) -> list[Request]:
    return json.Decoder(Request).decode_lines(body)


def test_the_same_stretch_gives_the_same_bytes() -> None:
    assert posted(START, NOW) == posted(START, NOW)


def test_another_seed_gives_others() -> None:
    assert posted(START, NOW) != posted(START, NOW, seed=2)


@pytest.mark.parametrize("cut", [MIDNIGHT - timedelta(days=9), MIDNIGHT - timedelta(hours=31, minutes=7)])
def test_topping_up_continues_where_it_stopped_and_repeats_what_was_sent_word_for_word(cut: datetime) -> None:
    whole = [line for batch in posted(START, NOW) for line in batch.body.splitlines()]
    before = [line for batch in posted(START, cut) for line in batch.body.splitlines()]
    after = [line for batch in posted(cut - timedelta(hours=2), NOW) for line in batch.body.splitlines()]
    again = set(before) & set(after)
    assert set(before) | set(after) == set(whole)
    assert again
    assert len(before) + len(after) - len(again) == len(whole)


def test_a_request_still_under_way_is_left_for_later() -> None:
    (request, *_) = (one for batch in posted(MIDNIGHT, NOW) for one in read(batch.body))
    assert request.latency_ms is not None
    halfway = request.received_at + timedelta(milliseconds=request.latency_ms / 2)
    ended = request.received_at + timedelta(milliseconds=request.latency_ms)
    assert request.request_id not in {one.request_id for batch in posted(MIDNIGHT, halfway) for one in read(batch.body)}
    assert request.request_id in {one.request_id for batch in posted(MIDNIGHT, ended) for one in read(batch.body)}


def test_no_request_takes_longer_than_what_is_posted_again() -> None:
    for organization in CAST:
        for deployment in organization.deployments:
            made = happenings(deployment=deployment, since=NOW - timedelta(days=9), until=NOW, began=BEGAN, seed=SEED)
            longest = max((one.latency_us for day in made for one in day), default=0)
            assert longest <= longest_us(deployment)


def test_batches_are_full_but_the_last_and_lose_nothing() -> None:
    small = posted(START, NOW, size=1_000)
    assert [batch.requests for batch in small[:-1]] == [1_000] * (len(small) - 1)
    assert b"".join(batch.body for batch in small) == b"".join(batch.body for batch in posted(START, NOW))


def test_every_line_is_a_request_of_the_native_format_with_an_id_of_its_own() -> None:
    for organization in CAST:
        for deployment in organization.deployments:
            found = [
                one
                for batch in batches(
                    deployment=deployment, since=NOW - timedelta(days=5), until=NOW, began=BEGAN, seed=SEED
                )
                for one in read(batch.body)
            ]
            assert len({one.request_id for one in found}) == len(found)
            assert all(NOW - timedelta(days=5) <= one.received_at <= NOW for one in found)
