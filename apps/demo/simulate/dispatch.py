"""One request on its way: attempts in order, and the waits between them."""

import random

from apps.demo.simulate.answers import Demand, answer, call
from apps.demo.simulate.offers import Offer
from apps.demo.simulate.profile import Faults
from apps.demo.simulate.truth import Try

FIRST_WAIT_US, LONGEST_WAIT_US = 500_000, 8_000_000
"""Back-off before a retry of the same model: doubled each time, less up to a quarter at random (INITIAL_RETRY_DELAY and
MAX_RETRY_DELAY of OpenAI's and Anthropic's Python clients)."""
SWITCH_US = 8_000
"""From giving up a model to calling the next (assumed)."""
HEDGE_AFTER_US = 1_200_000
"""A hedged request calls a second model when the first took this long (assumed)."""

Course = tuple[list[Try], int | None]
"""The tries in order of dispatch, and the index of the one that was served."""


def in_turn(
    rng: random.Random, faults: Faults, plan: tuple[Offer, ...], demand: Demand, *, start_us: int, storm: bool
) -> Course:
    """Call the plan's offers one after the other until one answers; a storm is over the first one's provider."""
    tries: list[Try] = []
    clock, waits = start_us, 0
    for index, offer in enumerate(plan):
        stormy = storm and offer.provider == plan[0].provider
        made = call(rng, faults, offer, demand, start_us=clock, stormy=stormy, again=waits > 0)
        tries.append(made)
        if made.error is None:
            return tries, index
        if made.status == 400:
            break
        if index + 1 < len(plan) and plan[index + 1] is offer:
            wait = min(LONGEST_WAIT_US, FIRST_WAIT_US << waits) * (1 - 0.25 * rng.random())
            clock, waits = made.end_us + int(wait), waits + 1
        else:
            clock, waits = made.end_us + SWITCH_US, 0
    return tries, None


def side_by_side(rng: random.Random, plan: tuple[Offer, ...], demand: Demand, *, start_us: int) -> Course:
    """A second model beside a slow first; both finish and are billed, the first to end is served."""
    first = answer(rng, plan[0], demand, start_us=start_us)
    if first.latency_us <= HEDGE_AFTER_US:
        return [first], 0
    second = answer(rng, plan[-1], demand, start_us=start_us + HEDGE_AFTER_US)
    return [first, second], int(second.end_us < first.end_us)
