"""`POST /api/v1/traces` over HTTP, before a real gunicorn: what is stored, and what is answered."""

import gzip
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import zstandard

from apps.ingest.ledger import REPLAYS_FROM_BYTES
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


def test_a_body_in_chunks_is_read_too(sender: Sender) -> None:
    body = lines(batch(500, at=now()))
    pieces = (body[start : start + 7_000] for start in range(0, len(body), 7_000))
    answer = sender.post(pieces, Content_Type="application/x-ndjson", Transfer_Encoding="chunked")  # type: ignore[arg-type]
    assert answer.counts == (500, 0, 0, 0)


def test_the_same_post_again_is_a_duplicate_and_changes_nothing(sender: Sender) -> None:
    items = batch(30, at=now())
    assert sender.send(items).counts == (30, 0, 0, 0)
    before = sender.rows("traces_request", order="request_id")
    assert sender.send(items).counts == (0, 30, 0, 0)
    assert sender.send(items[::-1][:10]).counts == (0, 10, 0, 0)
    assert sender.rows("traces_request", order="request_id") == before
    assert sender.count("traces_stalehour") == len(sender.rows("traces_stalehour", "DISTINCT hour"))


def test_a_large_post_that_comes_again_is_told_by_its_digest_to_its_own_tenant_alone(
    sender: Sender, other_sender: Sender
) -> None:
    items = batch(900, at=now())
    body = array([*items, items[0], {**items[1], "task": "changed"}])
    assert len(body) > REPLAYS_FROM_BYTES
    assert sender.post(body).counts == (900, 1, 1, 0)
    marks = sender.count("traces_stalehour")
    assert sender.post(body).counts == (0, 901, 1, 0)
    assert sender.count("traces_request") == 900
    assert (sender.count("traces_stalehour"), sender.count("ingest_batch")) == (marks, 2)
    assert other_sender.post(body).counts == (900, 1, 1, 0)


def test_a_large_post_with_a_fault_is_told_its_fault_again(sender: Sender) -> None:
    body = array([*batch(900, at=now()), {"request_id": "no time"}])
    assert sender.post(body).counts == (900, 0, 0, 1)
    assert sender.post(body).counts == (0, 900, 0, 1)


def test_what_is_new_in_a_post_is_stored_beside_what_is_not(sender: Sender) -> None:
    items = batch(30, at=now())
    sender.send(items[:10])
    changed = [{**one, "task": "changed"} for one in items[:4]]
    assert sender.send([*changed, *items[4:]]).counts == (20, 6, 4, 0)
    assert sender.count("traces_request") == sender.count("traces_attempt") == 30
    assert not [row for row in sender.rows("traces_request") if row["task"]]
    assert (sender.last_batch()["duplicate"], sender.last_batch()["conflict"]) == (6, 4)


def test_forty_equal_posts_at_once_store_one(sender: Sender) -> None:
    body = array(batch(50, at=now()))
    with ThreadPoolExecutor(8) as pool:
        counts = [answer.counts for answer in pool.map(lambda _: sender.post(body), range(40))]
    assert sum(accepted for accepted, *_ in counts) == 50
    assert sum(duplicate for _, duplicate, *_ in counts) == 39 * 50
    assert sender.count("traces_request") == sender.count("traces_attempt") == 50
    batches = sender.rows("ingest_batch")
    assert (len(batches), sum(b["accepted"] for b in batches)) == (40, 50)


def test_overlapping_posts_in_any_order_wait_for_each_other_and_never_fail(sender: Sender) -> None:
    items = batch(200, at=now())
    chance = random.Random(5)
    posts = [array(chance.sample(items, 120)) for _ in range(30)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sender.post, posts))
    assert {answer.status for answer in answers} == {200}
    assert sum(answer.json["accepted"] for answer in answers) == sender.count("traces_request")


def test_twice_in_one_post_the_first_counts(sender: Sender) -> None:
    at = now()
    same, other = item("a", at=at, task="x"), item("a", at=at, task="y")
    assert sender.send([same, same, other, item("b", at=at)]).counts == (2, 1, 1, 0)
    assert {row["task"] for row in sender.rows("traces_request")} == {"x", None}


def test_the_same_id_on_another_day_is_another_request(sender: Sender) -> None:
    at = now()
    assert sender.send([item("a", at=at), item("a", at=at - timedelta(days=1))]).counts == (2, 0, 0, 0)


def test_the_same_id_of_another_tenant_is_independent(sender: Sender, other_sender: Sender) -> None:
    items = batch(10, at=now())
    assert sender.send(items).counts == (10, 0, 0, 0)
    changed = [{**one, "task": "theirs"} for one in items]
    assert other_sender.send(changed).json == {"accepted": 10, "duplicate": 0, "conflict": 0, "rejected": []}
    assert {row["task"] for row in sender.rows("traces_request")} == {None}
    assert {row["task"] for row in other_sender.rows("traces_request")} == {"theirs"}


def test_of_500_with_one_bad_499_are_stored(sender: Sender) -> None:
    items = batch(500, at=now())
    items[137]["latency_ms"] = -5
    answer = sender.send(items)
    assert answer.counts == (499, 0, 0, 1)
    (rejected,) = answer.json["rejected"]
    assert (rejected["index"], rejected["code"]) == (137, "negative_value")
    assert rejected["message"].startswith("latency_ms: ")
    assert sender.last_batch()["reasons"] == {"negative_value": 1}


