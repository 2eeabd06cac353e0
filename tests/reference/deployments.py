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
    drawn = [_without_output(one) if one.operation == "embeddings" else one for one in traffic(7, 900)]
    return [*drawn, *_used()]


def _used() -> list[nouns.Request]:
    """One answer with each kind of token, and the same where it cannot be compared: of no task, in the batch tier, with
    pictures, of another operation, without output. Nobody lists a price for pictures, so that model has none at all."""
    whole = nouns.Usage(
        input_tokens=5_003, cache_read_input_tokens=1_009, cache_write_input_tokens=307, cache_write_1h_input_tokens=101,
        output_tokens=211, reasoning_output_tokens=53,
    )  # fmt: skip
    usual = nouns.Attempt(
        provider="anthropic", model="claude-3-5-haiku-20241022", status=200, start_offset_ms=0.0, usage=whole
    )
    pictures = structs.replace(usual, model="unheard-of-1", usage=structs.replace(whole, other={"images": 2}))
    cut = structs.replace(usual, usage=structs.replace(whole, output_tokens=None, reasoning_output_tokens=None))
    tried = (usual, structs.replace(usual, service_tier="batch"), pictures, cut)
    at = NOW - timedelta(hours=5)
    made = [
        nouns.Request(request_id=f"used-{n}", received_at=at, attempts=[one], task="used")
        for n, one in enumerate(tried)
    ]
    first = made[0]
    return [
        *made,
        structs.replace(first, request_id="used-by-none", task=None),
        structs.replace(first, request_id="used-to-rank", operation="rerank"),
        structs.replace(first, request_id="used-after-pictures", attempts=[pictures, usual]),
    ]


def _without_output(request: nouns.Request) -> nouns.Request:
    made = [
        structs.replace(
            one, model="text-embedding-3-small", usage=one.usage and structs.replace(one.usage, output_tokens=None)
        )
        for one in request.attempts
    ]
    return structs.replace(request, attempts=made)
