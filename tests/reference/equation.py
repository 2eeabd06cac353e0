"""The routing cost equation as its definitions say it: one request at a time, whole numbers and fractions, no columns.

Slow on purpose, and independent: nothing of the product is imported, so that a mistake in one is no mistake in both.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.reference.nouns import Assumptions, Attempt, Request, Usage

REJECTED = {400, 401, 403, 404, 413, 422, 429}
"""Statuses of a rejection before generation."""
REJECTED_BY_NAME = {
    "connection_error",
    "badrequesterror",
    "authenticationerror",
    "permissiondeniederror",
    "notfounderror",
    "requesttoolargeerror",
    "unprocessableentityerror",
    "ratelimiterror",
}
"""A failure to connect, and what client libraries call those statuses."""
ALL_ATTEMPTS_KNOWN = {"complete", "complete_first_hop"}
COUNTS_KNOWN = ALL_ATTEMPTS_KNOWN | {"count_only"}
OVERHEAD_GIVEN = {"complete", "count_only"}
NEVER_LATENCY = {"embeddings", "rerank"}


@dataclass(frozen=True)
class Bill:
    """What one attempt was billed: `basis` is free, unknown, reported, book or unpriced; `nano` None for two of them."""

    basis: str
    nano: int | None


@dataclass(frozen=True)
class Parts:
    """What one request cost, in nano-USD. None: unpriced, or not known which attempt served."""

    billed: int | None
    planned: int | None = None
    base: int | None = None
    retry_overhead: int | None = None
    token_cost: int | None = None
    wasted: int | None = None
    premium: int | None = None
    saving: int | None = None
    unknown_attempts: int = 0
    at_most_more: int | None = 0
    """Upper bound of what attempts of unknown billing may have cost; None where there is no bound."""


@dataclass(frozen=True)
class Wait:
    """What routing added to the waiting, in microseconds, and the share of engagement it lost."""

    counts: bool
    retry_delay: int | None
    overhead: int | None
    added: int
    loss: Decimal | None


def answered(attempt: Attempt) -> bool:
    return attempt.error_type is None and (attempt.status is None or attempt.status < 400)


def rejected(attempt: Attempt) -> bool:
    """Refused before anything was generated. A failing status speaks first, then a status as text, then a name."""
    if answered(attempt):
        return False
    name = (attempt.error_type or "").lower().rpartition(".")[2]
    status = attempt.status if attempt.status is not None and attempt.status >= 400 else None
    if status is None and name.isdigit():
        status = int(name)
    if status is not None and (status in REJECTED or 500 <= status <= 599 or status in (408, 499)):
        return status in REJECTED
    return name in REJECTED_BY_NAME


def bill(request: Request, position: int, under: Assumptions) -> Bill:
    """Decided in this order: rejected, unknown, unpriced; the client may say of any answer that it had what it wanted."""
    attempt = request.attempts[position]
    reported = attempt.reported_nano if attempt.currency == "USD" else None
    failed = not answered(attempt) and position != request.server_position
    if failed and rejected(attempt):
        return Bill("free", 0)
    if failed and not attempt.usage.told and not reported:
        return Bill("unknown", None)
    priced = under.price(attempt.model, attempt.usage, request.started_us(attempt))
    told = (
        [("book", priced), ("reported", reported)] if under.list_first else [("reported", reported), ("book", priced)]
    )
    return next((Bill(basis, nano) for basis, nano in told if nano is not None), Bill("unpriced", None))


def undispatched(request: Request) -> bool:
    """Known to have had no attempt: a hit of the gateway's cache, or refused before any dispatch."""
    refused = request.outcome == "failed" and request.completeness in ALL_ATTEMPTS_KNOWN
    return not request.attempts and (request.cache_hit or refused)


def parts(request: Request, under: Assumptions) -> Parts:
    """The parts of a request without selection: billed = token cost + retry overhead."""
    if undispatched(request):
        return Parts(0, 0, 0, 0, 0, 0, 0, 0)
    bills = [bill(request, position, under) for position in range(len(request.attempts))]
    bounds = unknown_bounds(request, under)
    more = None if None in bounds else sum(bound for bound in bounds if bound is not None)
    if not bills or any(b.basis == "unpriced" for b in bills):
        return Parts(None, unknown_attempts=len(bounds), at_most_more=more)
    billed = sum(b.nano for b in bills if b.nano is not None)
    return _split(request, billed, under, len(bounds), more)


