"""The client keeps its connection and its patience, and tells the two kinds of no apart."""

import socket
from collections import Counter

import pytest

from apps.demo.post import Poster, RefusedError, Tally, UnreachableError
from tests.demo.scripted import serving

LINE = b'{"request_id":"r","received_at":"2026-11-24T10:00:00Z"}\n'
STORED = '{"accepted":1,"duplicate":0,"conflict":0,"rejected":[]}'
KEY = "tmk_a_b"


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def test_it_sends_gzipped_lines_with_the_key_over_one_connection() -> None:
    with serving() as server, Poster(server.url) as poster:
        for _ in range(3):
            assert poster.post(LINE * 2, key=KEY).accepted == 2
        assert len(server.connections) == 1
    (post, *_) = server.posts
    assert post.path == "/api/v1/traces"
    assert post.headers["Authorization"] == f"Bearer {KEY}"
    assert post.headers["Content-Type"] == "application/x-ndjson"
    assert post.headers["Content-Encoding"] == "gzip"
    assert [request.request_id for request in post.requests] == ["r", "r"]


def test_the_whole_address_of_the_endpoint_is_understood_too() -> None:
    with serving() as server, Poster(f"{server.url}/base/api/v1/traces/") as poster:
        poster.post(LINE, key=KEY)
    assert server.posts[0].path == "/base/api/v1/traces"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(status: int) -> None:
    waits = Waits()
    with serving((status, {"Retry-After": "7"}, "busy"), (status, {}, "busy")) as server:
        answer = Poster(server.url, sleep=waits).post(LINE, key=KEY)
    assert answer.accepted == 1
    assert len(server.posts) == 3
    assert 7 <= waits[0] < 7.5
    assert 1 <= waits[1] < 1.5


def test_a_lost_connection_is_made_again() -> None:
    with serving((200, {"Connection": "close"}, STORED)) as server, Poster(server.url, sleep=Waits()) as poster:
        poster.post(LINE, key=KEY)
        poster.post(LINE, key=KEY)
    assert len(server.connections) == 2


def test_patience_ends() -> None:
    waits = Waits()
    busy = [(503, {"Retry-After": "50"}, "closing")] * 4
    with serving(*busy) as server, pytest.raises(UnreachableError, match="503: closing"):
        Poster(server.url, patience_s=120, sleep=waits).post(LINE, key=KEY)
    assert len(waits) == 2


def test_nobody_there_is_said_with_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UnreachableError, match=f"{url}: ConnectionRefusedError"):
            Poster(url, patience_s=1, sleep=Waits()).post(LINE, key=KEY)


@pytest.mark.parametrize("status", [400, 401, 413, 500])
def test_a_no_for_good_is_not_asked_again(status: int) -> None:
    said = pytest.raises(RefusedError, match=f'answered {status}: {{"code":"why"}}')
    with serving((status, {}, '{"code":"why"}')) as server, said:
        Poster(server.url, sleep=Waits()).post(LINE, key=KEY)
    assert len(server.posts) == 1


def test_an_answer_of_something_else_is_refused() -> None:
    with serving((200, {}, "<html>hello</html>")) as server, pytest.raises(RefusedError, match="ingest endpoint"):
        Poster(server.url).post(LINE, key=KEY)


@pytest.mark.parametrize("url", ["ftp://example.com", "127.0.0.1:8000", "http://"])
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(RefusedError, match="no http"):
        Poster(url)


def test_answers_add_up_with_their_reasons() -> None:
    tally = Tally()
    text = (
        '{"accepted":3,"duplicate":2,"conflict":1,"rejected":[{"index":4,"code":"too_old","message":"Too old."},'
        '{"index":5,"code":"future","message":"Too new."}],"more":[]}'
    )
    with serving((200, {}, text), (200, {}, text)) as server, Poster(server.url) as poster:
        tally.add(poster.post(LINE, key=KEY))
        tally.add(poster.post(LINE, key=KEY))
    assert (tally.accepted, tally.duplicate, tally.conflict) == (6, 4, 2)
    assert tally.rejected == Counter(too_old=2, future=2)
    assert tally.first_message == "Too old."
    assert str(tally) == ("6 accepted, 4 duplicate, 2 in conflict, 2 rejected as too_old, 2 rejected as future")
