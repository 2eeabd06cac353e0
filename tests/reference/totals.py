"""What cells must add up to: the reference's figures of each request, counted and summed by their definitions."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypeVar

from tests.reference import equation as eq
from tests.reference.nouns import Assumptions, Usage
from tests.reference.raw import Facts

BASES = ("receive_to_dispatch", "total_minus_provider", "decision_only")
BY_TAG = {
    "requests", "outcome_known", "served", "failed", "counted", "retried",
    "served_with_tokens", "served_tokens", "served_input_tokens",
    "priced", "billed_nano", "upper_bounds", "split", "token_nano", "wasted_nano", "premium_nano",
    "unknown_attempts", "unbounded_attempts", "unknown_upper_nano",
    "waiting", "waiting_delay_known", "waiting_overhead_known", "own_loss_nano", "latency_known", "latency_us",
}  # fmt: skip
Sums = Mapping[str, int]
One = TypeVar("One")


@dataclass(frozen=True)
class Under:
    """The tenant's own assumptions, and the published ones."""

    own: Assumptions
    published: Assumptions


def total(
    ones: Iterable[One], key: Callable[[One], tuple[Any, ...]], sums: Callable[[One], Sums]
) -> dict[tuple[Any, ...], dict[str, int]]:
    """Sums by key."""
    found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in ones:
        for name, value in sums(one).items():
            found[key(one)][name] += value
    return {place: dict(added) for place, added in found.items()}


def request_key(facts: Facts) -> tuple[Any, ...]:
    """Where a request is counted: day, environment, planned provider and model, labels, who waits, completeness."""
    planned = facts.request.attempts[0].model if facts.request.attempts else None
    who = (planned.provider or "", planned.name or "") if planned else ("", "")
    row = facts.row
    labels = (row["task"], row["route"], row["policy"], row["user_facing"], row["completeness"])
    return (facts.day, row["environment"], *who, *labels)


def request_sums(facts: Facts, under: Under) -> Sums:
    """All that one request adds."""
    return (
        _counts(facts)
        | _usage(facts)
        | _money(facts, under)
        | _unknown(facts, under)
        | _waiting(facts, under)
        | _times(facts)
    )


def _counts(facts: Facts) -> dict[str, int]:
    request = facts.request
    known, server = request.completeness in eq.ALL_ATTEMPTS_KNOWN, request.server
    counted = request.completeness in eq.COUNTS_KNOWN and bool(request.attempts)
    served = request.outcome == "served"
    fallback = server is not None and eq.kind(request, request.server_position or 0) == "fallback"
    return {
        "requests": 1,
        "outcome_known": request.outcome is not None,
        "served": served,
        "failed": request.outcome == "failed",
        "cache_hits": request.cache_hit,
        "undispatched": eq.undispatched(request),
        "attempts": len(request.attempts),
        "counted": counted,
        "retried": counted and len(request.attempts) > 1,
        "measurable": known,
        "served_dispatched": served and not eq.undispatched(request),
        "served_with_tokens": served_tokens(facts) is not None,
        "served_tokens": served_tokens(facts) or 0,
        "served_input_tokens": served_input_tokens(facts),
        "fallback_known": known and server is not None,
        "fallbacks": known and fallback,
    }


def served_tokens(facts: Facts) -> int | None:
    """Input and output of the serving attempt, where both were told; embeddings and rerankings have no output to tell."""
    usage = facts.request.server.usage if facts.request.server else None
    if usage is None or usage.input_tokens is None:
        return None
    if usage.output_tokens is None and facts.request.operation not in eq.NEVER_LATENCY:
        return None
    return usage.input_tokens + (usage.output_tokens or 0)


def served_input_tokens(facts: Facts) -> int:
    if served_tokens(facts) is None or facts.request.server is None:
        return 0
    return facts.request.server.usage.input_tokens or 0


def _usage(facts: Facts) -> dict[str, int]:
    compared = compared_usage(facts)
    told = compared or Usage()
    return {
        "usage_known": compared is not None,
        "usage_input_tokens": told.input_tokens or 0,
        "usage_cache_read_input_tokens": told.cache_read or 0,
        "usage_cache_write_input_tokens": told.cache_write or 0,
        "usage_cache_write_1h_input_tokens": told.cache_write_1h or 0,
        "usage_output_tokens": told.output_tokens or 0,
        "usage_reasoning_output_tokens": told.reasoning or 0,
    }


