"""What teams run already, and what makes it export to Tollmark: texts to copy, with this host and a key filled in.

What each gives is what its exports were seen to carry, and no promise of more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

URL, KEY = "<url>", "<key>"
_PIECES = re.compile(f"({URL}|{KEY}|(?:^|(?<=  ))#[^\n]*)", re.MULTILINE)


@dataclass(frozen=True)
class Stack:
    """`gives` in a few words; `snippet` holds URL and KEY where the reader's own go; `trouble`: what goes wrong most.

    All but the snippet is translated where it is shown.
    """

    name: str
    gives: str
    snippet: str
    note: str
    trouble: str
    drops: bool = False
    """Whether prompts and answers come with it, which the note then says are dropped."""


@dataclass(frozen=True)
class Piece:
    text: str
    kind: Literal["", "filled", "comment"]


@dataclass(frozen=True)
class Text:
    """A snippet and what to know of it, with the reader's own host and key in their places."""

    name: str
    pieces: tuple[Piece, ...]
    note: str
    trouble: str


@dataclass(frozen=True)
class Choice:
    slug: str
    name: str
    gives: str
    chosen: bool


@dataclass(frozen=True)
class Connect:
    choices: tuple[Choice, ...]
    shown: Text
    others: tuple[Text, ...]
    """The other stacks' texts, while a key that is shown this once stands in them."""


_ENVIRONMENT = """\
export OTEL_EXPORTER_OTLP_ENDPOINT=<url>
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=<key>
export OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
"""
_LEAVE_OFF = gettext_noop(
    "Most often the process was not restarted, or the endpoint ends in `/v1/traces`: leave that off."
)

