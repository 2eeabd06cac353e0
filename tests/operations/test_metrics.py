"""What Prometheus reads."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from apps.operations import gauges
from apps.operations.exposition import MEANINGS, exposed
from apps.rollups import backlog
from tests.ingest.items import array, item
from tests.ingest.sender import NATIVE_PATH, new_sender

pytestmark = pytest.mark.usefixtures("database")
TOKEN = "the-token-of-the-operator"
SAMPLE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"{}]*"(,[a-z_]+="[^"{}]*")*\})? -?[0-9.e+]+')
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def operator(settings: Settings) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def read(operator: Client) -> dict[str, float]:
    answer = operator.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in lines)
    return {sample: float(value) for sample, _, value in (line.rpartition(" ") for line in lines)}


def test_there_is_no_such_address_without_a_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = None
    assert client.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404


@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer the-token-of-the-operatos", f"Basic {TOKEN}", "Bearer \xe4"])
def test_another_token_is_refused(operator: Client, said: str) -> None:
    answer = operator.get("/metrics", headers={"Authorization": said})
    assert answer.status_code == 401
    assert b"tollmark_" not in answer.content


def test_posts_items_and_reasons_are_counted_and_no_tenant_is_named(operator: Client) -> None:
    sender = new_sender("")
    before = read(operator)

    def post(*items: dict[str, Any], key: str = sender.key) -> None:
        operator.post(NATIVE_PATH, array(list(items)), "application/json", headers={"Authorization": f"Bearer {key}"})

    post(item("a"), item("b"), {"request_id": "c"})
    post(item("a"))
    post()
    post(item("x"), key="tmk_nobody")
    after = read(operator)
    grown = {sample: after[sample] - before.get(sample, 0) for sample in after}
    assert grown['tollmark_ingest_posts_total{status="200"}'] == 2
    assert grown['tollmark_ingest_posts_total{status="400"}'] == 1
    assert grown['tollmark_ingest_posts_total{status="401"}'] == 1
    assert grown['tollmark_ingest_refused_posts_total{reason="empty"}'] == 1
    assert grown['tollmark_ingest_refused_posts_total{reason="unauthorized"}'] == 1
    assert grown['tollmark_ingest_items_total{source="native",outcome="accepted"}'] == 2
    assert grown['tollmark_ingest_items_total{source="native",outcome="duplicate"}'] == 1
    assert grown['tollmark_ingest_rejected_items_total{reason="missing_field"}'] == 1
    assert grown['tollmark_ingest_bytes_total{source="native"}'] > 100
    assert "sender" not in str(list(after))


def test_what_stands_is_read_at_the_scrape(operator: Client) -> None:
    new_sender("")  # its declaration leaves a mark
    found = read(operator)
    assert found["tollmark_database_up"] == found["tollmark_redis_up"] == 1
    assert found["tollmark_ingest_limiter_open"] == 0
    assert found["tollmark_marks"] >= 1
    assert found["tollmark_oldest_mark_age_seconds"] > 0
    assert found['tollmark_set_aside{task="rebuild"}'] >= 0
    assert found['tollmark_set_aside{task="derive"}'] >= 0
    assert found['tollmark_ingest_refusing{reason="backlog"}'] == 0
    assert found["tollmark_partitions_ahead_days"] >= 7
    assert found["tollmark_database_bytes"] > 10**6


def test_it_answers_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(backlog, "look", away)
    found = gauges.gauges(now=NOW, redis_answers=True)
    assert found["tollmark_database_up"] == 0
    assert "tollmark_marks" not in found


def test_every_name_has_a_meaning_and_its_samples_stand_together() -> None:
    text = exposed({'tollmark_mail_total{outcome="sent"}': 3, 'tollmark_mail_total{outcome="failed"}': 1}, {"x": 0.5})
    assert text.splitlines() == [
        f"# HELP tollmark_mail_total {MEANINGS['tollmark_mail_total']}",
        "# TYPE tollmark_mail_total counter",
        'tollmark_mail_total{outcome="failed"} 1',
        'tollmark_mail_total{outcome="sent"} 3',
        "# TYPE x gauge",
        "x 0.5",
    ]
    standing = gauges.gauges(now=NOW, redis_answers=True)
    assert {sample.partition("{")[0] for sample in standing} <= set(MEANINGS)