def compared_usage(facts: Facts) -> Usage | None:
    """Of the serving attempt of a task's request: what other models are priced for. None where it does not tell."""
    request, position = facts.request, facts.request.server_position
    if position is None or not facts.row["task"] or request.operation in ("embeddings", "rerank"):
        return None
    server, usage = request.attempts[position], request.attempts[position].usage
    if server.model.service_tier == "batch" or facts.tries[position]["has_other_units"]:
        return None
    return None if usage.input_tokens is None or usage.output_tokens is None else usage


def _money(facts: Facts, under: Under) -> dict[str, int]:
    request = facts.request
    ours, public = eq.parts(request, under.own), eq.parts(request, under.published)
    known = request.completeness in eq.ALL_ATTEMPTS_KNOWN
    split, public_split = known and ours.token_cost is not None, known and public.token_cost is not None
    retried = split and request.outcome == "served" and len(request.attempts) > 1
    later = [eq.bill(request, n, under.own).nano or 0 for n in range(1, len(request.attempts))]
    priced, quality = ours.billed is not None, facts.row["quality"]
    upper = any(eq.is_upper_bound(request, n, under.own) for n in range(len(request.attempts)))
    scored = priced and quality is not None
    return {
        "served_tokens_priced": (served_tokens(facts) or 0) if public.billed is not None else 0,
        "priced": priced,
        "billed_nano": ours.billed or 0,
        "upper_bounds": priced and upper,
        "split": split,
        "planned_nano": (ours.planned or 0) * split,
        "token_nano": (ours.token_cost or 0) * split,
        "wasted_nano": (ours.wasted or 0) * split,
        "failed_nano": (ours.wasted or 0) * (split and request.outcome == "failed"),
        "premium_nano": (ours.premium or 0) * split,
        "saving_nano": (ours.saving or 0) * split,
        "published_split": public_split,
        "published_token_nano": (public.token_cost or 0) * public_split,
        "published_retry_nano": (public.retry_overhead or 0) * public_split,
        "retried_served": retried,
        "retried_later_nano": sum(later) * retried,
        "retried_planned_nano": (ours.planned or 0) * retried,
        "scored": scored,
        "scored_billed_nano": (ours.billed or 0) * scored,
        "quality_micro": round(Decimal(quality) * 1_000_000) if scored else 0,
    }


def _unknown(facts: Facts, under: Under) -> dict[str, int]:
    known = facts.request.completeness in eq.ALL_ATTEMPTS_KNOWN
    bounds = eq.unknown_bounds(facts.request, under.own) if known else []
    return {
        "unknown_attempts": len(bounds),
        "unbounded_attempts": bounds.count(None),
        "unknown_upper_nano": sum(bound for bound in bounds if bound is not None),
    }


def _waiting(facts: Facts, under: Under) -> dict[str, int]:
    waited, own = eq.wait(facts.request, under.published), eq.wait(facts.request, under.own)
    return {
        "waiting": waited.counts,
        "waiting_delay_known": waited.counts and waited.retry_delay is not None,
        "waiting_delay_us": (waited.retry_delay or 0) * waited.counts,
        "waiting_overhead_known": waited.counts and waited.overhead is not None,
        "waiting_overhead_us": (waited.overhead or 0) * waited.counts,
        "loss_nano": billionths(waited.loss),
        "own_loss_nano": billionths(own.loss),
    }


def billionths(loss: Decimal | None) -> int:
    return 0 if loss is None else int((loss * 10**9).to_integral_value(ROUND_HALF_EVEN))


