"""The one change that would let a source be measured further, by how it reports. What no change brings is said too."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_HTTP_CLIENT = _(
    "Retries inside the SDK are in one span here. Add the instrumentation of its HTTP client "
    "(`opentelemetry-instrumentation-httpx`): each try shows."
)
_ONLY_A_GATEWAY = _("Only a gateway's own span can tell what it adds; a client's cannot.")
_LABEL = _("Set `tollmark.task` on a span around the call; without it, everything is one task.")
TOKENS = _("Send input and output tokens of every answer: what is not counted cannot be priced.")
OUTCOME = _("Send `outcome`, or the status of every attempt.")
_SCORES = _(
    "Send scores to `/api/v1/scores` at any time, or the event `gen_ai.evaluation.result`. Until then selection is not "
    "measured, which is not nothing."
)


@dataclass(frozen=True)
class Advice:
    attempts: str = _(
        "Send every attempt, failed ones too. Requests whose attempts are not all known stay out of retry figures."
    )
    overhead: str = _("Send `routing_overhead_ms` with its `overhead_basis`, where the gateway knows it.")
    delay: str = _("Send `start_offset_ms` of every attempt.")
    task: str = _("Send `task` with each request; without it, everything is one task.")
    quality: str = _(
        "Send `quality` between 0 and 1 with scored requests, or scores to `/api/v1/scores` later. Until then selection "
        "is not measured, which is not nothing."
    )


NATIVE = Advice()
_CLIENT = Advice(
    attempts=_HTTP_CLIENT,
    overhead=_ONLY_A_GATEWAY,
    delay=_("It follows from the attempts, once each try shows."),
    task=_LABEL,
    quality=_SCORES,
)
_LITELLM_TASKS = _(
    "Add the callback `generic_api` beside OTLP: request tags come with it. Or set `tollmark.task` on a span "
    "around the call."
)
BY_SOURCE: Mapping[str, Advice] = MappingProxyType(
    {
        "native": NATIVE,
        "file": Advice(
            attempts=_("An export has one row a call, and nothing that joins retries. Connect the gateway itself."),
            overhead=_("No export tells it. Connect the gateway itself."),
            delay=_("No export tells when attempts began. Connect the gateway itself."),
            task=_("Map a column of your file to the task."),
            quality=_SCORES,
        ),
        "litellm_otel_v1": Advice(
            attempts=_("Set `LITELLM_OTEL_V2=true`: attempts become complete."),
            overhead=_("Set `LITELLM_OTEL_V2=true` at the proxy; LiteLLM inside an application does not tell it."),
            delay=_("Set `LITELLM_OTEL_V2=true`: then attempts say when they began."),
            task=_LITELLM_TASKS,
            quality=_SCORES,
        ),
        "litellm_otel_v2": Advice(
            attempts=_("Put a span of your own around each request: tries that belong together are then known to."),
            overhead=_("LiteLLM's proxy tells it, with `opentelemetry-instrumentation-fastapi` installed beside it."),
            delay=_("It follows from the attempts."),
            task=_LITELLM_TASKS,
            quality=_SCORES,
        ),
        "litellm_callback": Advice(
            attempts=_(
                "LiteLLM's proxy tells its callback of the first failure and the answer alone. Export by OpenTelemetry "
                "too, with `LITELLM_OTEL_V2=true`."
            ),
            overhead=_("Export by OpenTelemetry too, with `LITELLM_OTEL_V2=true`: the proxy's own span tells it."),
            delay=_("Export by OpenTelemetry too, with `LITELLM_OTEL_V2=true`."),
            task=_("Send `request_tags`, or `metadata.task`, with each request."),
            quality=_SCORES,
        ),
        "openrouter": Advice(
            attempts=_("OpenRouter tells its attempts; calls without them stay out of retry figures."),
            overhead=_("OpenRouter does not tell it."),
            delay=_("OpenRouter does not tell when each attempt began."),
            task=_("Send `trace.metadata.task` with each request."),
            quality=_SCORES,
        ),
        "tollmark": Advice(
            attempts=_("Have one CLIENT span for each attempt under the request's SERVER span, failed ones too."),
            overhead=_("It is the time from the SERVER span's begin to the first attempt's."),
            delay=_("It follows from the attempts."),
            task=_("Set `tollmark.task` on the SERVER span."),
            quality=_SCORES,
        ),
        "vercel_ai": Advice(
            attempts=_("Retries inside this SDK are in one span, and nothing outside shows them."),
            overhead=_ONLY_A_GATEWAY,
            delay=_("It cannot be told without the attempts."),
            task=_LABEL,
            quality=_SCORES,
        ),
    }
)


def advice_for(sources: tuple[str, ...], dialects: tuple[str, ...]) -> Advice:
    """By the dialect of most calls, where spans or rows come in; else by the way that requests come."""
    return Advice(*(gettext(text) for text in astuple(_marked(sources, dialects))))


def _marked(sources: tuple[str, ...], dialects: tuple[str, ...]) -> Advice:
    for name in (*dialects, *sources):
        if (known := BY_SOURCE.get(name.removesuffix("_legacy"))) is not None:
            return known
    return _CLIENT if dialects else NATIVE
