"""A small load client that behaves as an OTLP exporter does: one post at a time a thread, kept until it is answered, sent
again after 429, 502, 503, 504 and broken connections, and dropped after any other refusal."""

import http.client
import itertools
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.ingest.items import attempt, item
from tests.ingest.sender import NATIVE_PATH, OTLP_PATH, PROTOBUF, Sender
from tests.ingest.test_otlp import say

AGAIN = frozenset({429, 502, 503, 504})
LONGEST_WAIT_S = 0.5
"""Of Retry-After no more is waited, to keep tests short; a real exporter waits all of it."""
GIVES_UP_AFTER_S = 90.0
"""After the load ended; what is not answered then is still held."""
ITEMS = 25


@dataclass
class Account:
    """What the client knows of its items; requests by id, spans by (trace id, span id) in hexadecimal."""

    sent: set[Any] = field(default_factory=set)
    rejected: dict[Any, str] = field(default_factory=dict)
    held: set[Any] = field(default_factory=set)
    dropped: list[tuple[int, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    """0 for a connection that broke."""
    without_retry_after: int = 0


@dataclass(frozen=True)
class Batch:
    path: str
    content_type: str
    body: bytes
    keys: list[Any]


def native_batch(prefix: str, rng: random.Random, *, count: int = ITEMS) -> Batch:
    """One of the items cannot be stored."""
    now = datetime.now(UTC)
    items = [
        item(
            f"{prefix}-{n}",
            at=now - timedelta(seconds=rng.randrange(7_000)),
            attempts=[attempt(model=rng.choice(("gpt-4o", "gpt-4o-mini")), latency_ms=rng.randrange(1, 5_000))],
        )
        for n in range(count)
    ]
    items[rng.randrange(count)]["latency_ms"] = -1
    return Batch(NATIVE_PATH, "application/json", json.dumps(items).encode(), [one["request_id"] for one in items])


def span_batch(rng: random.Random, *, count: int = ITEMS) -> Batch:
    """Traces of one model call each; one has a span that ends before it starts."""
    message, keys = ExportTraceServiceRequest(), []
    group = message.resource_spans.add().scope_spans.add()
    group.scope.name = "litellm"
    for n in range(count):
        trace, name = rng.randbytes(16), rng.randbytes(8)
        span = group.spans.add(trace_id=trace, span_id=name, name="chat cheap", kind=3)
        ended = time.time_ns() - rng.randrange(3_600) * 10**9
        span.start_time_unix_nano, span.end_time_unix_nano = ended - 10**9, ended
        say(span, "gen_ai.operation.name", "chat")
        say(span, "litellm.call_id", trace.hex())
        say(span, "gen_ai.provider.name", "openai")
        say(span, "litellm.provider.model", "openai/gpt-4o-mini")
        say(span, "gen_ai.usage.input_tokens", 100)
        say(span, "gen_ai.usage.output_tokens", 10)
        if n == 0:
            span.end_time_unix_nano = span.start_time_unix_nano - 1
        keys.append((trace.hex(), name.hex()))
    return Batch(OTLP_PATH, PROTOBUF, bytes(message.SerializeToString()), keys)


class Load:
    """Load from several threads as long as the block runs; at its end every batch is sent until it is answered."""

    def __init__(self, sender: Sender, *, threads: int = 3, pause_s: float = 0.02, spans: bool = True) -> None:
        self.sender = sender
        self.requests, self.spans = Account(), Account()
        self._pause_s, self._with_spans = pause_s, spans
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._ended_at = float("inf")
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended_at = time.monotonic()
        self._stop.set()
        for thread in self._threads:
            thread.join(GIVES_UP_AFTER_S + 60)

    @property
    def accounts(self) -> tuple[Account, Account]:
        return self.requests, self.spans

    @property
    def statuses(self) -> Counter[int]:
        return self.requests.statuses + self.spans.statuses

    def wait_for_answers(self, more: int = 5, *, seconds: float = 60) -> None:
        """Until so many further posts were answered 200."""
        self.wait_for(200, more, seconds=seconds)

    def wait_for(self, status: int, more: int, *, seconds: float = 60) -> None:
        wanted, deadline = self.statuses[status] + more, time.monotonic() + seconds
        while self.statuses[status] < wanted:
            assert time.monotonic() < deadline, f"not enough {status} within {seconds:g} s: {self.statuses}"
            time.sleep(0.05)

    def _run(self, number: int) -> None:
        rng = random.Random()
        link = Link(self.sender)
        for count in itertools.count():
            if self._stop.is_set():
                return
            spans = self._with_spans and count % 3 == 2
            batch = span_batch(rng) if spans else native_batch(f"{number}-{count}-{rng.getrandbits(32):x}", rng)
            self._deliver(link, batch, self.spans if spans else self.requests)
            if count % 5 == 4:  # an exporter that missed the answer
                self._deliver(link, batch, self.spans if spans else self.requests)
            time.sleep(self._pause_s)

    def _deliver(self, link: "Link", batch: Batch, account: Account) -> None:
        with self._lock:
            account.sent.update(batch.keys)
            account.held.update(batch.keys)
        for tries in itertools.count():
            status, headers, body = link.post(batch)
            with self._lock:
                account.statuses[status] += 1
                account.without_retry_after += status in {429, 503} and "retry-after" not in headers
                if status == 200:
                    account.held.difference_update(batch.keys)
                    account.rejected.update(rejections(batch, body))
                    return
                if status and status not in AGAIN:
                    account.held.difference_update(batch.keys)
                    account.dropped.append((status, body[:300].decode(errors="replace")))
                    return
            if time.monotonic() > self._ended_at + GIVES_UP_AFTER_S:
                return
            asked = float(headers.get("retry-after", 0)) or 0.05 * 2 ** min(tries, 5)
            time.sleep(min(asked, LONGEST_WAIT_S) * random.uniform(0.5, 1))


def rejections(batch: Batch, body: bytes) -> dict[Any, str]:
    """By key, the reason. Of spans the protocol tells how many and the first one."""
    if batch.path == NATIVE_PATH:
        return {batch.keys[one["index"]]: one["code"] for one in json.loads(body)["rejected"]}
    answer = ExportTraceServiceResponse()
    answer.ParseFromString(body)
    count = answer.partial_success.rejected_spans
    assert count in {0, 1}, answer.partial_success
    return {batch.keys[0]: answer.partial_success.error_message} if count else {}


class Link:
    """One kept-alive connection of one thread, made anew when it broke."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._parts = urlsplit(sender.url)
        self._open: http.client.HTTPConnection | None = None

    def post(self, batch: Batch) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body); status 0 when the connection broke or nobody answered in 30 s."""
        if self._open is None:
            self._open = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=30)
        headers = {"Authorization": f"Bearer {self._sender.key}", "Content-Type": batch.content_type}
        try:
            self._open.request("POST", batch.path, batch.body, headers)
            answer = self._open.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        except (OSError, http.client.HTTPException):
            self._open.close()
            self._open = None
            return 0, {}, b""
