"""The other organizations: each drawn from the seed and its name, a few of them in a state that has to be seen."""

import random
from datetime import date, timedelta

from msgspec.structs import replace

from apps.demo.simulate.draws import at_level, generator, lognormal
from apps.demo.simulate.measured import CONNECTION_ERROR, FIVE, GAP_CV, MALFORMED, RATE_LIMITED_CALM, WEEKEND_FACTOR
from apps.demo.simulate.offers import (
    AZURE_MINI,
    DEEPSEEK,
    FLASH,
    FLASH_LITE,
    GPT_5,
    GPT_5_MINI,
    GPT_5_NANO,
    GPT_41,
    GPT_41_MINI,
    HAIKU,
    LLAMA_GROQ,
    LLAMA_TOGETHER,
    MISTRAL_MEDIUM,
    MISTRAL_SMALL,
    OWN,
    SONNET,
    Offer,
)
from apps.demo.simulate.profile import Deployment, Faults, Job, Lengths, Organization, Source
from apps.demo.simulate.trials import perhaps
from apps.traces.nouns import OverheadBasis

SINGLE_MS, CHAIN_MS = 14.0, 89.0
"""Median routing overhead with one provider and with fallback chains, of the published study of 47 deployments."""
ZONES = (("UTC", 0), ("Europe/London", 0), ("Europe/Paris", 1), ("America/New_York", -5), ("Asia/Tokyo", 9))
KINDS: tuple[tuple[str, bool, Lengths, tuple[str, ...]], ...] = (
    ("assistant", True, "conversation", ("chat", "faq")),
    ("help-desk", True, "conversation", ("answer", "escalate")),
    ("extraction", False, "conversation", ("extract", "classify")),
    ("digest", False, "long", ("summarize",)),
    ("completion", True, "code", ("complete", "explain")),
)
"""Slug, whether people wait, lengths, tasks."""
PLANNED = (GPT_5_MINI, GPT_5_MINI, GPT_41_MINI, HAIKU, FLASH, FLASH_LITE, MISTRAL_SMALL, LLAMA_GROQ, GPT_5_NANO, GPT_41)
DEARER = (HAIKU, MISTRAL_MEDIUM, GPT_41, GPT_5, SONNET)
ALIKE = (GPT_41_MINI, AZURE_MINI, FLASH, LLAMA_TOGETHER, GPT_5_MINI)
CHEAPER = (FLASH_LITE, GPT_5_NANO, MISTRAL_SMALL, DEEPSEEK)
SOURCES = {
    3: Source(completeness="lower_bound", basis=None),
    9: Source(completeness="complete_first_hop", basis=None),
    15: Source(completeness="count_only"),
    21: Source(basis="receive_to_dispatch", second_basis="total_minus_provider"),
    27: Source(tokens_missing=0.2),
    33: Source(completeness="complete_first_hop", basis=None),
    39: Source(currency="USD", discount=0.15),
    45: Source(completeness="unknown", basis=None),
    51: Source(currency="EUR"),
}
"""Places in the cast whose source tells less, or otherwise, than a gateway usually does."""
BASES: tuple[OverheadBasis | None, ...] = ("receive_to_dispatch", "total_minus_provider", "decision_only", None)
STOPPED, KEPT_APART, OWN_MODEL, MONDAYS = 12, 36, 48, 17
"""Places of one that stopped a week before the end, one that does not contribute, one with a model on no price list, one
whose second deployment works on Mondays."""


def drawn(seed: int, name: str, place: int, *, began: date, days: int) -> Organization:
    """The organization at `place` of the cast; one in four has a second deployment, one in fifteen a third."""
    slug = "demo-" + name.lower().replace(" & ", "-").replace(" ", "-")
    rng = generator(seed, "cast", slug)
    zone, hours = ZONES[rng.randrange(len(ZONES))]
    kinds = rng.sample(KINDS, k=3)
    number = 3 if place % 15 == 7 else 2 if place % 4 == 1 else 1
    source = SOURCES.get(place)
    deployments = [_deployment(rng, slug, kinds[0], main=True, hours=hours, source=source or _source(rng))]
    deployments += [
        _deployment(rng, slug, kind, main=False, hours=hours, source=_source(rng)) for kind in kinds[1:number]
    ]
    judging = generator(seed, "scores", slug)
    deployments = [perhaps(judging, one) for one in deployments]
    if place == STOPPED:
        deployments = [replace(one, last_day=began + timedelta(days=days - 7)) for one in deployments]
    if place == KEPT_APART:
        deployments = [replace(one, contributes=False) for one in deployments]
    if place == OWN_MODEL:
        deployments = [replace(one, jobs=tuple(_own(job) for job in one.jobs)) for one in deployments]
    if place == MONDAYS:
        deployments[1] = replace(deployments[1], weekdays=(0,))
    return Organization(slug, name, tuple(deployments), time_zone=zone)


