"""What a provider makes of one call: an answer with its tokens and times, or one of the ways to fail."""

import random

from msgspec import Struct

from apps.demo.simulate.draws import STEPS
from apps.demo.simulate.measured import RATE_LIMITED_STORM
from apps.demo.simulate.offers import Offer
from apps.demo.simulate.profile import Faults
from apps.demo.simulate.truth import Try

CACHE_FROM, CACHE_STEP = 1024, 128
"""Prompts are read from a provider's cache from 1,024 tokens up, in steps of 128 (OpenAI's prompt caching guide)."""
CACHE_WRITES = 0.15
"""Share of cached prompts that write the cache instead, where writing is explicit (assumed)."""
AGAIN = 3.0
"""A fault is this many times likelier right after a fault of the same model (assumed)."""
SERVER_ERRORS = ((500, "server_error"), (502, "server_error"), (503, "unavailable"), (529, "overloaded_error"))
KINDS = ("server", "connection_error", "timeout", "cut", "invalid_output", "invalid_request_error")


class Demand(Struct, frozen=True, gc=False):
    """What a request asks of whoever answers: tokens in, how many of them are cacheable, how many may come out."""

    input: int
    cacheable: float
    outputs: tuple[float, ...]
    timeout_us: int


def call(
    rng: random.Random, faults: Faults, offer: Offer, demand: Demand, *, start_us: int, stormy: bool, again: bool
) -> Try:
    """One dispatch: an answer, unless a storm, chance or the timeout says otherwise."""
    limited = RATE_LIMITED_STORM if stormy else faults.rate_limited
    trouble = sum(faults.others) * (AGAIN if again else 1)
    level = rng.random()
    if level < limited:
        wait = int(offer.first_token_ms[int(rng.random() * STEPS)] * 400)
        return Try(offer, start_us, wait, None, 429, "rate_limit_error")
    if level < limited + (1 - limited) * trouble:
        return _fault(rng, faults, offer, demand, start_us=start_us)
    made = answer(rng, offer, demand, start_us=start_us)
    if made.latency_us > demand.timeout_us:
        return _timeout(offer, demand, start_us)
    return made


def answer(rng: random.Random, offer: Offer, demand: Demand, *, start_us: int) -> Try:
    """A whole answer: the first token in the provider's time, the rest at its pace, hidden reasoning before it."""
    draw = rng.random
    visible = int(demand.outputs[int(draw() * STEPS)])
    reasoning = int(visible * offer.thinks * 2 * draw()) if offer.thinks else 0
    between_us = offer.between_tokens_ms[int(draw() * STEPS)] * 1000
    first = int(offer.first_token_ms[int(draw() * STEPS)] * (950 + 100 * draw()) + reasoning * between_us)
    made = Try(offer, start_us, first + int(visible * between_us), first)
    made.input = demand.input
    made.output = visible + reasoning
    if offer.thinks:
        made.reasoning = reasoning
    if offer.reads_cache:
        made.cached = (
            int(demand.input * demand.cacheable) // CACHE_STEP * CACHE_STEP if demand.input >= CACHE_FROM else 0
        )
    if offer.writes_cache:
        made.written = 0
        if draw() < CACHE_WRITES:
            made.cached, made.written = 0, made.cached
    return made


def _fault(rng: random.Random, faults: Faults, offer: Offer, demand: Demand, *, start_us: int) -> Try:
    """A fault other than a rate limit, one of KINDS by their shares."""
    (kind,) = rng.choices(KINDS, faults.others)
    if kind == "timeout":
        return _timeout(offer, demand, start_us)
    if kind == "connection_error":
        return Try(offer, start_us, int(5_000 + 40_000 * rng.random()), None, None, kind)
    if kind == "invalid_request_error":
        return Try(offer, start_us, int(60_000 + 90_000 * rng.random()), None, 400, kind)
    made = answer(rng, offer, demand, start_us=start_us)
    made.latency_us = min(made.latency_us, demand.timeout_us)
    if kind == "invalid_output":
        made.error = kind
        return made
    first = min(made.first_us or 0, made.latency_us)
    if kind == "cut":
        part = 0.1 + 0.8 * rng.random()
        return Try(offer, start_us, first + int((made.latency_us - first) * part), first, 200, kind)
    status, error = SERVER_ERRORS[int(rng.random() * len(SERVER_ERRORS))]
    return Try(offer, start_us, int(first * (0.5 + rng.random() / 2)), None, status, error)


def _timeout(offer: Offer, demand: Demand, start_us: int) -> Try:
    return Try(offer, start_us, demand.timeout_us, None, None, "timeout")