def test_the_window_of_times(sender: Sender) -> None:
    at = now()
    answer = sender.send(
        [
            item("old", at=at - timedelta(days=399, hours=12)),
            item("too-old", at=at - timedelta(days=401)),
            item("soon", at=at + timedelta(minutes=5)),
            item("late", at=at + timedelta(hours=2)),
            {"request_id": "never", "received_at": "9999-12-31T23:59:59Z"},
            {"request_id": "infinite", "received_at": "infinity"},
        ]
    )
    codes = [(r["index"], r["code"]) for r in answer.json["rejected"]]
    assert codes == [(1, "too_old"), (3, "future"), (4, "future"), (5, "invalid_time")]
    assert answer.json["warnings"] == {"from_the_future": 1}
    stored = {row["request_id"]: row["warnings"] for row in sender.rows("traces_request")}
    assert stored.keys() == {"old", "soon"}
    assert json.loads(stored["soon"]) == ["from_the_future"]


def test_a_clock_three_hours_behind_is_corrected_when_the_sender_says_what_it_shows(sender: Sender) -> None:
    shown = now() - timedelta(hours=3)
    answer = sender.send([item("a", at=shown - timedelta(seconds=20))], Sent_At=shown.isoformat())
    assert answer.json["warnings"] == {"clock_skew_corrected": 1}
    (row,) = sender.rows("traces_request")
    assert timedelta(seconds=20) <= row["ingested_at"] - row["received_at"] < timedelta(seconds=30)
    batch = sender.last_batch()
    assert row["received_at"] - timedelta(milliseconds=batch["skew_ms"]) == pytest.approx(
        shown - timedelta(seconds=20), abs=timedelta(seconds=0.01)
    )
    assert batch["received_at"] == row["ingested_at"]


def test_no_figure_that_cannot_be_one_reaches_a_sum(sender: Sender) -> None:
    at = now().isoformat()
    bad = ["NaN", "Infinity", "-Infinity", "1e400", '"NaN"', "-1", "true"]
    raw = [f'{{"request_id":"l{n}","received_at":"{at}","latency_ms":{value}}}' for n, value in enumerate(bad)]
    raw += [
        f'{{"request_id":"c{n}","received_at":"{at}","attempts":[{{"cost":{value}}}]}}' for n, value in enumerate(bad)
    ]
    answer = sender.post(("[" + ",".join(raw) + "]").encode())
    assert answer.counts == (0, 0, 0, 14)
    assert sender.count("traces_request") == 0


def test_costs_are_kept_to_a_nano(sender: Sender) -> None:
    at = now().isoformat()
    costs = {"1e-12": 0, "0.123456789012345678901234567890": 123_456_789, "0.0000000015": 2, '"0.000000001"': 1}
    raw = [
        f'{{"request_id":"{n}","received_at":"{at}","attempts":[{{"cost":{cost}}}]}}' for n, cost in enumerate(costs)
    ]
    assert sender.post(("[" + ",".join(raw) + "]").encode()).counts == (4, 0, 0, 0)
    assert [row["reported_cost_nano"] for row in sender.rows("traces_attempt", order="request_id")] == list(
        costs.values()
    )


def test_odd_text_is_kept_and_impossible_text_rejected(sender: Sender) -> None:
    texts = ["\uffff", "\u202eabc", "a\u200db", "😀", "<script>", "=cmd()", "x'; DROP TABLE traces_request; --"]
    items = [item(f"r{n}", at=now(), task=text, environment=text, tags={text: text}) for n, text in enumerate(texts)]
    body = array([*items, item("nul", at=now(), task="a\0b")])[:-1] + b',{"request_id":"\\ud800"}]'
    answer = sender.post(body)
    assert [r["code"] for r in answer.json["rejected"]] == ["invalid_encoding", "invalid_encoding"]
    assert [row["task"] for row in sender.rows("traces_request", order="request_id")] == texts


def test_any_mix_of_posts_keeps_what_was_sent_equal_to_what_was_answered(sender: Sender) -> None:
    """sent = stored + duplicates + conflicts + rejected, whatever is repeated, reordered, changed or broken."""
    chance = random.Random(11)
    pool, stored, sent, answered = batch(60, at=now()), set(), 0, 0
    for _ in range(25):
        chosen = [dict(one) for one in chance.choices(pool, k=chance.randint(1, 40))]
        for one in chosen:
            spoil = chance.random()
            if spoil < 0.1:
                one["unknown"] = 1
            elif spoil < 0.2:
                one["task"] = "changed"
        write = chance.choice([array, lines])
        answer = sender.post(
            write(chosen), Content_Type="application/json" if write is array else "application/x-ndjson"
        )
        sent, answered = sent + len(chosen), answered + sum(answer.counts)
        stored |= {one["request_id"] for one in chosen if "unknown" not in one}
        assert sender.count("traces_request") == len(stored)
    assert sent == answered
    totals = sender.rows("ingest_batch", "sum(accepted) a, sum(accepted + duplicate + conflict + rejected) t")[0]
    assert (totals["a"], totals["t"]) == (len(stored), sent)
