"""`POST /api/v1/traces` over HTTP, before a real gunicorn: what is stored, and what is answered."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
import zstandard

from tests.ingest.items import array, attempt, batch, item, lines
from tests.ingest.sender import Sender


def now() -> datetime:
    return datetime.now(UTC)


def test_it_stores_a_request_with_its_attempts_and_marks_the_hour(sender: Sender) -> None:
    at = now() - timedelta(hours=5)
    failed = attempt(status=429, error_type="rate_limit", usage=None, start_offset_ms=12.25)
    sent = item(
        "r-1",
        at=at,
        task="answer",
        tags={"team": "a"},
        routing_overhead_ms=12.25,
        overhead_basis="receive_to_dispatch",
        attempts=[failed, attempt(model="gpt-4o-2024-08-06", cost="0.0000000025")],
    )
    answer = sender.send([sent])
    assert answer.json == {"accepted": 1, "duplicate": 0, "conflict": 0, "rejected": []}
    (stored,) = sender.rows("traces_request")
    assert (stored["outcome"], stored["serving_attempt"], stored["attempt_count"], stored["source"]) == (
        "served",
        1,
        2,
        "native",
    )
    assert (stored["received_at"], stored["day"]) == (at, at.date())
    assert (stored["routing_overhead_us"], stored["task"], json.loads(stored["tags"])) == (
        12_250,
        "answer",
        {"team": "a"},
    )
    first, second = sender.rows("traces_attempt", order="n")
    assert (first["status"], first["error_type"], first["input_tokens"], first["start_offset_us"]) == (
        429,
        "rate_limit",
        None,
        12_250,
    )
    assert (second["model"], second["raw_model"], second["reported_cost_nano"]) == ("gpt-4o", "gpt-4o-2024-08-06", 2)
    (mark,) = sender.rows("traces_stalehour")
    assert mark["hour"] == at.replace(minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_every_coding_and_both_forms_store_the_same(sender: Sender, coding: str, kind: str) -> None:
    items = batch(20, at=now())
    body = array(items) if kind == "application/json" else lines(items)
    packed = {"identity": body, "gzip": gzip.compress(body), "zstd": zstandard.compress(body)}[coding]
    assert sender.post(packed, Content_Type=kind, Content_Encoding=coding).counts == (20, 0, 0, 0)
    assert sender.count("traces_request") == sender.count("traces_attempt") == 20
