"""What tests of exports share: posts in protobuf, their answers, and what was derived of them."""

import time
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from apps.ingest import rederive
from tests.connections import acting_as
from tests.ingest.sender import PROTOBUF, Answer, Sender
from tests.ingest.test_otlp import Fill
from tests.ingest.test_otlp import export as export_at


def export(*fills: Fill, scope: str = "litellm") -> bytes:
    return export_at(*fills, scope=scope, at_ns=time.time_ns())


def said(answer: Answer) -> ExportTraceServiceResponse:
    assert (answer.status, answer.headers["content-type"]) == (200, PROTOBUF), answer.body
    response = ExportTraceServiceResponse()
    response.ParseFromString(answer.body)
    return response


def derive_now(sender: Sender) -> int:
    with acting_as("worker"):
        return rederive.rederive(
            organization_id=sender.organization_id, deployment_id=sender.deployment_id, now=datetime.now(UTC)
        )


def shape(sender: Sender) -> list[tuple[Any, ...]]:
    """What is stored, without when: request, then its attempts."""
    requests = sender.rows("traces_request", order="received_at, request_id")
    attempts = sender.rows("traces_attempt", order="received_at, request_id, n")
    return [
        (
            r["request_id"],
            r["received_at"],
            r["outcome"],
            r["serving_attempt"],
            r["completeness"],
            r["grouping"],
            r["routing_overhead_us"],
            r["content_hash"],
            tuple(
                (
                    a["n"],
                    a["provider"],
                    a["model"],
                    a["status"],
                    a["error_type"],
                    a["input_tokens"],
                    a["reported_cost_nano"],
                )
                for a in attempts
                if a["request_id"] == r["request_id"]
            ),
        )
        for r in requests
    ]
