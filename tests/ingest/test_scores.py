"""`POST /api/v1/scores`: each score to its request, whichever comes first, and the hour is computed again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError
from apps.ingest.scores.join import LOOKED_AGAIN, join, waiting
from apps.ingest.scores.nouns import accept
from tests.connections import acting_as
from tests.ingest import captures
from tests.ingest.captures import Capture
from tests.ingest.exporting import derive_now
from tests.ingest.items import attempt, item
from tests.ingest.sender import Answer, Sender
from tests.ingest.waiting import eventually

PATH = "/api/v1/scores"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def post(sender: Sender, *scores: dict[str, Any]) -> Answer:
    return sender.post(json.dumps(scores).encode(), PATH)


def join_now(sender: Sender, *, later: timedelta = timedelta(0)) -> int:
    with acting_as("worker"):
        return join(
            organization_id=sender.organization_id,
            deployment_id=sender.deployment_id,
            now=datetime.now(UTC) + later,
        )


def qualities(sender: Sender) -> list[float | None]:
    return [row["quality"] for row in sender.rows("traces_request", order="received_at, request_id")]


def joined(sender: Sender) -> int:
    join_now(sender)
    eventually(lambda: all(row["looked"] or row["request_id"] for row in sender.rows("ingest_score")))
    return sum(row["request_id"] is not None for row in sender.rows("ingest_score"))


def fresh(request_id: str, **fields: Any) -> dict[str, Any]:
    return item(request_id, at=datetime.now(UTC) - timedelta(minutes=2), attempts=[attempt(**fields)])


def test_a_score_finds_its_request_by_either_id_and_the_hour_is_stale_again(sender: Sender) -> None:
    sender.send([fresh("r-1"), fresh("r-2", response_id="chatcmpl-2"), fresh("r-3")])
    before = sender.count("traces_stalehour")
    answer = post(sender, {"request_id": "r-1", "value": 1}, {"response_id": "chatcmpl-2", "value": 0.25})
    assert answer.counts == (2, 0, 0, 0)
    assert joined(sender) == 2
    assert qualities(sender) == [1.0, 0.25, None]
    assert sender.count("traces_stalehour") > before
    assert sender.last_batch()["source"] == "scores"


def test_a_score_that_comes_before_its_request_waits_for_it(sender: Sender) -> None:
    post(sender, {"request_id": "late", "value": 0.5})
    assert joined(sender) == 0
    sender.send([fresh("late")])
    with acting_as("worker"):
        owner = (sender.organization_id, sender.deployment_id)
        assert owner not in waiting(datetime.now(UTC))
        assert owner in waiting(datetime.now(UTC) + 2 * LOOKED_AGAIN[0])
    assert join_now(sender, later=2 * LOOKED_AGAIN[0]) == 1
    assert qualities(sender) == [0.5]


def test_what_never_finds_its_request_is_given_up(sender: Sender) -> None:
    post(sender, {"request_id": "nobody's", "value": 0.5})
    joined(sender)
    later = timedelta(0)
    for pause in LOOKED_AGAIN:
        later += pause + timedelta(seconds=1)
        join_now(sender, later=later)
    assert [(row["due_at"], row["request_id"]) for row in sender.rows("ingest_score")] == [(None, None)]


def test_the_latest_of_each_scorer_counts_and_scorers_are_averaged(sender: Sender) -> None:
    sender.send([fresh("r-1")])
    at = datetime.now(UTC) - timedelta(minutes=1)
    first = {"request_id": "r-1", "name": "judge", "value": 0.2, "scored_at": at.isoformat()}
    second = first | {"value": 0.6, "scored_at": (at + timedelta(seconds=9)).isoformat()}
    post(sender, second, first, {"request_id": "r-1", "name": "user", "value": 1.0})
    assert joined(sender) == 3
    assert qualities(sender) == [pytest.approx(0.8)]
    assert post(sender, first, second).counts == (0, 2, 0, 0)


@pytest.mark.parametrize("score_first", [True, False])
def test_a_score_of_a_span_stays_with_its_request_when_that_is_derived_again(sender: Sender, score_first: bool) -> None:
    capture = Capture(captures.HERE / "litellm-proxy-otel-v2__agent")
    llm = [fact for fact in capture.facts() if fact.role == "llm"][-1]
    said = {"trace_id": llm.trace_id, "span_id": llm.span_id, "value": 0.75, "request_received_at": NOW.isoformat()}
    said["request_received_at"] = datetime.fromtimestamp(llm.started_ns / 1e9, UTC).isoformat()
    if score_first:
        post(sender, said)
        assert joined(sender) == 0
    for body in capture.bodies:
        sender.export(body)
        derive_now(sender)
    if not score_first:
        post(sender, said)
    join_now(sender, later=timedelta(minutes=1))
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert qualities(sender) == [None, None, 0.75]
    with acting_as("worker"):
        from apps.organizations import access
        from apps.traces.models import StaleTrace

        with access.scope(sender.organization_id):
            StaleTrace.objects.create(
                organization_id=sender.organization_id,
                deployment_id=sender.deployment_id,
                trace_id=llm.trace_id,
                day=NOW.date(),
                marked_at=NOW,
            )
    derive_now(sender)
    assert qualities(sender) == [None, None, 0.75]


def test_a_call_of_litellm_is_a_name_of_its_request(sender: Sender) -> None:
    capture = Capture(captures.HERE / "litellm-proxy-otel-v2__retry_ok")
    for body in capture.bodies:
        sender.export(body)
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    [call] = {f.attributes["litellm.call_id"] for f in capture.facts() if "litellm.call_id" in f.attributes}
    post(sender, {"request_id": call, "value": 0.5})
    assert joined(sender) == 1
    assert qualities(sender) == [0.5]


def test_another_tenants_request_is_never_scored(sender: Sender, other_sender: Sender) -> None:
    sender.send([fresh("shared-name")])
    post(other_sender, {"request_id": "shared-name", "value": 0.1})
    assert joined(other_sender) == 0
    assert qualities(sender) == [None]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"value": 0.5}, "no_target"),
        ({"value": 0.5, "request_id": "a", "response_id": "b"}, "no_target"),
        ({"value": 0.5, "request_id": "a", "span_id": "b"}, "no_target"),
        ({"value": 90, "request_id": "a"}, "out_of_range"),
        ({"value": -0.1, "request_id": "a"}, "negative_value"),
        ({"value": "good", "request_id": "a"}, "invalid_type"),
        ({"request_id": "a"}, "missing_field"),
        ({"value": 0.5, "request_id": "a", "explanation": "because"}, "unknown_field"),
        ({"value": 0.5, "request_id": "a\x00"}, "invalid_encoding"),
        ({"value": 0.5, "request_id": "a", "scored_at": "2026-11-24T09:00:00"}, "invalid_time"),
        ({"value": 0.5, "request_id": "a", "scored_at": "2027-11-24T09:00:00Z"}, "future"),
        ({"value": 0.5, "request_id": "a", "request_received_at": "2019-11-24T09:00:00Z"}, "too_old"),
    ],
)
def test_a_score_that_cannot_be_one_is_refused(said: dict[str, Any], code: str) -> None:
    with pytest.raises(ItemError) as refused:
        accept(said, now=NOW, limits=Limits())
    assert refused.value.code == code
    assert "because" not in refused.value.message
