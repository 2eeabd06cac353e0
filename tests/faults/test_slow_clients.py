"""Clients that do not go on: more of them than there are threads, and everybody else is still answered."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from tests.faults.invariant import balanced
from tests.faults.load import Load
from tests.faults.stack import Stack
from tests.ingest.items import array, item
from tests.ingest.sender import NATIVE_PATH, Sender

pytestmark = pytest.mark.kills
MORE_THAN_THREADS = 20

SILENT = b""
HALF_A_HEADER = b"POST /api/v1/traces HTTP/1.1\r\nHost: x\r\nX-Half: "
HALF_A_FORM = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\nContent-Length: 1000\r\n\r\nlogin="
)


@contextmanager
def holding(url: str, said: bytes, *, count: int = MORE_THAN_THREADS) -> Iterator[list[socket.socket]]:
    """So many connections that say this and no more."""
    with ExitStack() as open_ones:
        held = [open_ones.enter_context(_connected(url)) for _ in range(count)]
        for one in held:
            one.sendall(said)
        yield held


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60)


def _post(sender: Sender, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"POST {NATIVE_PATH} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {sender.key}", *headers]
    return "\r\n".join([*lines, "Content-Type: application/json", "", ""]).encode() + body


def _answer(url: str, said: bytes, *, then: str = "wait") -> bytes:
    """All that comes back until the server closes; `then` leave: nothing more will be sent."""
    with _connected(url) as connection:
        connection.sendall(said)
        if then == "leave":
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("said", [HALF_A_HEADER, HALF_A_FORM], ids=["half a header", "half a form"])
def test_more_slow_clients_than_threads_do_not_keep_others_from_being_answered(stack: Stack, said: bytes) -> None:
    with holding(stack.url, SILENT), holding(stack.url, said) as held:
        with Load(stack.sender(), threads=1, spans=False) as load:
            load.wait_for_answers(3)
        ends = {b"".join(iter(lambda one=one: one.recv(65_536), b""))[:12] for one in held}  # type: ignore[misc]
    assert ends <= {b"", b"HTTP/1.1 400", b"HTTP/1.1 403"}, "closed by the server"
    balanced(load)


def test_a_body_that_is_shorter_than_announced_is_refused_and_nothing_of_it_is_stored(stack: Stack) -> None:
    sender, body = stack.sender(), array([item("short")])
    said = _post(sender, f"Content-Length: {len(body) + 10}", body=body)
    assert b" 400 " in _answer(stack.url, said, then="leave").split(b"\r\n")[0]
    assert sender.count("traces_request") == 0


def test_what_follows_a_body_that_is_longer_than_announced_is_no_request(stack: Stack) -> None:
    sender, body = stack.sender(), array([item("long")])
    said = _post(sender, f"Content-Length: {len(body)}", body=body + b"and more\r\n\r\n")
    first, *rest = _answer(stack.url, said).split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200")
    assert [one[:3] for one in rest] == [b"400"]
    assert sender.count("traces_request") == 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((), array([item("absent")])),
        (("Content-Length: -5",), b""),
        (("Content-Length: 3", "Content-Length: 4"), b"[1]"),
        (("Content-Length: 3", "Transfer-Encoding: chunked"), b"3\r\n[1]\r\n0\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"zz\r\n[1]\r\n0\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"fff\r\n[1]"),
    ],
    ids=["no length", "negative", "two lengths", "length and chunks", "no chunk size", "chunk too short"],
)
def test_a_length_that_cannot_be_is_refused_and_the_connection_closed(
    stack: Stack, headers: tuple[str, ...], body: bytes
) -> None:
    sender, began = stack.sender(), time.monotonic()
    said = _answer(stack.url, _post(sender, *headers, "Connection: close", body=body), then="leave")
    assert said.startswith(b"HTTP/1.1 400"), said[:200]
    assert sender.count("traces_request") == 0
    assert time.monotonic() - began < 30, "it did not wait for what never came"