def _times(facts: Facts) -> dict[str, int]:
    request, row = facts.request, facts.row
    retried = request.completeness in eq.ALL_ATTEMPTS_KNOWN and len(request.attempts) > 1
    delay, overhead = eq.retry_delay(request) if retried else None, eq.routing_overhead(request)
    on = {basis: overhead if request.overhead_basis == basis else None for basis in BASES}
    return {
        "retry_delay_known": delay is not None,
        "retry_delay_us": delay or 0,
        **{basis: value is not None for basis, value in on.items()},
        **{f"{basis}_us": value or 0 for basis, value in on.items()},
        "latency_known": row["latency_us"] is not None,
        "latency_us": row["latency_us"] or 0,
        "ttft_known": row["ttft_us"] is not None,
        "ttft_us": row["ttft_us"] or 0,
    }


Tagged = tuple[Facts, str, str]
"""A request with one of its tags: its key and value."""


def tagged(facts: Iterable[Facts]) -> list[Tagged]:
    return [(one, key, value) for one in facts for key, value in json.loads(one.row["tags"] or "{}").items()]


def tag_key(one: Tagged) -> tuple[Any, ...]:
    facts, key, value = one
    return (facts.day, facts.row["environment"], key, value)


def tag_sums(one: Tagged, under: Under) -> Sums:
    """Of all that its request adds, what is kept by tag."""
    return {name: value for name, value in request_sums(one[0], under).items() if name in BY_TAG}


Try = tuple[Facts, int]
"""A request, and which of its attempts."""


def tries(facts: Iterable[Facts]) -> list[Try]:
    return [(one, n) for one in facts for n in range(len(one.request.attempts))]


def attempt_key(tried: Try) -> tuple[Any, ...]:
    """Where an attempt is counted: day, environment, provider, model, whether it was of use, kind."""
    facts, n = tried
    attempt = facts.request.attempts[n]
    of_use = eq.answered(attempt) or n == facts.request.server_position
    who = attempt.model.provider or "", attempt.model.name or ""
    return (facts.day, facts.row["environment"], *who, of_use, eq.kind(facts.request, n))


def attempt_sums(tried: Try, under: Under) -> Sums:
    """All that one attempt adds; dollars are those of priced requests."""
    facts, n = tried
    request, row, usage = facts.request, facts.tries[n], facts.request.attempts[n].usage
    own, public = eq.bill(request, n, under.own), eq.bill(request, n, under.published)
    billed = own.nano is not None and eq.parts(request, under.own).billed is not None
    public_billed = public.nano is not None and eq.parts(request, under.published).billed is not None
    cache_known = usage.cache_read is not None and usage.input_tokens is not None
    split = request.completeness in eq.ALL_ATTEMPTS_KNOWN and eq.parts(request, under.own).token_cost is not None
    wasted = split and n != request.server_position
    attempt = request.attempts[n]
    listed = under.own.price(attempt.model, usage, request.started_us(attempt))
    computed = listed if own.basis in ("reported", "book") else None
    return {
        "attempts": 1,
        "served": n == request.server_position,
        "latency_known": row["latency_us"] is not None,
        "latency_us": row["latency_us"] or 0,
        "ttft_known": row["ttft_us"] is not None,
        "ttft_us": row["ttft_us"] or 0,
        "input_known": usage.input_tokens is not None,
        "input_tokens": usage.input_tokens or 0,
        "cache_known": cache_known,
        "cache_known_input_tokens": (usage.input_tokens or 0) * cache_known,
        "cache_read_tokens": (usage.cache_read or 0) * cache_known,
        "cache_write_tokens": (usage.cache_write or 0) + (usage.cache_write_1h or 0),
        "output_known": usage.output_tokens is not None,
        "output_tokens": usage.output_tokens or 0,
        "reasoning_tokens": usage.reasoning or 0,
        "billed": billed,
        "billed_nano": (own.nano or 0) * billed,
        "published_billed": public_billed,
        "published_billed_nano": (public.nano or 0) * public_billed,
        "reported": own.basis == "reported",
        "reported_nano": (attempt.reported_nano or 0) * (own.basis == "reported"),
        "computed": computed is not None,
        "computed_nano": computed or 0,
        "unpriced": own.basis == "unpriced",
        "billing_unknown": own.basis == "unknown",
        "upper_bounds": eq.is_upper_bound(request, n, under.own),
        "wasted": wasted,
        "wasted_nano": (own.nano or 0) * wasted,
    }
