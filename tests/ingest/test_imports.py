"""Files through a real database: read once, whatever stops in between, and never counted twice."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from apps.ingest.files import bounds, commit, storage
from apps.ingest.files.expire import expire
from apps.ingest.files.hand_over import cancel, name_columns, resume
from apps.ingest.files.run import LEASE, due
from apps.ingest.models import Import
from apps.organizations import access
from tests.connections import acting_as
from tests.ingest.captures.rows import CALLBACKS, EXPORTED, HERE, requests_of, rows_of
from tests.ingest.exporting import derive_now
from tests.ingest.files import counts, faults_of, handed, helicone, ndjson, now_of, turn
from tests.ingest.items import item
from tests.ingest.sender import Sender, new_sender

pytestmark = pytest.mark.usefixtures("database")
State = Import.State
TABLES = ("traces_span", "traces_request", "traces_attempt", "ingest_import")
MAPPING = {
    "columns": {
        "received_at": "when",
        "model": "llm",
        "latency": "took",
        "cost": "paid",
        "input_tokens": "tin",
        "output_tokens": "tout",
    }
}


@pytest.fixture
def tenant(database: None) -> Sender:
    return new_sender("")


def test_a_file_is_read_to_its_end_and_deleted(tenant: Sender) -> None:
    one = handed(tenant, ndjson([helicone(n) for n in range(25)]), name="C:\\exports\\helicone.jsonl")
    assert not turn(one)
    found = now_of(one)
    assert (found.state, found.dialect, found.name, found.share) == (State.DONE, "helicone", "helicone.jsonl", 1.0)
    assert counts(one) == (25, 25, 0, 0, 0)
    assert not storage.path_of(one.stored).exists()
    assert (tenant.count("traces_request"), tenant.count("traces_attempt")) == (25, 25)
    assert {r["source"] for r in tenant.rows("traces_request")} == {"file"}
    assert tenant.count("traces_stalehour") == 1
    assert tenant.last_batch()["accepted"] == 25


@pytest.mark.parametrize("capture", CALLBACKS + EXPORTED, ids=lambda c: c.folder.name)
def test_every_capture_read_as_a_file_is_what_was_done(tenant: Sender, capture: Any) -> None:
    one = handed(tenant, gzip.compress(json.dumps(rows_of(capture)).encode()))
    turn(one)
    derive_now(tenant)
    assert (now_of(one).state, counts(one)[4]) == (State.DONE, 0)
    stored = tenant.rows("traces_request", order="received_at")
    assert [r["request_id"] for r in stored] == [r.request_id for r in requests_of(capture)]
    kept = " ".join(str(row) for table in TABLES for row in tenant.rows(table))
    assert [text for text in capture.case["checks"]["content_strings_that_must_not_be_stored"] if text in kept] == []


def test_the_same_file_twice_is_one_import_and_the_same_rows_packed_otherwise_are_duplicates(tenant: Sender) -> None:
    data = ndjson([helicone(n) for n in range(5)])
    one = handed(tenant, data)
    turn(one)
    again = handed(tenant, data, name="another name")
    assert (again.pk, again.state, turn(again)) == (one.pk, State.DONE, False)
    packed = handed(tenant, gzip.compress(data))
    turn(packed)
    assert counts(packed) == (5, 0, 5, 0, 0)
    changed = handed(tenant, ndjson([helicone(0, prompt_tokens=7), helicone(1)]))
    turn(changed)
    assert counts(changed) == (2, 0, 1, 1, 0)
    assert tenant.count("traces_request") == 5


def test_a_turn_ends_in_time_and_the_next_goes_on(tenant: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "ROWS_AT_ONCE", 4)
    one = handed(tenant, ndjson([helicone(n) for n in range(10)]))
    begun, ticks = timezone.now(), iter(range(100))
    assert turn(one, seconds=2, clock=lambda: begun + timedelta(seconds=next(ticks)))
    assert counts(one)[:2] == (4, 4)
    assert 0 < now_of(one).share <= 1
    assert not turn(one)
    assert (now_of(one).state, counts(one)) == (State.DONE, (10, 10, 0, 0, 0))


@pytest.mark.parametrize("where", ["before", "within"])
def test_a_task_that_died_is_followed_by_one_that_counts_nothing_twice(
    tenant: Sender, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(bounds, "ROWS_AT_ONCE", 4)
    one = handed(tenant, ndjson([helicone(n) for n in range(10)]))
    name = "_note" if where == "within" else "_make_partitions"
    monkeypatch.setattr(commit, name, _dies_second(getattr(commit, name)))
    with pytest.raises(KeyboardInterrupt):
        turn(one)
    assert counts(one) == (4, 4, 0, 0, 0)
    assert not turn(one), "the lease of the dead one still holds"
    with acting_as("worker"):
        assert (one.organization_id, one.pk) not in due(timezone.now())
        assert (one.organization_id, one.pk) in due(timezone.now() + 2 * LEASE)
    later = timezone.now() + 2 * LEASE
    turn(one, clock=lambda: later)
    assert (now_of(one).state, counts(one)) == (State.DONE, (10, 10, 0, 0, 0))
    assert tenant.count("traces_request") == 10


def _dies_second(real: Any) -> Any:
    calls = iter(range(10))

    def dies(*arguments: Any, **named: Any) -> None:
        if next(calls) == 1:
            raise KeyboardInterrupt
        real(*arguments, **named)

    return dies


def test_what_is_cancelled_stops_at_the_next_piece_and_can_be_taken_up_again(
    tenant: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "ROWS_AT_ONCE", 4)
    data = ndjson([helicone(n) for n in range(10)])
    one = handed(tenant, data)
    begun, ticks = timezone.now(), iter(range(100))
    turn(one, seconds=2, clock=lambda: begun + timedelta(seconds=next(ticks)))
    with acting_as("web"), access.scope(one.organization_id):
        assert cancel(one, now=timezone.now())
        assert not cancel(one, now=timezone.now())
    assert not turn(one)
    assert (now_of(one).state, counts(one)[:2]) == (State.CANCELLED, (4, 4))
    with acting_as("web"), access.scope(one.organization_id):
        assert resume(Import.objects.get(pk=one.pk))
    turn(one)
    assert (now_of(one).state, counts(one)) == (State.DONE, (10, 10, 0, 0, 0))


def test_a_stopped_file_whose_file_is_gone_goes_on_once_it_is_handed_over_again(tenant: Sender) -> None:
    data = ndjson([helicone(n) for n in range(3)])
    one = handed(tenant, data)
    storage.delete(one.stored)
    turn(one)
    assert (now_of(one).state, "Hand it over again" in now_of(one).fault) == (State.FAILED, True)
    again = handed(tenant, data)
    assert again.pk == one.pk
    turn(again)
    assert (now_of(one).state, counts(one)) == (State.DONE, (3, 3, 0, 0, 0))


def test_rows_that_cannot_be_taken_are_named_and_cost_no_other(tenant: Sender) -> None:
    rows = [
        helicone(0),
        helicone(1, delay_ms=-4),
        helicone(2, request_created_at="yesterday"),
        helicone(3, prompt_tokens="NaN"),
        helicone(4, costUSD=1e12),
        helicone(5, request_id="bad\u0000id"),
        helicone(6, prompt_tokens=10**12),
        helicone(7, request_created_at="2019-01-01T00:00:00Z"),
        helicone(8, request_model="nul\u0000model"),
    ]
    one = handed(tenant, ndjson(rows[:5]) + b"{broken\n" + ndjson(rows[5:]))
    turn(one)
    assert faults_of(one) == [
        (2, "negative_value"),
        (3, "invalid_time"),
        (5, "out_of_range"),
        (6, "invalid_json"),
        (7, "missing_field"),
        (8, "out_of_range"),
        (9, "too_old"),
    ]
    assert counts(one) == (10, 3, 0, 0, 7)
    assert now_of(one).reasons["out_of_range"] == 2


def test_a_report_names_so_many_rows_and_counts_the_others(tenant: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_FAULTS", 3)
    one = handed(tenant, ndjson([helicone(0)]) + b"{broken\n" * 9)
    turn(one)
    assert ([row for row, _ in faults_of(one)], counts(one)[4]) == ([2, 3, 4], 9)


def test_a_table_that_nobody_knows_waits_for_its_columns(tenant: Sender) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["when", "llm", "took", "paid", "tin", "tout", "prompt text"])
    writer.writerow([int(at.timestamp()), "openai/gpt-4o-mini", "1.5", "2.5", "100", "20", "a secret prompt"])
    writer.writerow([int(at.timestamp()), "openai/gpt-4o-mini", "1.5", "2.5", "0", "0", "another"])
    one = handed(tenant, out.getvalue().encode())
    assert not turn(one)
    assert now_of(one).state == State.COLUMNS
    with acting_as("web"), access.scope(one.organization_id):
        assert name_columns(one, MAPPING | {"durations": "s", "costs": "cents"})
    turn(one)
    first, second = tenant.rows("traces_attempt", order="input_tokens NULLS LAST")
    assert (first["latency_us"], first["reported_cost_nano"], first["model"]) == (1_500_000, 25_000_000, "gpt-4o-mini")
    assert (second["input_tokens"], second["reported_cost_nano"]) == (None, None)
    assert "secret" not in str(tenant.rows("traces_request"))


def test_rows_without_an_id_are_known_by_what_they_say(tenant: Sender) -> None:
    at = datetime.now(UTC).isoformat()
    head, rows = "when,llm,took,paid,tin,tout\n", [f"{at},gpt-4o,{n},1,2,3\n" for n in range(4)]
    first = handed(tenant, (head + "".join(rows[:3])).encode(), mapping=MAPPING)
    turn(first)
    overlapping = handed(tenant, (head + "".join(rows[1:])).encode(), mapping=MAPPING)
    turn(overlapping)
    assert (counts(first), counts(overlapping)) == ((3, 3, 0, 0, 0), (3, 1, 2, 0, 0))


def test_parquet_is_read_packed_or_not(tenant: Sender) -> None:
    out = io.BytesIO()
    rows = [helicone(n) | {"request_body": "a secret prompt", "properties": '{"task": "classify"}'} for n in range(30)]
    pl.DataFrame(rows).with_columns(pl.col("request_created_at").str.to_datetime(time_zone="UTC")).write_parquet(out)
    one = handed(tenant, gzip.compress(out.getvalue()))
    turn(one)
    assert (now_of(one).state, now_of(one).dialect, counts(one)) == (State.DONE, "helicone", (30, 30, 0, 0, 0))
    assert {r["task"] for r in tenant.rows("traces_request")} == {"classify"}


def test_tollmarks_own_format_in_a_file_is_the_same_request_as_in_a_post(tenant: Sender) -> None:
    one = handed(tenant, ndjson([item("own-1"), item("own-2")]))
    turn(one)
    assert (now_of(one).dialect, counts(one)) == ("native", (2, 2, 0, 0, 0))
    assert {r["source"] for r in tenant.rows("traces_request")} == {"native"}


def test_a_log_of_spend_and_the_callback_of_the_same_call_are_one_request(tenant: Sender) -> None:
    row = rows_of(next(c for c in EXPORTED if "spendlogs__ok" in c.folder.name))[0]
    callback = json.loads((HERE / "litellm-proxy-generic-api__retry_ok" / "02-webhook.json").read_bytes())[0]
    turn(handed(tenant, json.dumps([callback]).encode()))
    derive_now(tenant)
    again = handed(tenant, ndjson([row, row | {"litellm_call_id": callback["litellm_call_id"]}]))
    turn(again)
    assert counts(again) == (2, 1, 1, 0, 0)
    assert tenant.count("traces_request") == 2


def test_what_nobody_goes_on_with_is_deleted_in_time(tenant: Sender) -> None:
    one = handed(tenant, b"a,b\n1,2\n")
    turn(one)
    assert now_of(one).state == State.COLUMNS
    with acting_as("worker"):
        expire(now=timezone.now() + timedelta(days=1))
        assert storage.path_of(one.stored).exists()
        expire(now=timezone.now() + timedelta(days=30))
    assert not storage.path_of(one.stored).exists()
    assert (now_of(one).state, now_of(one).stored) == (State.CANCELLED, "")
    with acting_as("worker"):
        expire(now=timezone.now() + timedelta(days=500))
    with acting_as("web"), access.scope(one.organization_id):
        assert not Import.objects.filter(pk=one.pk).exists()


def test_another_tenants_import_is_not_to_be_seen(tenant: Sender) -> None:
    one, other = handed(tenant, b"a,b\n1,2\n"), new_sender("")
    with acting_as("web"), access.scope(other.organization_id):
        assert not Import.objects.filter(pk=one.pk).exists()
        assert not cancel(one, now=timezone.now())