def _deployment(
    rng: random.Random,
    organization: str,
    kind: tuple[str, bool, Lengths, tuple[str, ...]],
    *,
    main: bool,
    hours: int,
    source: Source,
) -> Deployment:
    slug, user_facing, lengths, tasks = kind
    planned = rng.choice(PLANNED)
    fallbacks = _fallbacks(rng, planned)
    cheap = rng.choice((planned, GPT_5_NANO, FLASH_LITE)) if len(tasks) > 1 else planned
    offers = (planned, cheap)
    shares = (0.65, 0.35) if len(tasks) > 1 else (1.0,)
    jobs = tuple(
        Job(task, offer, share, route=f"{slug}/{task}", lengths=lengths)
        for task, offer, share in zip(tasks, offers, shares, strict=False)
    )
    streaming = user_facing and rng.random() < 0.8
    return Deployment(
        organization,
        slug,
        jobs,
        weekly=rng.uniform(288, 340)
        if main
        else rng.choice((rng.uniform(30, 80), rng.uniform(40, 90), rng.uniform(288, 310))),
        user_facing=user_facing,
        streaming=streaming,
        zone_hours=hours,
        gap_cv=max(0.9, at_level(FIVE, GAP_CV, rng.random())),
        weekend=WEEKEND_FACTOR if user_facing else rng.choice((WEEKEND_FACTOR, 0.5, 1.0)),
        growth=rng.uniform(-0.002, 0.006),
        fallbacks=fallbacks,
        retries=rng.choice((0, 1, 1, 2)) if fallbacks else rng.choice((1, 2, 2, 3)),
        timeout_ms=30_000 if user_facing else 90_000,
        hedged=rng.uniform(0.02, 0.08) if fallbacks and user_facing and rng.random() < 0.2 else 0.0,
        rejected=rng.uniform(0, 0.004),
        cache_hits=rng.choice((0.0, 0.0, 0.03, 0.12)),
        prefix_hits=rng.choice((0.0, 0.5, 0.8, 0.9)),
        overhead_ms=lognormal(rng, CHAIN_MS if fallbacks else SINGLE_MS, 0.5),
        staging=rng.choice((0.0, 0.0, 0.02)),
        faults=_faults(rng, structured=lengths == "code" or not user_facing, streaming=streaming),
        source=source,
    )


def _fallbacks(rng: random.Random, planned: Offer) -> tuple[Offer, ...]:
    """None for four in ten; else another provider's models, dearer more often than cheaper."""
    if rng.random() < 0.4:
        return ()
    first = rng.choice(rng.choice((DEARER, DEARER, ALIKE, CHEAPER)))
    second = rng.choice(ALIKE + CHEAPER)
    return tuple(dict.fromkeys(offer for offer in (first, second)[: rng.choice((1, 1, 2))] if offer is not planned))


def _faults(rng: random.Random, *, structured: bool, streaming: bool) -> Faults:
    """How often things go wrong here; malformed answers as Aider's models, in full where a format is demanded."""
    malformed = at_level(FIVE, MALFORMED, rng.random())
    return Faults(
        rate_limited=RATE_LIMITED_CALM * lognormal(rng, 1, 0.4),
        connection=CONNECTION_ERROR,
        storms=min(0.15, lognormal(rng, 0.03, 0.8)),
        server=lognormal(rng, 0.006, 0.5),
        hang=lognormal(rng, 0.002, 0.6),
        cut=lognormal(rng, 0.002, 0.6) if streaming else 0.0,
        malformed=malformed if structured else malformed * 0.3,
    )


def _source(rng: random.Random) -> Source:
    """A gateway that sees all; one in six without routing overhead, some by another basis."""
    return Source(basis=rng.choices(BASES, (60, 12, 10, 18))[0], outcome_told=rng.random() < 0.8)


def _own(job: Job) -> Job:
    return replace(job, offer=OWN)
