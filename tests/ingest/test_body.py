"""Reading a body under a cap and a deadline, on real sockets."""

import io
import socket
import threading
import time
import tracemalloc
from typing import Any

import pytest
import zstandard

from apps.ingest import body, coding
from apps.ingest.refusals import PostError


class FromSocket:
    """What a server hands on: reads block until there is enough, as gunicorn's do."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rb")

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def environ(stream: Any, *, length: int | None, sock: socket.socket | None = None) -> dict[str, Any]:
    said = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return {"wsgi.input": stream, "gunicorn.socket": sock, **said}


def refusal(made: dict[str, Any], *, seconds: float = 5) -> PostError:
    with pytest.raises(PostError) as caught:
        body.read(made, max_bytes=1_000, seconds=seconds)
    return caught.value


@pytest.mark.parametrize("length", [1_000, None])
def test_it_takes_a_body_at_the_cap_and_refuses_one_byte_more(length: int | None) -> None:
    assert body.read(environ(io.BytesIO(b"a" * 1_000), length=length), max_bytes=1_000, seconds=5) == b"a" * 1_000
    refused = refusal(environ(io.BytesIO(b"a" * 1_001), length=length and length + 1))
    assert (refused.status, refused.code, refused.details) == (413, "body_too_large", {"limits": {"max_bytes": 1_000}})


def test_it_reads_on_for_a_while_so_that_the_client_sees_the_answer() -> None:
    stream = io.BytesIO(b"a" * 1_500)
    assert refusal(environ(stream, length=1_500)).status == 413
    assert stream.read() == b""


@pytest.mark.parametrize("length", ["x", "1e3", "١٢"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    made = {"wsgi.input": io.BytesIO(b""), "CONTENT_LENGTH": length}
    assert refusal(made).code in ("bad_length", "incomplete_body")


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "a byte now and then"])
def test_a_body_that_does_not_come_ends_at_the_deadline_and_frees_the_worker(drip: bool) -> None:
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def send() -> None:
        while drip and not stop.wait(0.05):
            theirs.send(b"a")

    sender = threading.Thread(target=send)
    sender.start()
    started = time.monotonic()
    refused = refusal(environ(FromSocket(ours), length=900, sock=ours), seconds=1)
    took = time.monotonic() - started
    stop.set()
    sender.join()
    assert (refused.status, refused.code) == (408, "body_too_slow")
    assert 0.9 < took < 3
    ours.sendall(b"the answer can still be written")
    assert theirs.recv(100) == b"the answer can still be written"
    ours.close()
    theirs.close()


def test_a_client_that_goes_away_has_sent_an_incomplete_body() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"half")
    theirs.close()
    assert refusal(environ(FromSocket(ours), length=900, sock=ours)).code == "incomplete_body"
    ours.close()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_takes_less_memory_than_twice_the_cap(encoding: str) -> None:
    import gzip

    cap = 10_000_000
    bomb = gzip.compress(bytes(100_000_000), 9) if encoding == "gzip" else zstandard.compress(bytes(100_000_000), 19)
    assert len(bomb) < 200_000
    tracemalloc.start()
    with pytest.raises(PostError) as caught:
        coding.decode(bomb, encoding, max_bytes=cap)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.status == 413
    assert peak < 2 * cap
