"""A day of a deployment as it truly went."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime

from apps.demo.simulate.answers import Demand
from apps.demo.simulate.arrivals import DAY_US, count, moments
from apps.demo.simulate.dispatch import LONGEST_WAIT_US, Course, in_turn, side_by_side
from apps.demo.simulate.draws import STEPS, generator, lognormal, of_day, unroll
from apps.demo.simulate.measured import CACHEABLE_SHARE, CODE, CONVERSATION, GRID, LONG
from apps.demo.simulate.offers import Offer
from apps.demo.simulate.profile import Deployment, Job, Lengths
from apps.demo.simulate.skills import judge
from apps.demo.simulate.truth import Happening, Try

MEASURED: dict[Lengths, Mapping[str, tuple[float, ...]]] = {
    "conversation": CONVERSATION,
    "code": CODE,
    "long": LONG,
    "embedding": {"input": CONVERSATION["input"], "output": (0,) * len(GRID)},
}
LENGTHS = {name: {side: unroll(GRID, values) for side, values in lengths.items()} for name, lengths in MEASURED.items()}
CACHEABLE = unroll(GRID, CACHEABLE_SHARE)
MINUTE_US = 60 * 1_000_000
OVERHEAD_SPREAD = 0.6
"""Standard deviation of the logarithm of the gateway's time before the first dispatch (assumed)."""
GATEWAY_US = 4_000
"""What the gateway takes beside, to answer from its cache or to turn a request away (assumed, at least)."""
RETURN_US = 500
"""From the answer of the provider to that of the gateway (assumed)."""
STORM_US = 45 * MINUTE_US
"""Length of a spell of refusals (assumed)."""
BATCH_WAIT_US = 40 * MINUTE_US
"""Longest wait of the batch tier here (assumed; providers promise 24 hours)."""
EPOCH = date(1970, 1, 1)


def on_day(*, deployment: Deployment, day: date, began: date, seed: int) -> list[Happening]:
    """Everything that happened to `deployment` on `day` (UTC), in order of arrival; the demo began on `began`.

    Answers are judged by draws of their own, so that the same things happen whether anybody scores them or not.
    """
    rng = of_day(seed, deployment.key, day)
    number = count(seed, deployment, day, (day - began).days / 7)
    midnight = (day - EPOCH).days * DAY_US
    storm = rng.random() * DAY_US if rng.random() < deployment.faults.storms else -DAY_US
    jobs = rng.choices(deployment.jobs, [job.share for job in deployment.jobs], k=number)
    plans = {id(job): plan_of(deployment, job) for job in deployment.jobs}
    made = [
        happen(
            rng,
            deployment,
            job,
            plans[id(job)],
            number=index,
            received_us=midnight + moment,
            storm=0 <= moment - storm < STORM_US,
        )
        for index, (moment, job) in enumerate(zip(moments(rng, deployment, number), jobs, strict=True))
    ]
    if deployment.source.scored:
        judge(generator(seed, deployment.key, day.isoformat(), "scores"), made)
    return made


def plan_of(deployment: Deployment, job: Job) -> tuple[Offer, ...]:
    """The planned model with its retries, then the fallbacks, once each."""
    others = tuple(offer for offer in deployment.fallbacks if offer is not job.offer)
    return (job.offer,) * (1 + deployment.retries) + (others if job.operation == "chat" else ())


def longest_us(deployment: Deployment) -> int:
    """More than any of its requests takes, from arrival to answer."""
    tries = 1 + deployment.retries + len(deployment.fallbacks)
    batch = any(job.service_tier == "batch" for job in deployment.jobs)
    return tries * (deployment.timeout_ms * 1000 + LONGEST_WAIT_US) + MINUTE_US + (BATCH_WAIT_US if batch else 0)


def happen(
    rng: random.Random,
    deployment: Deployment,
    job: Job,
    plan: tuple[Offer, ...],
    *,
    number: int,
    received_us: int,
    storm: bool,
) -> Happening:
    """One request, from its arrival to its answer or its failure."""
    production = rng.random() >= deployment.staging
    overhead = int(lognormal(rng, deployment.overhead_ms, OVERHEAD_SPREAD) * 1000)
    fate = rng.random()
    if fate < deployment.rejected + deployment.cache_hits:
        hit = fate >= deployment.rejected
        course: Course = [], None
        end, hedged = overhead + GATEWAY_US, False
    else:
        hit, hedged = False, fate > 1 - deployment.hedged
        course = _course(rng, deployment, job, plan, start_us=overhead, storm=storm, hedged=hedged)
        end = _decisive(course).end_us + RETURN_US
    return Happening(
        number=number,
        received_us=received_us,
        job=job,
        overhead_us=overhead,
        latency_us=end,
        tries=course[0],
        serving=course[1],
        production=production,
        cache_hit=hit,
        hedged=hedged and len(course[0]) > 1,
    )


def _decisive(course: Course) -> Try:
    """The try whose end is the request's: the one that was served, else the last."""
    tries, serving = course
    return tries[-1] if serving is None else tries[serving]


def _course(
    rng: random.Random,
    deployment: Deployment,
    job: Job,
    plan: tuple[Offer, ...],
    *,
    start_us: int,
    storm: bool,
    hedged: bool,
) -> Course:
    lengths = LENGTHS[job.lengths]
    demand = Demand(
        input=int(lengths["input"][int(rng.random() * STEPS)]),
        cacheable=CACHEABLE[int(rng.random() * STEPS)] * deployment.prefix_hits,
        outputs=lengths["output"],
        timeout_us=deployment.timeout_ms * 1000,
    )
    if hedged:
        return side_by_side(rng, plan, demand, start_us=start_us)
    tries, serving = in_turn(rng, deployment.faults, plan, demand, start_us=start_us, storm=storm)
    if job.service_tier == "batch":
        tries[-1].latency_us += int(rng.random() * BATCH_WAIT_US)
    return tries, serving


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()
