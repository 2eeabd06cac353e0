"""What a deployment's source tells of a request, in the native wire format: at most the truth, often less."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from apps.demo.simulate.arrivals import DAY_US
from apps.demo.simulate.profile import Deployment, Source
from apps.demo.simulate.skills import CRITERIA
from apps.demo.simulate.truth import Happening, Try
from apps.traces import nouns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HIDDEN = "_OTHER"
"""OpenTelemetry's `error.type` for an error without a known name: a failed attempt of which only the fact is known."""


class Request(nouns.Request, frozen=True, omit_defaults=True, gc=False):
    """A request that is written without the fields that say nothing."""


class Attempt(nouns.Attempt, frozen=True, omit_defaults=True, gc=False):
    """The same of an attempt."""


class Usage(nouns.Usage, frozen=True, omit_defaults=True, gc=False):
    """The same of its usage."""


def tell(deployment: Deployment, happening: Happening) -> Request:
    """The request as `deployment`'s source reports it."""
    source, tries, job = deployment.source, happening.tries, happening.job
    received = EPOCH + timedelta(microseconds=happening.received_us)
    day, stamp = _day(happening.received_us // DAY_US)
    attempts, serving = _attempts(source, happening)
    overhead, basis = _overhead(source, happening)
    first = tries[happening.serving].first_us if happening.serving is not None else None
    return Request(
        request_id=f"{deployment.slug}-{stamp}-{happening.number:05d}",
        received_at=received,
        attempts=attempts,
        environment="production" if happening.production else "staging",
        operation=job.operation,
        task=job.task,
        route=job.route,
        policy=None if deployment.policy_since is None else "ab"[day >= deployment.policy_since],
        user_facing=None if job.operation == "chat" else False,
        streaming=deployment.streaming and job.operation == "chat",
        routing_overhead_ms=overhead,
        overhead_basis=basis,
        latency_ms=happening.latency_us / 1000,
        ttft_ms=(tries[happening.serving].start_us + first) / 1000
        if deployment.streaming and happening.serving is not None and first is not None
        else None,
        outcome=("served" if happening.served else "failed") if source.outcome_told or not attempts else None,
        serving_attempt=serving,
        cache_hit=happening.cache_hit,
        parallel=happening.hedged,
        quality=_quality(source, happening),
        tags=_tags(deployment, happening.number),
        completeness=source.completeness,
    )


def _quality(source: Source, happening: Happening) -> float | None:
    if happening.criteria_met is None or not _falls_in(happening.number, source.scored):
        return None
    return happening.criteria_met / CRITERIA


def _tags(deployment: Deployment, number: int) -> dict[str, str] | None:
    """Every team has a key for people and one for its nightly jobs."""
    if not deployment.teams:
        return None
    team = deployment.teams[number % len(deployment.teams)]
    return {"team": team, "key": f"{team}-{'jobs' if number % 5 == 0 else 'web'}"}


def _attempts(source: Source, happening: Happening) -> tuple[list[nouns.Attempt], int | None]:
    """The attempts a source shows, and the index of the serving one among them."""
    tries, serving = happening.tries, happening.serving
    match source.completeness:
        case "lower_bound" if len(tries) > 2:
            shown = [tries[0], tries[-1]]
        case "unknown":
            shown = tries[-1:]
        case "count_only":
            hidden: list[nouns.Attempt] = [Attempt(error_type=HIDDEN) for _ in tries[:-1]]
            return hidden + [_attempt(source, one, happening) for one in tries[-1:]], serving
        case _:
            shown = tries
    told = None if serving is None else next(index for index, one in enumerate(shown) if one is tries[serving])
    return [_attempt(source, one, happening) for one in shown], told


def _attempt(source: Source, made: Try, happening: Happening) -> nouns.Attempt:
    offer = made.offer
    measured = made.output is not None and not _falls_in(happening.number, source.tokens_missing)
    return Attempt(
        provider=offer.provider,
        model=offer.model,
        response_model=offer.dated if made.error is None else None,
        service_tier=happening.job.service_tier,
        start_offset_ms=made.start_us / 1000,
        latency_ms=made.latency_us / 1000,
        ttft_ms=None if made.first_us is None else made.first_us / 1000,
        status=made.status,
        error_type=made.error,
        usage=_usage(made) if measured else None,
        cost=_cost(source, made) if source.currency and made.output is not None else None,
        currency=source.currency or "USD",
        cost_basis="gateway" if source.currency and made.output is not None else None,
    )


def _usage(made: Try) -> nouns.Usage:
    return Usage(
        input_tokens=made.input,
        cache_read_input_tokens=made.cached,
        cache_write_input_tokens=made.written,
        output_tokens=made.output,
        reasoning_output_tokens=made.reasoning,
    )


def _cost(source: Source, made: Try) -> Decimal:
    """What a gateway with a discount of its own would report; a cache write costs as other input here."""
    cached = made.cached or 0
    offer = made.offer
    micro = (
        ((made.input or 0) - cached) * offer.input_usd
        + cached * offer.cached_usd
        + (made.output or 0) * offer.output_usd
    )
    return Decimal(round(micro * (1 - source.discount) * 1000)).scaleb(-9)


def _overhead(source: Source, happening: Happening) -> tuple[float | None, nouns.OverheadBasis | None]:
    """The time in the gateway before the first dispatch: only of dispatched requests, and only where it has a basis."""
    if source.basis is None or not happening.tries:
        return None, None
    second = source.second_basis if happening.number % 2 else None
    return happening.overhead_us / 1000, second or source.basis


@lru_cache(maxsize=256)
def _day(number: int) -> tuple[date, str]:
    """The UTC day of this number since 1970, and how request ids write it."""
    day = EPOCH.date() + timedelta(days=number)
    return day, day.strftime("%Y%m%d")


def _falls_in(number: int, share: float) -> bool:
    """Whether the `number`-th request is among `share` of them, evenly strewn (multiplicative hashing)."""
    return (number * 2654435761 & 0xFFFFFFFF) < share * 2**32
