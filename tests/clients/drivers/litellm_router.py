"""Run by the clients' interpreter: LiteLLM's router, as an application has it, exporting by OpenTelemetry.

Environment: UPSTREAM (the scripted provider's URL), OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, PROMPT.
With PLAIN=1 as an application has it that installed `litellm` without its extra `proxy`: then it reports no choices.
"""

import asyncio
import os
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "support"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

if os.environ.get("PLAIN"):
    sys.modules["litellm.proxy.proxy_server"] = None

import litellm  # noqa: E402  # it looks for the provider of traces when it is imported

upstream = os.environ["UPSTREAM"]


def deployment(group: str, model: str, provider: str) -> dict:
    base = f"{upstream}/{provider}" + ("" if provider == "anthropic" else "/v1")
    return {
        "model_name": group,
        "litellm_params": {"model": model, "api_base": base, "api_key": "sk-scripted", "max_retries": 0},
    }


litellm.callbacks = ["otel"]
router = litellm.Router(
    model_list=[
        deployment("fast", "openai/gpt-4o-mini", "openai"),
        deployment("spare", "anthropic/claude-haiku-4-5", "anthropic"),
    ],
    fallbacks=[{"fast": ["spare"]}],
    num_retries=1,
    retry_after=0,
    disable_cooldowns=True,
)
tracer = trace.get_tracer("support")


async def answer_tickets() -> None:
    for _ in range(3):
        with tracer.start_as_current_span("answer a ticket"):
            await router.acompletion(model="fast", messages=[{"role": "user", "content": os.environ["PROMPT"]}])
    await asyncio.sleep(1)  # LiteLLM tells its callbacks after the answer


asyncio.run(answer_tickets())
provider.force_flush()
provider.shutdown()
