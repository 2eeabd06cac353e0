"""Whole deployments to hold against the reference: simulated ones, of each kind of source, and traffic of every kind."""

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import structs

from apps.demo.simulate import cast, profile, stream
from apps.traces import nouns
from tests.rollups.tenants import NOW, traffic

SEED, BEGAN = 11, NOW.date() - timedelta(days=20)


def varied() -> list[profile.Deployment]:
    """Simulated deployments, one for each kind of source and habit that the figures depend on."""
    kinds: dict[tuple[object, ...], profile.Deployment] = {}
    for organization in cast.cast(seed=SEED, began=BEGAN):
        for one in organization.deployments:
            source, tiers = one.source, {job.service_tier for job in one.jobs}
            told = source.completeness, source.currency, source.outcome_told, source.second_basis is None
            kinds.setdefault((*told, one.hedged > 0, "batch" in tiers), one)
    return [one for one in kinds.values() if one.weekly]


def simulated(deployment: profile.Deployment, days: int = 3) -> list[nouns.Request]:
    """What the simulator's source reports of some days."""
    since = datetime.combine(NOW.date() - timedelta(days=days), datetime.min.time(), UTC)
    batches = stream.batches(deployment=deployment, since=since, until=NOW, began=BEGAN, seed=SEED)
    decoder = msgspec.json.Decoder(nouns.Request)
    return [decoder.decode(line) for batch in batches for line in batch.body.splitlines()]


def mixed() -> list[nouns.Request]:
    """Traffic of every kind, in which embeddings tell no output, as real ones do."""
    return [_without_output(one) if one.operation == "embeddings" else one for one in traffic(7, 900)]


def _without_output(request: nouns.Request) -> nouns.Request:
    made = [
        structs.replace(
            one, model="text-embedding-3-small", usage=one.usage and structs.replace(one.usage, output_tokens=None)
        )
        for one in request.attempts
    ]
    return structs.replace(request, attempts=made)
