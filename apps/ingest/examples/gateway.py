"""Report requests of a gateway of your own, with OpenTelemetry's SDK: a server span a request, a client span an attempt."""

import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

KEY = {"x-api-key": os.environ["TOLLMARK_KEY"]}
exporter = OTLPSpanExporter(endpoint=f"{os.environ['TOLLMARK_URL']}/v1/traces", headers=KEY)
provider = TracerProvider(resource=Resource({"service.name": "gateway", "deployment.environment.name": "production"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("gateway")

ROUTE = {"tollmark.route": "cheap-first", "tollmark.task": "summarise"}
FIRST = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"}
SECOND = {**FIRST, "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5"}
USAGE = {"gen_ai.usage.input_tokens": 1320, "gen_ai.usage.output_tokens": 88, "tollmark.cost_usd": 0.00092}

with tracer.start_as_current_span("POST /chat", kind=SpanKind.SERVER, attributes=ROUTE) as request:
    with tracer.start_as_current_span("chat gpt-4o-mini", kind=SpanKind.CLIENT, attributes=FIRST) as attempt:
        attempt.set_attribute("http.response.status_code", 429)
        attempt.set_status(StatusCode.ERROR)
    with tracer.start_as_current_span("chat claude-haiku-4-5", kind=SpanKind.CLIENT, attributes=SECOND) as attempt:
        attempt.set_attributes({**USAGE, "http.response.status_code": 200})
    request.set_attribute("http.response.status_code", 200)
provider.shutdown()
