"""What an attempt was billed, decided in the order of the definition."""

from typing import Any

import pytest

from apps.costing.attempts import classify, planned_usage, unknown_usage
from tests.costing.cases import attempt, evaluated, failure, frames, request


def attempts_of(*tries: dict[str, Any], **facts: Any) -> list[dict[str, Any]]:
    return evaluated(request(*tries, **facts)).attempts.to_dicts()


@pytest.mark.parametrize(
    ("error", "status", "cause"),
    [
        *((None, status, "rejected") for status in (400, 404, 413, 422)),
        *((None, status, "unauthorized") for status in (401, 403)),
        (None, 429, "rate_limited"),
        ("connection_error", None, "connection"),
        ("429", None, "rate_limited"),
        ("openai.RateLimitError", None, "rate_limited"),
        ("RateLimitError", 429, "rate_limited"),
    ],
)
def test_what_was_rejected_before_generation_is_free(error: str | None, status: int | None, cause: str) -> None:
    first, _ = attempts_of(failure(error, status, reported_cost_nano=77), attempt())
    assert (first["cause"], first["basis"], first["billed_nano"]) == (cause, "free", 0)


@pytest.mark.parametrize(
    ("error", "status", "cause"),
    [
        ("timeout", None, "timeout"),
        (None, 408, "timeout"),
        (None, 499, "client_closed"),
        (None, 500, "server_error"),
        (None, 529, "server_error"),
        ("cut", 200, "cut"),
        ("503", None, "server_error"),
        ("APIConnectionError", None, "other"),
        (None, 418, "other"),
    ],
)
def test_a_failure_that_may_have_generated_has_unknown_billing(
    error: str | None, status: int | None, cause: str
) -> None:
    first, _ = attempts_of(failure(error, status), attempt())
    assert (first["cause"], first["basis"], first["billed_nano"]) == (cause, "unknown", None)


def test_a_gateway_that_reports_zero_for_a_failure_does_not_make_it_free() -> None:
    assert attempts_of(failure("timeout", reported_cost_nano=0), attempt())[0]["basis"] == "unknown"


def test_a_failure_with_usage_is_priced() -> None:
    first, _ = attempts_of(failure("cut", input_tokens=100, output_tokens=3, price=700), attempt())
    assert (first["basis"], first["billed_nano"]) == ("book", 700)


def test_a_failure_with_a_cost_above_zero_is_billed_it() -> None:
    assert attempts_of(failure("timeout", reported_cost_nano=5), attempt())[0]["billed_nano"] == 5


def test_the_reported_cost_speaks_before_the_price_book() -> None:
    (only,) = attempts_of(attempt(reported_cost_nano=1_234))
    assert (only["basis"], only["billed_nano"], only["published_billed_nano"]) == ("reported", 1_234, 1_000)


def test_a_cost_in_another_currency_is_not_taken_for_dollars() -> None:
    (only,) = attempts_of(attempt(reported_cost_nano=1_234, currency="EUR"))
    assert (only["basis"], only["billed_nano"]) == ("book", 1_000)


def test_without_a_report_or_a_price_there_is_no_cost() -> None:
    (only,) = attempts_of(attempt(price=None))
    assert (only["basis"], only["billed_nano"], only["published_billed_nano"]) == ("unpriced", None, None)


def test_a_model_unknown_to_the_list_keeps_the_report_under_published_assumptions() -> None:
    (only,) = attempts_of(attempt(price=None, reported_cost_nano=9))
    assert only["published_billed_nano"] == 9


def test_cached_tokens_that_were_not_told_make_an_upper_bound() -> None:
    assert attempts_of(attempt(price_is_upper_bound=True))[0]["billed_is_upper_bound"]
    assert not attempts_of(attempt(price_is_upper_bound=True, reported_cost_nano=9))[0]["billed_is_upper_bound"]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [({}, "retry"), ({"model": "gpt-4o-mini"}, "fallback"), ({"provider": "azure"}, "fallback")],
)
def test_a_later_attempt_is_a_retry_on_the_same_model_and_provider_else_a_fallback(
    facts: dict[str, Any], kind: str
) -> None:
    first, second = attempts_of(failure(None, 500), attempt(**facts))
    assert (first["kind"], second["kind"]) == ("initial", kind)


def test_a_cut_stream_failed_unless_the_client_says_it_had_what_it_wanted() -> None:
    (cut,) = attempts_of(failure("cut", 200), outcome="failed")
    (wanted,) = attempts_of(attempt(error_type="cut"), outcome="served", serving_attempt=0)
    assert (cut["answered"], cut["cause"]) == (False, "cut")
    assert (wanted["answered"], wanted["cause"], wanted["billed_nano"]) == (True, "ok", 1_000)


def test_prices_are_asked_for_the_served_usage_on_the_planned_model() -> None:
    served = attempt(model="claude", provider="anthropic", input_tokens=7, service_tier="priority")
    asked, tried = frames([request(attempt()), request(failure(None, 500), served)])
    question = planned_usage(asked, classify(asked, tried)).row(0, named=True)
    wanted = {"position": 2, "provider": "openai", "model": "gpt-4o", "service_tier": "standard", "input_tokens": 7}
    assert {name: question[name] for name in wanted} == wanted


def test_no_price_is_asked_where_the_served_model_is_the_planned_one() -> None:
    asked, tried = frames([request(failure(None, 500), attempt(provider="azure")), request(attempt())])
    assert planned_usage(asked, classify(asked, tried)).is_empty()


def test_the_bound_of_unknown_billing_is_asked_for_the_served_input_on_the_failed_model() -> None:
    asked, tried = frames(
        [
            request(failure("timeout", model="o3"), attempt(input_tokens=55)),
            request(failure("timeout"), outcome="failed"),
        ]
    )
    questions = unknown_usage(classify(asked, tried)).to_dicts()
    assert [(q["position"], q["model"], q["input_tokens"], q["output_tokens"]) for q in questions] == [(0, "o3", 55, 0)]
