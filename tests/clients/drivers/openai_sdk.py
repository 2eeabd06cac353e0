"""Run by the clients' interpreter: the OpenAI SDK with OpenTelemetry's instrumentation of it and of its HTTP client.

Environment: UPSTREAM (the scripted provider's URL), OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, PROMPT.
"""

import os

from openai import OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor, HTTPXClientInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "support"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
HTTPXClientInstrumentor().instrument()
HTTPX2ClientInstrumentor().instrument()

client = OpenAI(base_url=f"{os.environ['UPSTREAM']}/openai/v1", api_key="sk-scripted", max_retries=2)
for _ in range(3):
    client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": os.environ["PROMPT"]}])
provider.force_flush()
provider.shutdown()
