"""Posts as a gateway sends them: deterministic, and never the same request twice. Bodies are built before the clock."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.traces.nouns import Attempt, Request, Usage

MODELS = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-20250514"),
    ("google", "gemini-2.5-flash"),
    ("mistral", "mistral-large-latest"),
)
TASKS = ("chat", "summarize", "extract", "classify", "code", "rag", "translate", "agent")
RETRIED = 0.09
"""Share of requests with a second attempt; the others have one."""
HOURS = 6
"""Over how many hours before now the requests are spread."""
NDJSON, JSON, PROTOBUF = "application/x-ndjson", "application/json", "application/x-protobuf"
NATIVE_PATH, SPANS_PATH, ROWS_PATH = "/api/v1/traces", "/v1/traces", "/v1/litellm"
Said = str | float
"""Value of an attribute."""
encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True)
class Body:
    data: bytes
    items: int
    kind: str
    coding: str = ""
    path: str = ""
    """Empty: what its kind says."""

    @property
    def posted_to(self) -> str:
        return self.path or (SPANS_PATH if self.kind == PROTOBUF else NATIVE_PATH)

    @property
    def is_facts(self) -> bool:
        """Of spans or of calls, and no requests yet."""
        return self.posted_to != NATIVE_PATH


def requests(count: int, *, prefix: str, now: datetime) -> list[Request]:
    draw = random.Random(prefix)  # noqa: S311  # load, not secrets
    return [_request(f"{prefix}-{n:06d}", draw, now) for n in range(count)]


def _request(request_id: str, draw: random.Random, now: datetime) -> Request:
    attempts = [_attempt(draw)]
    if draw.random() < RETRIED:
        attempts.insert(0, Attempt(provider="openai", model="gpt-4o", status=429, error_type="429", latency_ms=40.5))
    return Request(
        request_id=request_id,
        received_at=now.astimezone(UTC) - timedelta(microseconds=draw.randrange(1, HOURS * 3_600_000_000)),
        attempts=attempts,
        task=draw.choice(TASKS),
        route="auto",
        policy="cheapest",
        streaming=draw.random() < 0.5,
        routing_overhead_ms=draw.randrange(1_000, 20_000) / 1_000,
        overhead_basis="receive_to_dispatch",
        latency_ms=draw.randrange(200_000, 9_000_000) / 1_000,
        outcome="served",
    )


def _attempt(draw: random.Random) -> Attempt:
    provider, model = draw.choice(MODELS)
    usage = Usage(
        input_tokens=draw.randrange(400, 20_000),
        cache_read_input_tokens=draw.randrange(0, 400),
        output_tokens=draw.randrange(10, 2_000),
    )
    return Attempt(
        provider=provider,
        model=model,
        response_model=model,
        region="us-east-1",
        start_offset_ms=draw.randrange(1_000, 20_000) / 1_000,
        latency_ms=draw.randrange(200_000, 8_000_000) / 1_000,
        ttft_ms=draw.randrange(50_000, 200_000) / 1_000,
        status=200,
        usage=usage,
        cost=Decimal(draw.randrange(10_000, 90_000_000)).scaleb(-9),
    )


def lines(made: Sequence[Request]) -> bytes:
    return b"".join(encode(one) + b"\n" for one in made)


def export(spans: int, *, prefix: str, now: datetime, openinference: bool = False) -> bytes:
    """An OTLP export as LiteLLM's proxy sends it: for each call a server span, a route span and a client span.

    With `openinference`, calls say the same in that convention's names too, for those who read no others.
    """
    draw = random.Random(prefix)  # noqa: S311
    message = ExportTraceServiceRequest()
    resource = message.resource_spans.add()
    _say(resource.resource, "service.name", "litellm")
    web, router = resource.scope_spans.add(), resource.scope_spans.add()
    web.scope.name, router.scope.name = "opentelemetry.instrumentation.fastapi", "litellm"
    for number in range(spans):
        if number % 3 == 0:
            trace_id = draw.randbytes(16)
            began = int(now.timestamp() * 1e9) - draw.randrange(10**9, HOURS * 3_600 * 10**9)
            root = draw.randbytes(8)
            _span(web.spans, trace_id, root, b"", "POST /v1/chat/completions", 2, began, 900_000_000)
            _say(web.spans[-1], "http.route", "/v1/chat/completions")
            _say(web.spans[-1], "http.status_code", 200)
        elif number % 3 == 1:
            _span(router.spans, trace_id, draw.randbytes(8), root, "route smart", 1, began, 1_000_000)
            event = router.spans[-1].events.add(name="litellm.request.deployment_selected", time_unix_nano=began)
            _say(event, "litellm.deployment.attempt", 1)
            _say(event, "litellm.deployment.reason", "initial")
            _say(event, "litellm.deployment.model_group", "smart")
        else:
            _span(router.spans, trace_id, draw.randbytes(8), root, "chat smart", 3, began + 2_000_000, 800_000_000)
            said = _call(draw)
            for key, value in [*said, *(_in_openinference(dict(said)) if openinference else [])]:
                _say(router.spans[-1], key, value)
    return bytes(message.SerializeToString())


def _call(draw: random.Random) -> list[tuple[str, Said]]:
    provider, model = draw.choice(MODELS)
    return [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", provider),
        ("gen_ai.request.model", "smart"),
        ("gen_ai.response.model", model),
        ("gen_ai.response.id", f"chatcmpl-{draw.randrange(10**12)}"),
        ("gen_ai.request.temperature", 0.2),
        ("gen_ai.request.max_tokens", 4_096),
        ("gen_ai.usage.input_tokens", draw.randrange(400, 20_000)),
        ("gen_ai.usage.output_tokens", draw.randrange(10, 2_000)),
        ("litellm.call_id", f"{draw.randrange(16**12):012x}"),
        ("litellm.provider.model", f"{provider}/{model}"),
        ("litellm.cost.total", draw.randrange(10_000, 90_000_000) / 1e9),
        ("litellm.request.streaming", False),
        ("litellm.request.route", "/v1/chat/completions"),
        ("server.address", "127.0.0.1"),
    ]


def _in_openinference(said: dict[str, Said]) -> list[tuple[str, Said]]:
    return [
        ("openinference.span.kind", "LLM"),
        ("llm.model_name", said["gen_ai.response.model"]),
        ("llm.provider", said["gen_ai.provider.name"]),
        ("llm.token_count.prompt", said["gen_ai.usage.input_tokens"]),
        ("llm.token_count.completion", said["gen_ai.usage.output_tokens"]),
    ]


def _span(  # noqa: PLR0917  # as many as a span has
    spans: Any, trace_id: bytes, span_id: bytes, parent: bytes, name: str, kind: int, began: int, length: int
) -> None:
    spans.add(
        trace_id=trace_id,
        span_id=span_id,
        parent_span_id=parent,
        name=name,
        kind=kind,
        start_time_unix_nano=began,
        end_time_unix_nano=began + length,
    )


def _say(owner: Any, key: str, value: Said) -> None:
    one = owner.attributes.add(key=key)
    name = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}[type(value)]
    setattr(one.value, name, value)


class Client:
    """One kept connection with one key."""

    def __init__(self, host: str, port: int, key: str, headers: Mapping[str, str] | None = None) -> None:
        self._connection = HTTPConnection(host, port, timeout=120)
        self._headers = {"Authorization": f"Bearer {key}", **(headers or {})}

    def post(self, body: Body) -> bytes:
        """The answer; raises RuntimeError for any but 200."""
        headers = self._headers | {"Content-Type": body.kind}
        if body.coding:
            headers["Content-Encoding"] = body.coding
        return self._asked("POST", body.posted_to, body.data, headers)

    def nothing(self) -> None:
        """An empty view."""
        self._asked("GET", "/healthz", None, {})

    def _asked(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> bytes:
        try:
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
        except ConnectionError:  # it was kept too long
            self._connection.close()
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"answered {response.status}: {text[:500]!r}")
        return text

    def close(self) -> None:
        self._connection.close()
