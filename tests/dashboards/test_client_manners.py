"""How the Python client behaves towards servers that are busy, broken, or not what they seem."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from apps.dashboards.client.transport import TollmarkError, Transport


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b'{"results": [], "next": null}'
    headers: Mapping[str, str] = MappingProxyType({})
    cut: bool = False
    """Says that there is more than it sends."""


class Scripted(ThreadingHTTPServer):
    """Gives one answer after the other, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        answer = self.server.answers.pop(0)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + (9 if answer.cut else 0)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is said."""


@pytest.fixture(scope="module")
def running() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(running: Scripted) -> Scripted:
    running.answers.clear()
    running.asked.clear()
    return running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def transport(server: Scripted, slept: list[float]) -> Transport:
    return Transport(server.url, token="tmk_t", patience=60.0, sleep=slept.append)


def test_it_comes_back_when_it_is_told_to(server: Scripted, transport: Transport, slept: list[float]) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    server.answers += [
        Answer(429, b"{}", {"Retry-After": "7"}),
        Answer(503, b"away\n", {"Retry-After": soon}),
        Answer(503, b"away\n", {"Retry-After": "whenever"}),
        Answer(200, b'{"n": 1}'),
    ]
    assert transport._get("token", "/x", {}) == {"n": 1}
    assert slept[0] == 7.0
    assert 15.0 < slept[1] <= 20.0
    assert slept[2] == 4.0


def test_its_patience_ends(server: Scripted, transport: Transport, slept: list[float]) -> None:
    server.answers += [Answer(429, b'{"detail": "Too many."}', {"Retry-After": "40"})] * 2
    with pytest.raises(TollmarkError, match="429: Too many") as refused:
        transport._get("token", "/x", {})
    assert (slept, refused.value.retry_after) == ([40.0], 40.0)


def test_what_is_wrong_is_not_asked_twice(server: Scripted, transport: Transport, slept: list[float]) -> None:
    server.answers += [Answer(500, b"<h1>Server Error</h1>", {"Retry-After": "1"}), Answer(404, b"[]")]
    with pytest.raises(TollmarkError, match="500: <h1>"):
        transport._get("token", "/x", {})
    with pytest.raises(TollmarkError, match="404: "):
        transport._get("token", "/x", {})
    assert slept == []


def test_what_has_not_changed_is_remembered_by_address(server: Scripted, transport: Transport) -> None:
    server.answers += [Answer(200, b'{"n": [1]}', {"ETag": 'W/"a"'}), Answer(304, b""), Answer(200, b'{"n": [2]}')]
    first = transport._get("token", "/x", {"from": "2026-11-01"})
    first["n"].append("mine")
    assert transport._get("token", "/x", {"from": "2026-11-01"}) == {"n": [1]}
    assert transport._get("token", "/x", {"from": "2026-11-02"}) == {"n": [2]}
    assert [headers.get("if-none-match") for _, headers in server.asked] == [None, 'W/"a"', None]


def test_it_remembers_so_many_and_no_more(server: Scripted) -> None:
    transport = Transport(server.url, token="tmk_t", remember=2)
    server.answers += [Answer(200, b"{}", {"ETag": '"a"'})] * 4
    for number in (1, 2, 3, 1):
        transport._get("token", "/x", {"n": number})
    assert "if-none-match" not in server.asked[-1][1]
    assert len(transport._known) == 2


def test_a_token_follows_no_redirect_and_no_next_page_to_another_host(server: Scripted, transport: Transport) -> None:
    server.answers += [Answer(302, b"", {"Location": f"{server.url}/elsewhere"})]
    with pytest.raises(TollmarkError, match="302: "):
        transport._get("token", "/x", {})
    page = b'{"results": [%d], "next": "https://elsewhere.example/y?cursor=abc&environment="}'
    server.answers += [Answer(200, page % 1), Answer(200, b'{"results": [2], "next": null}')]
    assert list(transport._each("token", "/x", {"limit": 1})) == [1, 2]
    assert [path for path, _ in server.asked] == ["/x", "/x?limit=1", "/x?cursor=abc&environment="]


def test_a_table_has_one_header_however_many_pages(server: Scripted, transport: Transport) -> None:
    further = {"Link": '<https://elsewhere.example/x?cursor=abc>; rel="next"'}
    server.answers += [Answer(200, b'a,b\r\n1,"x\r\ny"\r\n', further), Answer(200, b"a,b\r\n2,z\r\n")]
    assert "".join(transport._csv("token", "/x", {})) == 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n'


def test_half_an_answer_is_none(server: Scripted, transport: Transport) -> None:
    server.answers += [
        Answer(200, b'{"n": 1}', cut=True),
        Answer(200, b'{"n": 1}\n', cut=True),
        Answer(200, b"<p>Hello"),
    ]
    with pytest.raises(TollmarkError, match="0: "):
        transport._get("token", "/x", {})
    with pytest.raises(TollmarkError, match="0: The answer was cut short"):
        list(transport._rows("token", "/x", {}))
    with pytest.raises(TollmarkError, match="0: The answer is not JSON"):
        transport._get("token", "/x", {})


def test_where_nobody_is_it_says_so() -> None:
    with pytest.raises(TollmarkError, match="0: ") as refused:
        Transport("http://127.0.0.1:9", token="tmk_t")._get("token", "/x", {})
    assert refused.value.status == 0


def test_what_would_be_read_in_two_ways_is_not_sent(transport: Transport) -> None:
    from apps.dashboards.client import transport as module

    with pytest.raises(ValueError, match="time zone"):
        transport._get("token", "/x", {"since": datetime(2026, 11, 1)})  # noqa: DTZ001
    with pytest.raises(TypeError):
        transport._post("token", "/x", {}, "text", {})
    for name in ("", ".", ".."):
        with pytest.raises(ValueError, match="names nothing"):
            module._part(name)
    assert module._part("a/b?c") == "a%2Fb%3Fc"
