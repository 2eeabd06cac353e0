"""Posts that are turned down as a whole, over HTTP: nothing is stored, and the answer says what to do."""

import base64
import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection

from apps.deployments.models import IngestKey
from apps.ingest.limits import DEFAULT
from apps.organizations import access, keys
from tests.connections import acting_as
from tests.ingest.items import array, batch, item, lines
from tests.ingest.sender import NATIVE_PATH, Answer, Sender, ask

GOOD = array([item(at=datetime.now(UTC))])


def stored(sender: Sender) -> int:
    return sender.count("traces_request")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {}, 400, "empty"),
        (b"[]", {}, 400, "empty"),
        (b"{}", {}, 400, "empty"),
        (b"null", {}, 400, "empty"),
        (b"[" * 100_000, {}, 400, "too_deep"),
        (b'{"a":' * 33, {}, 400, "too_deep"),
        (b"[1,2", {}, 400, "invalid_json"),
        (GOOD.replace(b"r-1", b"\xff\xfe"), {}, 400, "invalid_encoding"),
        (GOOD.decode().encode("utf-16"), {}, 400, "invalid_encoding"),
        (b"\xef\xbb\xbf" + GOOD, {}, 400, "invalid_encoding"),
        (gzip.compress(GOOD)[:-9], {"Content-Encoding": "gzip"}, 400, "bad_encoding"),
        (gzip.compress(GOOD)[:-8], {"Content-Encoding": "gzip"}, 400, "bad_encoding"),
        (gzip.compress(GOOD) * 2, {"Content-Encoding": "gzip"}, 400, "bad_encoding"),
        (gzip.compress(GOOD) + b"x", {"Content-Encoding": "gzip"}, 400, "bad_encoding"),
        (GOOD, {"Content-Encoding": "gzip"}, 400, "bad_encoding"),
        (gzip.compress(gzip.compress(GOOD)), {"Content-Encoding": "gzip, gzip"}, 415, "unsupported_encoding"),
        (GOOD, {"Content-Encoding": "br"}, 415, "unsupported_encoding"),
        (GOOD, {"Content-Type": "text/plain"}, 415, "unsupported_type"),
        (GOOD, {"Content-Type": ""}, 415, "unsupported_type"),
        (gzip.compress(b" " * (DEFAULT.body_bytes + 1)), {"Content-Encoding": "gzip"}, 413, "body_too_large"),
        (b" " * (DEFAULT.body_bytes + 1), {}, 413, "body_too_large"),
        (lines(batch(10_001)), {"Content-Type": "application/x-ndjson"}, 413, "too_many_items"),
    ],
)
def test_a_post_that_cannot_be_read_is_told_why(
    sender: Sender, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = sender.post(body, **headers)
    assert (answer.status, answer.code, answer.headers["content-type"]) == (status, code, "application/json")
    assert answer.json["message"].endswith(".")
    assert stored(sender) == 0
    batch_row = sender.last_batch()
    assert (batch_row["refused"], batch_row["accepted"], batch_row["rejected"]) == (code, 0, 0)
    if status == 413:
        (limit,) = answer.json["limits"].values()
        assert limit in (DEFAULT.body_bytes, DEFAULT.items)


@pytest.mark.parametrize("depth", [33, 3_000, 100_000])
def test_a_deep_body_costs_no_time(sender: Sender, depth: int) -> None:
    sender.post(b"{}")
    times = []
    for _ in range(3):
        started = time.perf_counter()
        assert sender.post(b"[" * depth).status == 400
        times.append(time.perf_counter() - started)
    assert min(times) < 0.05


def test_ten_thousand_items_are_taken_and_one_byte_at_the_cap_too(sender: Sender) -> None:
    small = [{"request_id": str(n), "received_at": datetime.now(UTC).isoformat()} for n in range(10_000)]
    body = array(small)
    padded = body[:-1] + b" " * (DEFAULT.body_bytes - len(body)) + b"]"
    assert len(padded) == DEFAULT.body_bytes
    assert sender.post(padded).counts == (10_000, 0, 0, 0)


def test_a_body_of_300_000_keys_is_rejected_as_one_item(sender: Sender) -> None:
    many = {"request_id": "a", "received_at": datetime.now(UTC).isoformat()} | {f"k{n}": 1 for n in range(300_000)}
    tagged = item("b", at=datetime.now(UTC), tags={f"k{n}": "v" for n in range(100_000)})
    answer = sender.send([many, tagged, item("c", at=datetime.now(UTC))])
    assert answer.counts == (1, 0, 0, 2)
    assert [r["code"] for r in answer.json["rejected"]] == ["unknown_field", "too_many_attributes"]
    assert len(answer.body) < 2_000


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/traces", "/v1/traces"])
def test_only_a_post_is_taken(sender: Sender, method: str, path: str) -> None:
    answer = ask(sender.url, method, path, headers={"Authorization": f"Bearer {sender.key}"})
    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "method_not_allowed", "POST")