def _split(request: Request, billed: int, under: Assumptions, unknown: int, more: int | None) -> Parts:
    if request.outcome == "failed":
        return Parts(billed, 0, 0, billed, 0, billed, 0, 0, unknown, more)
    server, position = request.server, request.server_position
    if server is None or position is None:
        return Parts(billed, unknown_attempts=unknown, at_most_more=more)
    serving = bill(request, position, under).nano or 0
    planned = planned_nano(request, server, serving, under)
    base = min(planned, serving)
    saving = max(planned - serving, 0)
    return Parts(billed, planned, base, billed - base, base, billed - serving, serving - base, saving, unknown, more)


def planned_nano(request: Request, server: Attempt, serving: int, under: Assumptions) -> int:
    """What the serving attempt's usage would have cost on the model of attempt 0, at the terms it was billed on."""
    first = request.attempts[0].model
    at = request.started_us(server)
    ours, theirs = under.price(server.model, server.usage, at), under.price(first, server.usage, at)
    if first.name == server.model.name or not ours or theirs is None:
        return serving
    return round(Fraction(serving * theirs, ours))


def unknown_bounds(request: Request, under: Assumptions) -> list[int | None]:
    """Of each attempt of unknown billing the most it may have cost: the serving attempt's input at that model's price."""
    unknown = [a for n, a in enumerate(request.attempts) if bill(request, n, under).basis == "unknown"]
    if request.server is None or request.server.usage.input_tokens is None:
        return [None] * len(unknown)
    whole_input = Usage(input_tokens=request.server.usage.input_tokens, output_tokens=0)
    return [under.price(attempt.model, whole_input, request.started_us(attempt)) for attempt in unknown]


def is_upper_bound(request: Request, position: int, under: Assumptions) -> bool:
    """Priced by the book as if nothing had been cached, where that is not known and would have been cheaper."""
    usage = request.attempts[position].usage
    if bill(request, position, under).basis != "book" or usage.cache_read is not None:
        return False
    at = request.started_us(request.attempts[position])
    fresh, cached = (
        under.price(request.attempts[position].model, told, at)
        for told in (usage, replace(usage, cache_read=usage.input_tokens))
    )
    return fresh is not None and cached is not None and cached < fresh


def kind(request: Request, position: int) -> str:
    """An attempt after the first repeats it on the same model of the same provider, or is a fallback."""
    if position == 0:
        return "initial"
    first, this = request.attempts[0].model, request.attempts[position].model
    return "retry" if (first.provider, first.name) == (this.provider, this.name) else "fallback"


def wait(request: Request, under: Assumptions) -> Wait:
    """Retry delay and routing overhead, each where it is measured, and the engagement their sum lost."""
    delay, overhead = retry_delay(request), routing_overhead(request)
    nothing_to_route = undispatched(request)
    added = (delay or 0) + (overhead or 0)
    batch = any(attempt.model.service_tier == "batch" for attempt in request.attempts)
    counts = request.user_facing and request.operation not in NEVER_LATENCY and not batch
    known_overhead = 0 if overhead is None and nothing_to_route else overhead
    return Wait(counts, delay, known_overhead, added, engagement_lost(added, under) if counts else None)


def retry_delay(request: Request) -> int | None:
    """Start of the serving attempt, of the last one if the request failed, after the first dispatch."""
    if undispatched(request):
        return 0
    if request.completeness not in ALL_ATTEMPTS_KNOWN or not request.attempts:
        return None
    if len(request.attempts) == 1:
        return 0
    starts = [attempt.start_us for attempt in request.attempts]
    last = request.attempts[-1] if request.outcome == "failed" else request.server
    if last is None or last.start_us is None:
        return None
    if not request.parallel:
        return None if starts[0] is None else max(last.start_us - starts[0], 0)
    known = [start for start in starts if start is not None]
    return last.start_us - min(known) if len(known) == len(starts) else None


def routing_overhead(request: Request) -> int | None:
    given = request.overhead_basis is not None and request.completeness in OVERHEAD_GIVEN
    return request.overhead_us if given else None


def engagement_lost(added_us: int, under: Assumptions) -> Decimal:
    """1 - (1 - e)^(added / 100 ms), to thirty digits."""
    with localcontext() as context:
        context.prec = 30
        return 1 - (1 - under.loss_per_100_ms) ** (Decimal(added_us) / 100_000)