STACKS: Mapping[str, Stack] = MappingProxyType(
    {
        "litellm-proxy": Stack(
            name=gettext_noop("LiteLLM proxy"),
            gives=gettext_noop("attempts, overhead, cost"),
            snippet="""\
# environment of the proxy
export OTEL_EXPORTER_OTLP_ENDPOINT=<url>
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=<key>
export LITELLM_OTEL_V2=true

# config.yaml
litellm_settings:
  callbacks: ["otel"]
  turn_off_message_logging: true  # prompts stay with you; Tollmark would drop them anyway
""",
            note=gettext_noop(
                "The proxy needs the packages `opentelemetry-sdk`, `opentelemetry-exporter-otlp-proto-http` and "
                "`opentelemetry-instrumentation-fastapi`. Tags are not in these spans: to have them as well, add "
                '`"generic_api"` to the callbacks, with `GENERIC_LOGGER_ENDPOINT` set to <url>/v1/litellm and '
                "`GENERIC_LOGGER_HEADERS` to x-api-key=<key>. Both tell of one request once."
            ),
            trouble=gettext_noop(
                "Most often the proxy was not restarted, or the endpoint ends in `/v1/traces`: leave that off."
            ),
        ),
        "litellm-sdk": Stack(
            name="LiteLLM SDK",
            gives=gettext_noop("attempts, cost, tags"),
            snippet="""\
# before litellm is imported
import os
os.environ["GENERIC_LOGGER_ENDPOINT"] = "<url>/v1/litellm"
os.environ["GENERIC_LOGGER_HEADERS"] = "x-api-key=<key>"

import litellm
litellm.callbacks = ["generic_api"]
""",
            note=gettext_noop("Every attempt of the router comes as a row of its own, with its tags."),
            drops=True,
            trouble=gettext_noop(
                "LiteLLM sends its rows in batches, every few seconds: a script that ends at once sends none."
            ),
        ),
        "otel": Stack(
            name="OpenTelemetry",
            gives=gettext_noop("no code; attempts with the HTTP client"),
            snippet="""\
pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http \\
  opentelemetry-instrumentation-genai-openai opentelemetry-instrumentation-httpx

"""
            + _ENVIRONMENT
            + "opentelemetry-instrument python app.py\n",
            note=gettext_noop("The SDKs hide their retries; the package for httpx shows them, one span a try."),
            drops=True,
            trouble=_LEAVE_OFF,
        ),
        "openai-httpx": Stack(
            name="OpenAI SDK + httpx",
            gives=gettext_noop("attempts of the first hop"),
            snippet=_ENVIRONMENT
            + """
# in the application, before its first call
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor, HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
HTTPXClientInstrumentor().instrument()
HTTPX2ClientInstrumentor().instrument()  # for openai 3 and newer
""",
            note=gettext_noop(
                "The pages call this “first hop”: what a gateway behind your application tries again is not seen."
            ),
            drops=True,
            trouble=gettext_noop("A process that ends must flush its spans: `provider.shutdown()`."),
        ),
        "openllmetry": Stack(
            name="OpenLLMetry",
            gives=gettext_noop("cost; attempts not"),
            snippet="export TRACELOOP_BASE_URL=<url>\nexport TRACELOOP_HEADERS=x-api-key=<key>\n"
            "export TRACELOOP_TRACE_CONTENT=false  # prompts stay with you\n",
            note=gettext_noop(
                "Retries inside an SDK are in one span here, so that retry figures cannot be measured; adding the HTTP "
                "client's instrumentation changes that."
            ),
            trouble=_LEAVE_OFF,
        ),
        "openinference": Stack(
            name="OpenInference",
            gives=gettext_noop("cost; attempts not"),
            snippet=_ENVIRONMENT
            + """
# in the application; likewise for LangChain, OpenAI Agents, Anthropic, LiteLLM
from openinference.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument()
""",
            note=gettext_noop(
                "Of a failed call only the invocation parameters name the model; it is read from there, and they are "
                "dropped."
            ),
            drops=True,
            trouble=gettext_noop("A process that ends must flush its spans: call `shutdown()` of its tracer provider."),
        ),
        "pydantic-ai": Stack(
            name="pydantic-ai",
            gives=gettext_noop("cost; fallbacks between models"),
            snippet=_ENVIRONMENT
            + """
# in the application
from pydantic_ai import Agent
Agent.instrument_all()
""",
            note=gettext_noop("Fallbacks between models show; retries inside an SDK do not."),
            drops=True,
            trouble=gettext_noop("A process that ends must flush its spans: call `shutdown()` of its tracer provider."),
        ),
        "langfuse": Stack(
            name="Langfuse",
            gives=gettext_noop("cost, tags"),
            snippet="""\
# beside Langfuse: a second processor on its tracer provider
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor

trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(
    OTLPSpanExporter("<url>/v1/traces", headers={"x-api-key": "<key>"})))
""",
            note=gettext_noop(
                "Your traces go on to Langfuse as before. Its exporter can also be pointed here alone, with "
                "`LANGFUSE_BASE_URL`; its secret key is then a Tollmark key."
            ),
            drops=True,
            trouble=gettext_noop("The processor has to be added after Langfuse was set up, and before the first call."),
        ),
        "vercel-ai": Stack(
            name="Vercel AI SDK",
            gives=gettext_noop("cost; attempts not"),
            snippet="""\
npm i @ai-sdk/otel @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto

# instrumentation.ts
import { registerTelemetry } from "ai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const exporter = new OTLPTraceExporter({ url: "<url>/v1/traces", headers: { "x-api-key": "<key>" } });
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }).register();
registerTelemetry(new OpenTelemetry());
""",
            note=gettext_noop("Retries inside the SDK are in one span here, so that retry figures cannot be measured."),
            drops=True,
            trouble=gettext_noop("Version 7 of the SDK needs Node 22 or newer."),
        ),
        "openrouter": Stack(
            name="OpenRouter",
            gives=gettext_noop("cost, attempts, served model"),
            snippet="""\
# Settings > Observability > Broadcast > OpenTelemetry Collector
Endpoint: <url>/v1/traces
Headers:  {"x-api-key": "<key>"}
Privacy Mode: on
""",
            note=gettext_noop(
                "OpenRouter has to reach this host over HTTPS. Its button “Test Connection” sends an empty export, which is "
                "answered and not counted."
            ),
            trouble=gettext_noop("A host that only your network can reach is none that OpenRouter can."),
        ),
        "file": Stack(
            name=gettext_noop("A file"),
            gives=gettext_noop("CSV, NDJSON, JSON, Parquet"),
            snippet="""\
curl -sS -T export.csv "<url>/api/v1/imports?name=export.csv" -X POST -H "x-api-key: <key>"
""",
            note=gettext_noop(
                "Or drop it on the page Files, which also asks what the columns of your own table are. Exports of LiteLLM, "
                "Helicone, Portkey, OpenRouter, OpenTracy and Langfuse are recognised, packed with gzip or zstd or not. The "
                "same file again counts nothing twice."
            ),
            drops=True,
            trouble=gettext_noop("The page Files says how far it was read, and why a row was not taken."),
        ),
        "in-house": Stack(
            name=gettext_noop("Own gateway"),
            gives=gettext_noop("everything"),
            snippet=_ENVIRONMENT
            + """
# a SERVER span for each request, and under it a CLIENT span for each attempt
with tracer.start_as_current_span("chat", kind=SpanKind.SERVER, attributes={
        "tollmark.route": "support", "tollmark.task": "classification"}):
    with tracer.start_as_current_span("chat gpt-5-mini", kind=SpanKind.CLIENT, attributes={
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-5-mini"}) as attempt:
        answer = call_the_provider()
        attempt.set_attribute("gen_ai.usage.input_tokens", answer.usage.input_tokens)
        attempt.set_attribute("gen_ai.usage.output_tokens", answer.usage.output_tokens)
""",
            note=gettext_noop(
                "An attempt that failed ends with an error status, `error.type` and `http.response.status_code`."
            ),
            trouble=_LEAVE_OFF,
        ),
        "json": Stack(
            name=gettext_noop("Own JSON"),
            gives=gettext_noop("everything"),
            snippet="""\
curl -sS <url>/api/v1/traces \\
  -H "Authorization: Bearer <key>" \\
  -H "Content-Type: application/json" \\
  -d '{
    "request_id": "'"first-$(date +%s)"'",
    "received_at": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
    "environment": "production",
    "operation": "chat",
    "routing_overhead_ms": 18, "overhead_basis": "receive_to_dispatch",
    "attempts": [
      {"provider": "openai", "model": "gpt-5-mini", "status": 429, "error_type": "429",
       "start_offset_ms": 18, "latency_ms": 240},
      {"provider": "openai", "model": "gpt-5-mini", "status": 200,
       "start_offset_ms": 1300, "latency_ms": 1900,
       "usage": {"input_tokens": 1200, "output_tokens": 160}}
    ]
  }'
""",
            note=gettext_noop("One request with its attempts. Paste it into a terminal to see it arrive."),
            trouble=gettext_noop(
                "The answer to the post says why: `401` the key is mistyped or revoked, `200` with `rejected` lists "
                "each request that was not taken, and what to change in it."
            ),
        ),
    }
)
FIRST = "json"
"""Chosen where nothing is: it arrives at once, from any terminal."""


def connect(chosen: str, *, url: str, key: str, key_is_fresh: bool) -> Connect:
    """`chosen` is a slug, and whatever else it is means FIRST. A fresh key is shown once, so it stands in every text."""
    slug = chosen if chosen in STACKS else FIRST
    others = [one for one in STACKS if one != slug] if key_is_fresh else []
    return Connect(
        choices=tuple(Choice(name, _(one.name), _(one.gives), name == slug) for name, one in STACKS.items()),
        shown=_text(STACKS[slug], url=url, key=key),
        others=tuple(_text(STACKS[one], url=url, key=key) for one in others),
    )


def _text(stack: Stack, *, url: str, key: str) -> Text:
    note, dropped = _(stack.note).replace(URL, url).replace(KEY, key), _("Prompts and answers are dropped on arrival.")
    return Text(
        name=_(stack.name),
        pieces=tuple(_piece(part, url=url, key=key) for part in _PIECES.split(stack.snippet) if part),
        note=f"{note} {dropped}" if stack.drops else note,
        trouble=_(stack.trouble),
    )


def _piece(part: str, *, url: str, key: str) -> Piece:
    if part in (URL, KEY):
        return Piece(url if part == URL else key, "filled")
    return Piece(part, "comment" if part.startswith("#") else "")
