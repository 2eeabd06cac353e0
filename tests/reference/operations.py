"""Operational metrics and the routing efficiency, from the definitions and the requests themselves.

Every function takes all requests of a window and gives the figure as an exact fraction, None where its denominator is
zero. What a source cannot tell is left out, class by class: counts of attempts need their number, delays and dollars of
retries need all attempts.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from tests.reference import equation as eq
from tests.reference.nouns import Assumptions, Attempt, Request

HOUR_US = 3_600_000_000
VALUE_PER_REQUEST_NANO = Fraction(500_000_000, 1_000)
"""$0.50 for 1,000 user-facing requests: the published assumption."""

Requests = Sequence[Request]
Figure = Fraction | None


def ratio(part: int | Fraction, whole: int | Fraction) -> Figure:
    return Fraction(part) / Fraction(whole) if whole else None


def known(requests: Requests) -> list[Request]:
    """Those whose attempts are all there."""
    return [one for one in requests if one.completeness in eq.ALL_ATTEMPTS_KNOWN]


def retry_rate(requests: Requests) -> Figure:
    tried = [one for one in requests if one.completeness in eq.COUNTS_KNOWN and one.attempts]
    return ratio(sum(len(one.attempts) > 1 for one in tried), len(tried))


def retry_delay_ms(requests: Requests) -> Figure:
    delays = [eq.retry_delay(one) for one in known(requests) if len(one.attempts) > 1]
    told = [delay for delay in delays if delay is not None]
    return ratio(Fraction(sum(told), 1_000), len(told))


def split(requests: Requests, under: Assumptions) -> list[tuple[Request, eq.Parts]]:
    """Requests whose cost is known in its parts."""
    parts = [(one, eq.parts(one, under)) for one in known(requests)]
    return [(one, part) for one, part in parts if part.token_cost is not None]


def retry_cost_multiple(requests: Requests, under: Assumptions) -> Figure:
    retried = [(one, part) for one, part in split(requests, under) if one.outcome == "served" and len(one.attempts) > 1]
    later = sum(eq.bill(one, n, under).nano or 0 for one, _ in retried for n in range(1, len(one.attempts)))
    return ratio(later, sum(part.planned or 0 for _, part in retried))


def effective_cost_uplift(requests: Requests, under: Assumptions) -> Figure:
    parts = split(requests, under)
    billed, base = (sum(getattr(part, name) for _, part in parts) for name in ("billed", "base"))
    uplift = ratio(billed, base)
    return None if uplift is None else uplift - 1


def failure_rate(requests: Requests) -> Figure:
    return ratio(sum(one.outcome == "failed" for one in requests), sum(one.outcome is not None for one in requests))


def fallback_rate(requests: Requests) -> Figure:
    served = [one for one in known(requests) if one.server is not None]
    return ratio(sum(eq.kind(one, one.server_position or 0) == "fallback" for one in served), len(served))


def added_latency_hours_per_day(requests: Requests, days: int) -> Figure:
    waits = [eq.wait(one, NO_PRICES) for one in requests]
    if not any(w.counts and (w.retry_delay is not None or w.overhead is not None) for w in waits):
        return None
    return Fraction(sum(w.added for w in waits if w.counts), HOUR_US * days)


def commonest_basis(requests: Requests) -> str | None:
    told = [one.overhead_basis for one in requests if eq.routing_overhead(one) is not None]
    return max(set(told), key=told.count) if told else None


def overheads_ms(requests: Requests) -> list[Fraction]:
    """Routing overheads on the commonest basis, in order."""
    basis = commonest_basis(requests)
    told = [eq.routing_overhead(one) for one in requests if one.overhead_basis == basis]
    return sorted(Fraction(value, 1_000) for value in told if value is not None)


def nearest_rank(ordered: Sequence[Fraction], share: Fraction) -> Figure:
    """The smallest value with at least this share of all at or below it."""
    return next((value for rank, value in enumerate(ordered, 1) if Fraction(rank, len(ordered)) >= share), None)


def served_by(requests: Requests) -> list[Attempt]:
    return [one.server for one in requests if one.server is not None]


def providers(requests: Requests) -> int:
    """Those that served at least one in a hundred of the window's requests."""
    names = [server.model.provider for server in served_by(requests)]
    return sum(100 * names.count(name) >= len(requests) for name in set(names) if name)


def provider_hhi(requests: Requests, under: Assumptions) -> Figure:
    billed: dict[str, int] = {}
    for one in requests:
        if eq.parts(one, under).billed is not None:
            for n, attempt in enumerate(one.attempts):
                name = attempt.model.provider
                if name:
                    billed[name] = billed.get(name, 0) + (eq.bill(one, n, under).nano or 0)
    whole = sum(billed.values())
    return sum((Fraction(part, whole) ** 2 for part in billed.values()), Fraction(0)) if whole else None


def cache_read_share(requests: Requests) -> Figure:
    usages = [attempt.usage for one in requests for attempt in one.attempts]
    told = [(u.cache_read, u.input_tokens) for u in usages if u.cache_read is not None and u.input_tokens is not None]
    return ratio(sum(cached for cached, _ in told), sum(whole for _, whole in told))


def efficiency(requests: Requests, published: Assumptions, *, with_latency: bool) -> Figure:
    """Token cost / total in the scope `billing`, or `latency`. Whether its gates are passed is another question."""
    parts = [part for _, part in split(requests, published)]
    token, retry = (sum(getattr(part, name) for part in parts) for name in ("token_cost", "retry_overhead"))
    impact = _impact(known(requests), published) if with_latency else Fraction(0)
    return ratio(token, token + retry + impact)


def _impact(requests: Iterable[Request], published: Assumptions) -> Fraction:
    losses = (eq.wait(one, published).loss for one in requests)
    return VALUE_PER_REQUEST_NANO * sum((Fraction(loss) for loss in losses if loss is not None), Fraction(0))


def _no_price(*_: object) -> None:
    return None


NO_PRICES = Assumptions(price=_no_price, loss_per_100_ms=Decimal(0))

WITHOUT_PRICES: dict[str, Callable[[Requests], Figure | int]] = {
    "retry_rate": retry_rate,
    "retry_delay_ms": retry_delay_ms,
    "failure_rate": failure_rate,
    "fallback_rate": fallback_rate,
    "providers": providers,
    "cache_read_share": cache_read_share,
}
WITH_PRICES: dict[str, Callable[[Requests, Assumptions], Figure]] = {
    "retry_cost_multiple": retry_cost_multiple,
    "effective_cost_uplift": effective_cost_uplift,
    "provider_hhi": provider_hhi,
}