# --- whose post it is -----------------------------------------------------------------------------------------------


def with_headers(sender: Sender, **headers: str) -> Answer:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(sender.url, "POST", NATIVE_PATH, GOOD, {"Content-Type": "application/json", **said})


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_key_is_taken_from_each_of_the_headers_clients_know(sender: Sender) -> None:
    for headers in (
        {"Authorization": f"Bearer {sender.key}"},
        {"Authorization": f"bearer  {sender.key} "},
        {"x_api_key": sender.key},
        {"Authorization": basic("anybody", sender.key)},
        {"Authorization": basic(sender.key, "")},
    ):
        assert with_headers(sender, **headers).status == 200


def test_every_wrong_key_is_refused_with_the_same_words(sender: Sender) -> None:
    unknown = keys.make().text
    half = sender.key[:-10] + unknown[-10:]
    candidates = [
        "",
        "Bearer",
        f"Bearer {unknown}",
        f"Bearer {half}",
        f"Bearer {sender.key[:-1]}",
        "Basic !!!",
        "Token x",
    ]
    answers = [with_headers(sender, Authorization=text) for text in candidates if text] + [with_headers(sender)]
    expired, revoked = another_key(sender, expires_at=datetime.now(UTC) - timedelta(seconds=1)), another_key(sender)
    with acting_as("worker"), access.scope(sender.organization_id):
        IngestKey.objects.filter(key_id=revoked[4:12]).update(revoked_at=datetime.now(UTC))
    answers += [with_headers(sender, Authorization=f"Bearer {text}") for text in (expired, revoked)]
    assert {(a.status, a.body) for a in answers} == {(401, answers[0].body)}
    assert {a.headers["www-authenticate"] for a in answers} == {'Bearer realm="ingest"'}
    assert stored(sender) == 0


def test_a_key_in_the_address_is_no_key(sender: Sender) -> None:
    path = f"{NATIVE_PATH}?key={sender.key}&api_key={sender.key}"
    assert ask(sender.url, "POST", path, GOOD, {"Content-Type": "application/json"}).status == 401


def test_a_revoked_key_is_refused_within_five_seconds(sender: Sender) -> None:
    key = another_key(sender)
    assert with_headers(sender, x_api_key=key).status == 200
    with acting_as("worker"), access.scope(sender.organization_id):
        IngestKey.objects.filter(key_id=key[4:12]).update(revoked_at=datetime.now(UTC))
    revoked_at = time.monotonic()
    while with_headers(sender, x_api_key=key).status == 200:
        assert time.monotonic() - revoked_at < 5
        time.sleep(0.2)


def test_the_use_of_a_key_is_noted(sender: Sender) -> None:
    sender.send([item(at=datetime.now(UTC))])
    with acting_as("worker"), access.scope(sender.organization_id):
        used = IngestKey.objects.get(key_id=sender.key[4:12]).last_used_at
    assert used is not None
    assert datetime.now(UTC) - used < timedelta(minutes=1)


def another_key(sender: Sender, *, expires_at: datetime | None = None) -> str:
    made = keys.make()
    with acting_as("worker"), access.scope(sender.organization_id):
        IngestKey.objects.create(
            organization_id=sender.organization_id,
            deployment_id=sender.deployment_id,
            key_id=made.key_id,
            secret_hash=made.secret_hash,
            last_four=made.last_four,
            label="another",
            created_at=datetime.now(UTC),
            expires_at=expires_at,
        )
    return made.text


# --- lies about the length ------------------------------------------------------------------------------------------


@contextmanager
def raw(sender: Sender, *headers: str) -> Iterator[socket.socket]:
    parts = urlsplit(sender.url)
    head = [f"POST {NATIVE_PATH} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {sender.key}"]
    head += ["Content-Type: application/json", *headers, "", ""]
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as sock:
        sock.sendall("\r\n".join(head).encode())
        yield sock


def everything(sock: socket.socket) -> bytes:
    """Until the server closes."""
    pieces = []
    while piece := sock.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)


def test_a_body_shorter_than_announced_is_refused_and_the_connection_closed(sender: Sender) -> None:
    with raw(sender, f"Content-Length: {len(GOOD) + 50}") as sock:
        sock.sendall(GOOD)
        sock.shutdown(socket.SHUT_WR)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 400")
    assert b'"incomplete_body"' in said
    assert stored(sender) == 0


