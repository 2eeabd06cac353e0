"""Rules of derivation in situations of which there is no capture."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.ingest.derive import Unit, derive, units_of
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request
from tests.ingest.captures import requests_of
from tests.ingest.spans import TRACE, call, chosen, route, server, span


def told(request: Request) -> list[tuple[str | None, str | None]]:
    return [(a.model, a.error_type) for a in request.attempts]


def only(spans: list[SpanFact]) -> Request:
    (request,) = requests_of(spans)
    return request


def test_a_call_that_ran_on_from_an_earlier_try_is_clipped_to_its_own() -> None:
    events = (chosen(0.01, "a"), chosen(1, "a", "retry", 2), chosen(2, "a", "retry", 3))
    request = only([server(3, *events), call("c1", "a", 0.02, 0.1, error="Boom"), call("c2", "a", 1.01, 2.5)])
    assert told(request) == [("model-of-a", "Boom"), (None, "unknown"), ("model-of-a", None)]
    assert (request.attempts[2].start_offset_ms, request.attempts[2].latency_ms) == (2_000, 500)
    assert request.attempts[2].ttft_ms is None
    assert (request.outcome, request.serving_attempt) == ("served", 2)


def test_route_spans_stand_in_for_events_that_were_lost() -> None:
    spans = [
        server(3),
        route("r1", None, "a", 0.01),
        route("r2", None, "b", 1),
        call("c1", "a", 0.02, 0.1, error="Boom"),
        call("c2", "b", 0.5, 2),
    ]
    assert told(only(spans)) == [("model-of-a", "Boom"), ("model-of-b", None)]


def test_a_request_of_which_every_call_failed_has_failed_and_no_serving_attempt() -> None:
    events = (chosen(0.01, "a"), chosen(1, "a", "retry", 2))
    request = only([server(2, *events, status=500), call("c1", "a", 0.02, 0.1, error="Boom")])
    assert told(request) == [("model-of-a", "Boom"), (None, "unknown")]
    assert (request.outcome, request.serving_attempt) == ("failed", None)


def test_a_stream_that_was_cut_has_failed_though_the_status_was_sent() -> None:
    request = only([server(2, chosen(0.01, "a")), call("c1", "a", 0.02, 1, error="MidStreamError")])
    assert (request.outcome, request.attempts[0].error_type) == ("failed", "MidStreamError")


def test_an_answer_whose_call_is_not_there_yet_is_served_by_an_attempt_of_which_nothing_is_known() -> None:
    request = only([server(2, chosen(0.01, "a"))])
    assert (request.outcome, request.serving_attempt, told(request)) == ("served", 0, [(None, None)])
    assert request.completeness == "complete"


def test_nothing_is_told_before_a_call_or_the_server_span_came() -> None:
    assert requests_of([route("r1", None, "a", 0.01), span("auth", "auth", 0, 0.01)]) == []


def test_before_the_server_span_came_a_failed_call_does_not_make_a_failed_request() -> None:
    early = [route("r1", None, "a", 0.01), call("c1", "a", 0.02, 0.1, error="Boom")]
    request = only(early)
    assert (request.outcome, request.completeness, request.routing_overhead_ms) == (None, "lower_bound", None)
    late = only([*early, server(2, chosen(0.01, "a"), chosen(1, "a", "retry", 2))])
    assert (late.outcome, late.completeness) == ("served", "complete")
    assert late.request_id == request.request_id


@pytest.mark.parametrize("operation", [None, "chat"])
def test_of_a_gateways_other_pages_no_request_is_made(operation: str | None) -> None:
    said: dict[str, Any] = {"operation": operation} if operation else {}
    page = span("server", "server", 0, 1, parent=None, **said)
    found = requests_of([page, span("auth", "auth", 0, 0.01)])
    assert len(found) == (1 if operation else 0)


def test_a_timeout_has_no_status_since_nobody_answered() -> None:
    said: dict[str, Any] = {"litellm.provider.error.code": "408"}
    late = call("c1", "a", 0.02, 1, error="Timeout", **said)
    attempt = only([server(2, chosen(0.01, "a"), status=408), late]).attempts[0]
    assert (attempt.status, attempt.error_type) == (None, "timeout")


def test_a_server_span_of_the_application_is_not_taken_for_the_proxys() -> None:
    spans = [
        server(3, span_id="app"),
        route("r1", chosen(0.1, "a"), "a", 0.1, parent="work"),
        call("c1", "a", 0.2, 0.4, parent="work", proxy=False),
        span("work", "other", 0.05, 0.5, parent="app"),
    ]
    request = only(spans)
    assert (request.overhead_basis, request.grouping, request.latency_ms) == ("decision_only", "explicit", 300)


def test_two_requests_under_one_application_span_are_two() -> None:
    spans = [
        route("r1", chosen(0.1, "a"), "a", 0.1, parent="app"),
        call("c1", "a", 0.11, 0.4, parent="app", proxy=False, error="Boom"),
        route("r2", chosen(1, "a", "retry", 2), "a", 1, parent="app"),
        call("c2", "a", 1.01, 1.4, parent="app", proxy=False),
        route("r3", chosen(2, "a"), "a", 2, parent="app"),
        call("c3", "a", 2.01, 2.4, parent="app", proxy=False),
    ]
    first, second = requests_of(spans)
    assert (len(first.attempts), len(second.attempts)) == (2, 1)
    assert first.request_id == f"{TRACE}:r1"


def concurrent() -> list[SpanFact]:
    """Two requests at once, both failing at first: the retries cannot be told apart."""
    return [
        route("r1", chosen(0.1, "a"), "a", 0.1, parent="app"),
        call("c1", "a", 0.11, 0.4, parent="app", proxy=False, error="Boom"),
        route("r2", chosen(0.2, "a"), "a", 0.2, parent="app"),
        call("c2", "a", 0.21, 0.5, parent="app", proxy=False, error="Boom"),
        route("r3", chosen(1, "a", "retry", 2), "a", 1, parent="app"),
        call("c3", "a", 1.01, 1.4, parent="app", proxy=False),
        route("r4", chosen(1.5, "a", "retry", 2), "a", 1.5, parent="app"),
        call("c4", "a", 1.51, 1.9, parent="app", proxy=False),
    ]


def test_what_cannot_be_told_apart_is_marked_and_never_counted_twice() -> None:
    requests = requests_of(concurrent())
    assert [r.grouping for r in requests] == ["ambiguous", "ambiguous"]
    assert sorted(len(r.attempts) for r in requests) == [2, 2]
    assert [r.outcome for r in requests] == ["served", "served"]


def test_a_fallback_belongs_to_the_request_whose_group_failed() -> None:
    spans = [
        route("r1", chosen(0.1, "a"), "a", 0.1, parent="app"),
        call("c1", "a", 0.11, 0.4, parent="app", proxy=False, error="Boom"),
        route("r2", chosen(0.5, "b"), "b", 0.5, parent="app"),
        call("c2", "b", 0.51, 0.9, parent="app", proxy=False),
        route("r3", chosen(1, "b", "fallback"), "b", 1, parent="app"),
        call("c3", "b", 1.01, 1.4, parent="app", proxy=False),
    ]
    first, second = requests_of(spans)
    assert [a.model for a in first.attempts] == ["model-of-a", "model-of-b"]
    assert (first.grouping, second.grouping, len(second.attempts)) == ("explicit", "explicit", 1)


def test_a_retry_whose_beginning_is_not_there_is_a_lower_bound() -> None:
    spans = [
        route("r3", chosen(1, "a", "retry", 2), "a", 1, parent="app"),
        call("c3", "a", 1.01, 1.4, parent="app", proxy=False),
    ]
    assert only(spans).completeness == "lower_bound"


def lane(
    number: int, start: float, *, reason: str = "initial", attempt: int = 1, error: str | None = None
) -> list[SpanFact]:
    """One attempt of a router without application spans: each span is a trace of its own."""
    trace = f"{number:030d}"
    alone: dict[str, Any] = {"parent": None, "lane": "p1"}
    return [
        route(f"r{number}", chosen(start, "a", reason, attempt), "a", start, trace=trace + "01", **alone),
        call(f"c{number}", "a", start + 0.01, start + 0.3, proxy=False, error=error, trace=trace + "02", **alone),
    ]


def test_a_request_at_the_edge_of_an_hour_is_whole_and_in_one_hour_only() -> None:
    """The unit of a lane is an hour; this request begins two seconds before the next one."""
    spans = [*lane(1, 3_598, error="Boom"), *lane(2, 3_601, reason="retry", attempt=2), *lane(3, 3_700)]
    first, second = requests_of(spans)
    assert (len(first.attempts), first.received_at) == (2, datetime(2026, 11, 24, 12, 59, 58, tzinfo=UTC))
    assert (len(second.attempts), second.grouping) == (1, "inferred")
    hours = {unit for one in spans for unit, _ in units_of(one)}
    assert [len(derive(unit, spans)) for unit in sorted(hours)] == [1, 1]


def test_processes_are_not_mixed() -> None:
    import msgspec

    other = [msgspec.structs.replace(s, lane="p2") for s in lane(2, 1, reason="retry", attempt=2)]
    requests = requests_of([*lane(1, 0, error="Boom"), *other])
    assert [len(r.attempts) for r in requests] == [1, 1]
    assert [r.completeness for r in requests] == ["complete", "lower_bound"]


def test_no_order_changes_what_is_derived_of_a_busy_process() -> None:
    chance = random.Random(3)
    spans: list[SpanFact] = []
    for number in range(60):
        start = chance.uniform(0, 7_000)
        spans += lane(2 * number, start, error="Boom" if number % 3 == 0 else None)
        if number % 3 == 0:
            spans += lane(2 * number + 1, start + chance.uniform(0.4, 30), reason="retry", attempt=2)
    expected = requests_of(spans)
    assert sum(len(r.attempts) for r in expected) == 80
    for _ in range(10):
        assert requests_of(chance.sample(spans, len(spans))) == expected


def test_the_hours_of_a_lane_name_themselves() -> None:
    (unit, day), *others = units_of(lane(1, 1_800)[0])
    assert (unit, day.isoformat(), others) == (Unit("lane:p1:20261124T12"), "2026-11-24", [])
    assert (unit.lane, unit.hour) == ("p1", datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert [u.key for u, _ in units_of(lane(1, 3_590)[0])] == ["lane:p1:20261124T12", "lane:p1:20261124T13"]


def test_calls_under_one_parent_without_choices_are_one_request_while_they_fail() -> None:
    spans = [
        call("c1", "a", 0, 0.1, parent="app", proxy=False, error="RateLimitError"),
        call("c2", "a", 0.2, 0.3, parent="app", proxy=False, error="InternalServerError"),
        call("c3", "b", 0.4, 0.9, parent="app", proxy=False),
        call("c4", "a", 1.0, 1.5, parent="app", proxy=False),
    ]
    first, second = requests_of(spans)
    assert [told(first), told(second)] == [
        [("model-of-a", "RateLimitError"), ("model-of-a", "InternalServerError"), ("model-of-b", None)],
        [("model-of-a", None)],
    ]
    assert [(one.completeness, one.grouping) for one in (first, second)] == [
        ("complete", "inferred"),
        ("complete", "explicit"),
    ]


def test_of_several_that_failed_at_once_it_is_ambiguous_which_went_on() -> None:
    spans = [
        call("c1", "a", 0, 0.1, parent="app", proxy=False, error="RateLimitError"),
        call("c2", "a", 0.05, 0.15, parent="app", proxy=False, error="RateLimitError"),
        call("c3", "a", 0.3, 0.9, parent="app", proxy=False),
    ]
    assert {one.grouping for one in requests_of(spans)} == {"ambiguous"}
    assert sum(len(one.attempts) for one in requests_of(spans)) == 3


def test_a_retry_goes_on_with_a_call_whose_own_choice_was_not_reported() -> None:
    spans = [
        call("c1", "a", 0, 0.1, parent="app", proxy=False, error="RateLimitError"),
        route("r2", chosen(0.2, "a", "retry", 2), "a", 0.2, parent="app"),
        call("c2", "a", 0.21, 0.5, parent="app", proxy=False),
    ]
    request = only(spans)
    assert told(request) == [("model-of-a", "RateLimitError"), ("model-of-a", None)]
    assert request.completeness == "complete"


def test_calls_alone_in_their_traces_are_never_joined_by_time() -> None:
    spans = [
        call("c1", "a", 0, 0.1, parent=None, proxy=False, error="RateLimitError", trace="1" * 32, lane="process"),
        call("c2", "a", 0.2, 0.5, parent=None, proxy=False, trace="2" * 32, lane="process"),
    ]
    assert [len(one.attempts) for one in requests_of(spans)] == [1, 1]
    assert {one.completeness for one in requests_of(spans)} == {"lower_bound"}
