"""The one change that would let a source be measured further, by how it reports. What no change brings is said too."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_HTTP_CLIENT = (
    "Retries inside the SDK are in one span here. Add the instrumentation of its HTTP client "
    "(`opentelemetry-instrumentation-httpx`): each try shows."
)
_ONLY_A_GATEWAY = "Only a gateway's own span can tell what it adds; a client's cannot."
_LABEL = "Set `tollmark.task` on a span around the call; without it, everything is one task."
TOKENS = "Send input and output tokens of every answer: what is not counted cannot be priced."
OUTCOME = "Send `outcome`, or the status of every attempt."
_SCORES = (
    "Send scores to `/api/v1/scores` at any time, or the event `gen_ai.evaluation.result`. Until then selection is not "
    "measured, which is not nothing."
)


@dataclass(frozen=True)
class Advice:
    attempts: str = (
        "Send every attempt, failed ones too. Requests whose attempts are not all known stay out of retry figures."
    )
    overhead: str = "Send `routing_overhead_ms` with its `overhead_basis`, where the gateway knows it."
    delay: str = "Send `start_offset_ms` of every attempt."
    task: str = "Send `task` with each request; without it, everything is one task."
    quality: str = (
        "Send `quality` between 0 and 1 with scored requests, or scores to `/api/v1/scores` later. Until then selection "
        "is not measured, which is not nothing."
    )


NATIVE = Advice()
_CLIENT = Advice(
    attempts=_HTTP_CLIENT,
    overhead=_ONLY_A_GATEWAY,
    delay="It follows from the attempts, once each try shows.",
    task=_LABEL,
    quality=_SCORES,
)
_LITELLM_TASKS = (
    "Add the callback `generic_api` beside OTLP: request tags come with it. Or set `tollmark.task` on a span "
    "around the call."
)
BY_SOURCE: Mapping[str, Advice] = MappingProxyType(
    {
        "native": NATIVE,
        "file": Advice(
            attempts="An export has one row a call, and nothing that joins retries. Connect the gateway itself.",
            overhead="No export tells it. Connect the gateway itself.",
            delay="No export tells when attempts began. Connect the gateway itself.",
            task="Map a column of your file to the task.",
            quality=_SCORES,
        ),
        "litellm_otel_v1": Advice(
            attempts="Set `LITELLM_OTEL_V2=true`: attempts become complete.",
            overhead="Set `LITELLM_OTEL_V2=true` at the proxy; LiteLLM inside an application does not tell it.",
            delay="Set `LITELLM_OTEL_V2=true`: then attempts say when they began.",
            task=_LITELLM_TASKS,
            quality=_SCORES,
        ),
        "litellm_otel_v2": Advice(
            attempts="Put a span of your own around each request: tries that belong together are then known to.",
            overhead="LiteLLM's proxy tells it, with `opentelemetry-instrumentation-fastapi` installed beside it.",
            delay="It follows from the attempts.",
            task=_LITELLM_TASKS,
            quality=_SCORES,
        ),
        "litellm_callback": Advice(
            attempts="LiteLLM's proxy tells its callback of the first failure and the answer alone. Export by OpenTelemetry "
            "too, with `LITELLM_OTEL_V2=true`.",
            overhead="Export by OpenTelemetry too, with `LITELLM_OTEL_V2=true`: the proxy's own span tells it.",
            delay="Export by OpenTelemetry too, with `LITELLM_OTEL_V2=true`.",
            task="Send `request_tags`, or `metadata.task`, with each request.",
            quality=_SCORES,
        ),
        "openrouter": Advice(
            attempts="OpenRouter tells its attempts; calls without them stay out of retry figures.",
            overhead="OpenRouter does not tell it.",
            delay="OpenRouter does not tell when each attempt began.",
            task="Send `trace.metadata.task` with each request.",
            quality=_SCORES,
        ),
        "tollmark": Advice(
            attempts="Have one CLIENT span for each attempt under the request's SERVER span, failed ones too.",
            overhead="It is the time from the SERVER span's begin to the first attempt's.",
            delay="It follows from the attempts.",
            task="Set `tollmark.task` on the SERVER span.",
            quality=_SCORES,
        ),
        "vercel_ai": Advice(
            attempts="Retries inside this SDK are in one span, and nothing outside shows them.",
            overhead=_ONLY_A_GATEWAY,
            delay="It cannot be told without the attempts.",
            task=_LABEL,
            quality=_SCORES,
        ),
    }
)


def advice_for(sources: tuple[str, ...], dialects: tuple[str, ...]) -> Advice:
    """By the dialect of most calls, where spans or rows come in; else by the way that requests come."""
    for name in (*dialects, *sources):
        if (known := BY_SOURCE.get(name.removesuffix("_legacy"))) is not None:
            return known
    return _CLIENT if dialects else NATIVE
