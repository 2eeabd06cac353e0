"""Who has answers scored, and tries other models on a part of the traffic: without both nobody knows which model would do."""

import random
from collections.abc import Iterator

from msgspec.structs import replace

from apps.demo.simulate.offers import (
    DEEPSEEK,
    FLASH,
    FLASH_LITE,
    GPT_5,
    GPT_5_MINI,
    GPT_5_NANO,
    GPT_41_MINI,
    HAIKU,
    LLAMA_GROQ,
    MISTRAL_MEDIUM,
    MISTRAL_SMALL,
    SONNET,
    Offer,
)
from apps.demo.simulate.profile import Deployment, Job

SHARE = 0.13
"""Of a task's requests, for each model on trial: enough for an opinion within four weeks."""
SCORED = 0.9
TRIED = (
    GPT_5,
    GPT_5_MINI,
    GPT_5_NANO,
    GPT_41_MINI,
    HAIKU,
    SONNET,
    FLASH,
    FLASH_LITE,
    MISTRAL_MEDIUM,
    MISTRAL_SMALL,
    LLAMA_GROQ,
    DEEPSEEK,
)
"""What is tried, often of the provider that is there already."""


def tried(job: Job, *others: Offer) -> tuple[Job, ...]:
    """The job with a part of its requests planned for other models."""
    kept = replace(job, share=job.share * (1 - SHARE * len(others)))
    return kept, *(replace(job, offer=other, share=job.share * SHARE) for other in others)


def scored(deployment: Deployment, share: float = SCORED) -> Deployment:
    return replace(deployment, source=replace(deployment.source, scored=share))


def perhaps(rng: random.Random, deployment: Deployment) -> Deployment:
    """Two in ten score nothing, one in ten scores and tries nothing; the others try one or two models at each task."""
    kind = rng.random()
    if kind < 0.2:
        return deployment
    if kind < 0.3:
        return scored(deployment)
    jobs = (one for job in deployment.jobs for one in tried(job, *_others(rng, job.offer)))
    return scored(replace(deployment, jobs=tuple(jobs)))


def _others(rng: random.Random, planned: Offer) -> Iterator[Offer]:
    siblings = [one for one in TRIED if one.provider == planned.provider and one is not planned]
    strangers = [one for one in TRIED if one.provider != planned.provider]
    yield rng.choice(siblings if siblings and rng.random() < 0.7 else strangers)
    if rng.random() < 0.4:
        yield rng.choice(siblings or strangers)