def test_of_a_body_longer_than_announced_only_what_was_announced_is_read(sender: Sender) -> None:
    with raw(sender, f"Content-Length: {len(GOOD)}") as sock:
        sock.sendall(GOOD + GOOD)
        sock.shutdown(socket.SHUT_WR)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 200")
    assert said.count(b'"accepted":1') == 1
    assert stored(sender) == 1


def test_without_a_length_there_is_no_body(sender: Sender) -> None:
    with raw(sender, "Connection: close") as sock:
        sock.sendall(GOOD)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("length", ["-1", "1e3", "12, 13", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(sender: Sender, length: str) -> None:
    with raw(sender, f"Content-Length: {length}", "Connection: close") as sock:
        sock.sendall(GOOD)
        said = everything(sock)
    assert said[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413")
    assert stored(sender) == 0


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"5\r\nabc", b"-5\r\nabc\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n"])
def test_broken_chunks_are_refused_and_the_connection_closed(sender: Sender, chunks: bytes) -> None:
    with raw(sender, "Transfer-Encoding: chunked") as sock:
        sock.sendall(chunks)
        sock.shutdown(socket.SHUT_WR)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 400")
    assert stored(sender) == 0


def test_chunks_beyond_the_cap_are_refused_before_they_are_all_sent(sender: Sender) -> None:
    with raw(sender, "Transfer-Encoding: chunked", "Connection: close") as sock:
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        try:
            for _ in range(60):
                sock.sendall(chunk)
            sock.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 413")


def test_four_held_connections_do_not_keep_others_waiting(sender: Sender) -> None:
    held = [raw(sender, "Content-Length: 100000") for _ in range(2)]
    sockets = [one.__enter__() for one in held]
    try:
        started = time.perf_counter()
        assert sender.send([item(at=datetime.now(UTC))]).status == 200
        assert time.perf_counter() - started < 3
    finally:
        for one, sock in zip(held, sockets, strict=True):
            sock.close()
            one.__exit__(None, None, None)


@pytest.mark.kills  # takes as long as a client has to send its body
def test_a_body_that_drips_is_cut_off_by_a_real_server(sender: Sender) -> None:
    started = time.monotonic()
    with raw(sender, "Content-Length: 100000") as sock:
        sock.settimeout(DEFAULT.body_seconds + 15)
        said = b""
        while not said and time.monotonic() - started < DEFAULT.body_seconds + 10:
            sock.sendall(b" ")
            sock.settimeout(1)
            with suppress(TimeoutError):
                said = sock.recv(65_536)
    assert said.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - started < DEFAULT.body_seconds + 5


# --- when the database is not there ---------------------------------------------------------------------------------


def test_a_lock_on_the_raw_table_is_answered_503_and_the_post_can_be_sent_again(sender: Sender) -> None:
    at = datetime.now(UTC)
    sender.send([item("before", at=at)])
    with acting_as("owner"):
        connection.set_autocommit(False)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE traces_request_{at:%Y%m%d} IN ACCESS EXCLUSIVE MODE")
            answer = sender.send([item("after", at=at)])
        finally:
            connection.rollback()
            connection.set_autocommit(True)
    assert (answer.status, answer.code) == (503, "unavailable")
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert sender.send([item("after", at=at)]).counts == (1, 0, 0, 0)


def test_sessions_that_the_database_ends_cost_at_most_a_503(sender: Sender) -> None:
    sender.send([item("before", at=datetime.now(UTC))])
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = current_user")
    end_sessions()
    answer = sender.send([item("after", at=datetime.now(UTC))])
    assert answer.status in (200, 503)
    assert sender.send([item("after", at=datetime.now(UTC))]).status == 200


def end_sessions() -> None:
    """As the cluster's superuser, who alone may."""
    import psycopg

    from tests import environment
    from tollmark.embedded.postgres import Postgres

    url = Postgres(environment.HOME, durable=False, port=environment.port_of(environment.POSTGRES_PORT)).url()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE '%\\_ingest'")


def test_a_day_without_a_partition_gets_one(sender: Sender) -> None:
    at = datetime.now(UTC) - timedelta(days=391, hours=sender.organization_id % 24)
    partition = f"traces_request_{at:%Y%m%d}"
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {partition}, traces_attempt_{at:%Y%m%d}, traces_span_{at:%Y%m%d}")
    assert sender.send([item(at=at)]).counts == (1, 0, 0, 0)
    assert json.loads(sender.post(b"[]").body)["code"] == "empty"
