"""The ledger is the truth; what a complete source reports adds up to the same."""

from collections import Counter
from datetime import timedelta

from msgspec import json

from apps.demo.simulate.ledger import Ledger
from apps.demo.simulate.profile import Deployment
from apps.demo.simulate.skills import CRITERIA
from apps.demo.simulate.stream import batches, happenings
from apps.traces.nouns import Request
from tests.demo.now import BEGAN, NOW, SEED, find

SINCE = NOW - timedelta(days=28)
CHAT = find("demo-acme/support-chat")


def ledger_of(deployment: Deployment) -> Ledger:
    ledger = Ledger()
    for day in happenings(deployment=deployment, since=SINCE, until=NOW, began=BEGAN, seed=SEED):
        ledger.add(deployment.key, day)
    return ledger


def reported(deployment: Deployment) -> list[Request]:
    decoder = json.Decoder(Request)
    made = batches(deployment=deployment, since=SINCE, until=NOW, began=BEGAN, seed=SEED)
    return [request for batch in made for request in decoder.decode_lines(batch.body)]


def us(milliseconds: float | None) -> int:
    assert milliseconds is not None
    return round(milliseconds * 1000)


def test_it_agrees_with_a_recount_of_what_was_reported() -> None:
    total, found = ledger_of(CHAT).total(CHAT.key), reported(CHAT)
    dispatched = [one for one in found if one.attempts]
    assert total.requests == len(found) > 1_000
    assert total.served == sum(one.outcome == "served" for one in found)
    assert total.failed == sum(one.outcome == "failed" for one in found) > 0
    assert total.cache_hits == sum(one.cache_hit for one in found) > 0
    assert total.dispatched == len(dispatched)
    assert total.retried == sum(len(one.attempts) > 1 for one in found) > 0
    assert total.attempts == sum(len(one.attempts) for one in found)
    assert total.latency_us == sum(us(one.latency_ms) for one in found)
    assert total.overhead_us == sum(us(one.routing_overhead_ms) for one in dispatched)
    assert total.retry_delay_us == sum(delay(one) for one in dispatched) > 0
    assert total.fallbacks == sum(fell_back(one) for one in dispatched) > 0


def test_it_counts_tokens_that_a_source_left_out() -> None:
    total, found = ledger_of(CHAT).total(CHAT.key), reported(CHAT)
    usages = [attempt.usage for one in found for attempt in one.attempts if attempt.usage]
    told = sum(usage.input_tokens or 0 for usage in usages)
    unmeasured = sum(attempt.error_type is None and attempt.usage is None for one in found for attempt in one.attempts)
    assert unmeasured > 0
    assert told < total.input_tokens < told * 1.02
    by_model = [amounts for key, amounts in ledger_of(CHAT).tokens.items() if key[0] == CHAT.key]
    assert sum(amounts[0] for amounts in by_model) == total.input_tokens
    assert sum(amounts[3] for amounts in by_model) == total.output_tokens


def test_what_is_scored_agrees_with_the_truth_and_is_only_a_part_of_it() -> None:
    ledger, found = ledger_of(CHAT), [one for one in reported(CHAT) if one.quality is not None]
    total = ledger.total(CHAT.key)
    assert total.served - total.cache_hits == total.judged > len(found) > 0.85 * total.judged
    assert all(one.outcome == "served" and one.attempts for one in found)
    mean = sum(one.quality or 0 for one in found) / len(found)
    assert abs(mean - total.criteria_met / CRITERIA / total.judged) < 0.01
    by_model: Counter[tuple[str, str]] = Counter()
    for (*_, task, model), (judged, _) in ledger.quality.items():
        by_model[task, model] += judged
    assert sum(by_model.values()) == total.judged
    for task, planned, tried in (
        ("support", "gpt-5-mini", "gemini-2.5-flash"),
        ("escalation", "claude-sonnet-4-5", "gpt-5"),
    ):
        assert by_model[task, planned] > by_model[task, tried] > 30
    unscored = find("demo-acme/doc-summaries")
    assert ledger_of(unscored).total(unscored.key).judged == 0


def test_it_keeps_hours_and_environments_apart() -> None:
    staged = find("demo-alder-post/digest")
    ledger = ledger_of(CHAT)
    per_hour = Counter(int(one.received_at.timestamp()) // 3600 * 3600 for one in reported(CHAT))
    assert {hour: entry.requests for (_, _, hour), entry in ledger.entries.items()} == per_hour
    first = min(per_hour)
    assert ledger.total(CHAT.key, since=first, until=first + 3600).requests == per_hour[first]
    assert ledger.total(staged.key).requests == 0


def test_a_source_that_hides_attempts_does_not_change_the_truth() -> None:
    hidden = find("demo-ash-quill/extraction")
    assert hidden.source.completeness == "lower_bound"
    total, found = ledger_of(hidden).total(hidden.key), reported(hidden)
    assert all(one.routing_overhead_ms is None and one.overhead_basis is None for one in found)
    assert sum(len(one.attempts) for one in found) <= total.attempts
    assert max(len(one.attempts) for one in found) <= 2
    assert sum(one.outcome == "served" for one in found) == total.served


def delay(request: Request) -> int:
    last = request.attempts[-1 if request.serving_attempt is None else request.serving_attempt]
    return us(last.start_offset_ms) - us(request.attempts[0].start_offset_ms)


def fell_back(request: Request) -> bool:
    if request.serving_attempt is None:
        return False
    first, serving = request.attempts[0], request.attempts[request.serving_attempt]
    return (first.provider, first.model) != (serving.provider, serving.model)
