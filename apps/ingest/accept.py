"""What a request must hold beyond its types: a time that can be stored, and attempts that do not contradict it. Pure.

What can be kept is kept with a warning; what would make a figure wrong is rejected with what to change.
"""

from datetime import UTC, datetime, timedelta

from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Attempt, Request

SKEW_CORRECTED_FROM = timedelta(seconds=30)
"""A sender's clock is corrected from here on; below it the way of the post would be taken for skew."""
SKEW_CORRECTED_TO = timedelta(days=36_525)
"""Beyond a century it is no clock that is wrong, and times so far off have no place in the calendar."""
MAX_COST = 1_000_000
"""Of one attempt, in units of its currency; in USD MAX_COST_USD."""
MAX_COST_USD = 10_000


def accept(
    request: Request, *, now: datetime, limits: Limits, skew: timedelta | None = None
) -> tuple[datetime, list[str]]:
    """(the time it was received, in UTC and by our clock; warnings). Raises ItemError."""
    warnings: list[str] = []
    received_at = _time(request.received_at, now, limits, skew, warnings)
    _check_outcome(request)
    if request.routing_overhead_ms is not None and request.overhead_basis is None:
        warnings.append("overhead_without_basis")
    if _after_end(request.ttft_ms, request.latency_ms):
        warnings.append("ttft_after_end")
    for n, attempt in enumerate(request.attempts):
        _check_attempt(n, attempt, warnings)
    return received_at, warnings


def _time(at: datetime, now: datetime, limits: Limits, skew: timedelta | None, warnings: list[str]) -> datetime:
    if skew is None and now - limits.past <= at <= now:
        return at if at.tzinfo is UTC else at.astimezone(UTC)
    # Compared before anything is added: the first and last days of the calendar have no neighbours.
    if at - now > limits.future + timedelta(days=1) or now - at > limits.past + timedelta(days=1):
        skew = None
    if skew is not None:
        at += skew
        warnings.append("clock_skew_corrected")
    if at - now > limits.future:
        minutes = int(limits.future.total_seconds() // 60)
        raise ItemError(
            "future", f"received_at lies more than {minutes} minutes ahead. Set the sender's clock, or send sent_at."
        )
    if now - at > limits.past:
        raise ItemError("too_old", f"received_at is older than {limits.past.days} days, for which raw traces are kept.")
    if at > now:
        warnings.append("from_the_future")
    return at.astimezone(UTC)


def _check_outcome(request: Request) -> None:
    serving, count = request.serving_attempt, len(request.attempts)
    if serving is not None and serving >= count:
        raise ItemError(
            "contradiction", f"serving_attempt is {serving}, but there are {count} attempts, counted from 0."
        )
    if serving is not None and request.outcome == "failed":
        raise ItemError("contradiction", "A failed request has no serving_attempt; leave one of the two out.")
    if request.cache_hit and count:
        raise ItemError("contradiction", "A request answered from the gateway's cache has no attempts; leave them out.")
    if request.cache_hit and request.outcome == "failed":
        raise ItemError("contradiction", "A cache hit was served; its outcome cannot be failed.")
    if request.outcome == "served" and serving is None and count and not any(map(answered, request.attempts)):
        raise ItemError(
            "contradiction", "It was served, but no attempt answered. Name the serving_attempt, as for a cut stream."
        )


def answered(attempt: Attempt) -> bool:
    return attempt.error_type is None and (attempt.status is None or attempt.status < 400)


def _check_attempt(n: int, attempt: Attempt, warnings: list[str]) -> None:
    usage, cost = attempt.usage, attempt.cost
    if cost is not None:
        if not cost.is_finite():
            raise ItemError(
                "out_of_range", f"attempts[{n}].cost: not a finite number. Leave it out when it is not known."
            )
        if cost < 0:
            raise ItemError("negative_value", f"attempts[{n}].cost: it cannot be negative.")
        if cost > (MAX_COST_USD if attempt.currency == "USD" else MAX_COST):
            raise ItemError("out_of_range", f"attempts[{n}].cost: no attempt costs that much. Check the unit.")
    if usage is not None and usage.input_tokens is not None:
        cached = (usage.cache_read_input_tokens or 0) + (usage.cache_write_input_tokens or 0)
        if cached + (usage.cache_write_1h_input_tokens or 0) > usage.input_tokens:
            warnings.append("cached_exceeds_input")
    if (
        usage is not None
        and usage.output_tokens is not None
        and (usage.reasoning_output_tokens or 0) > usage.output_tokens
    ):
        warnings.append("reasoning_exceeds_output")
    if _after_end(attempt.ttft_ms, attempt.latency_ms):
        warnings.append("ttft_after_end")


def _after_end(ttft_ms: float | None, latency_ms: float | None) -> bool:
    return ttft_ms is not None and latency_ms is not None and ttft_ms > latency_ms


def skew_of(sent_at: str | None, *, now: datetime) -> timedelta | None:
    """What to add to a sender's times, from when it says it sent the post; None when its clock is near enough, or is none."""
    if sent_at is None:
        return None
    try:
        sent = datetime.fromisoformat(sent_at.strip())
    except ValueError:
        return None
    if sent.tzinfo is None:
        return None
    skew = now - sent
    return skew if SKEW_CORRECTED_FROM <= abs(skew) <= SKEW_CORRECTED_TO else None
