"""Who is in the demo: sixty organizations, the first two written out, the others drawn from the seed.

No name is meant to be a company's. Slugs begin with `demo-`, so that they meet no tenant of one's own.
"""

from datetime import date, timedelta

from apps.demo.simulate.crowd import drawn
from apps.demo.simulate.offers import (
    EMBEDDING,
    FLASH,
    FLASH_LITE,
    GPT_5,
    GPT_5_MINI,
    GPT_5_NANO,
    GPT_41_MINI,
    HAIKU,
    MISTRAL_SMALL,
    SONNET,
)
from apps.demo.simulate.profile import Deployment, Faults, Job, Organization, Source
from apps.demo.simulate.trials import SCORED, tried

DAYS = 91
"""How long the demo reaches back when it is first laid."""
NAMES = """
    Alder Post|Amber Lane|Anchor Thirteen|Ash & Quill|Basalt Books|Beacon Row|Birchway|Blue Kettle|Bramble Health
    Brightwater Atlas|Cairn Legal|Candle Street|Cedar Notes|Cinder Fox|Cobalt Harbor|Copper Finch|Coral Desk|Dapple Farm
    Driftwood Travel|Dune & Daughters|Ember Clinic|Fathom Supply|Fern Ledger|Field of Larks|Flint Arcade|Foxglove Care
    Garnet Rail|Granite Tutor|Gull & Grain|Harrow Insure|Hazel Kitchen|Heron Freight|Hollow Oak|Inkwell Parcel|Iron Petal
    Ivory Coastline|Jasper Lot|Juniper Bank|Kelp & Kin|Lantern Jobs|Larch Mutual|Linden Homes|Loam Seeds|Maple Signal
    Marrow Gym|Mica Studio|Moss Pharmacy|Northern Plum|Nutmeg News|Opal Transit|Orchard Tax|Otter Games|Pebble Pay
    Pine Arcana|Quarry Talk|Quince Hotels|Reed & Rye|Saffron Vote
"""


def cast(*, seed: int, began: date) -> tuple[Organization, ...]:
    """The organizations of a demo that begins on `began`; dates of theirs are counted from there."""
    names = [name.strip() for line in NAMES.split("\n") for name in line.split("|") if name.strip()]
    others = (drawn(seed, name, place, began=began, days=DAYS) for place, name in enumerate(names))
    return acme(began), borealis(), *others


def acme(began: date) -> Organization:
    """The one to look at first: six deployments in as many states."""
    own, slug = began + timedelta(days=DAYS), "demo-acme"
    chat = Job("support", GPT_5_MINI, 0.7, route="chat/default")
    hard = Job("escalation", SONNET, 0.3, route="chat/hard")
    return Organization(
        slug,
        "Acme",
        time_zone="Europe/Berlin",
        deployments=(
            Deployment(
                slug,
                "support-chat",
                (*tried(chat, FLASH, HAIKU), *tried(hard, GPT_5)),
                weekly=400,
                zone_hours=1,
                fallbacks=(HAIKU,),
                retries=1,
                overhead_ms=61,
                cache_hits=0.04,
                teams=("help", "sales", "apps"),
                faults=Faults(storms=0.08, malformed=0.012),
                source=Source(scored=SCORED),
                policy_since=own - timedelta(days=40),
                value_per_1000_usd="12",
                maintenance_hours="0.01",
            ),
            Deployment(
                slug,
                "search-answers",
                (Job("answers", FLASH, route="search"),),
                weekly=310,
                zone_hours=1,
                overhead_ms=12,
                faults=Faults(malformed=0.004),
                source=Source(basis=None, scored=SCORED),
                value_per_1000_usd="3.5",
            ),
            Deployment(
                slug,
                "doc-summaries",
                (Job("summaries", GPT_41_MINI, lengths="long"),),
                weekly=290,
                user_facing=False,
                streaming=False,
                fallbacks=(FLASH_LITE,),
                timeout_ms=60_000,
                overhead_ms=38,
                faults=Faults(malformed=0.02, storms=0.05),
            ),
            Deployment(
                slug,
                "code-review",
                (
                    *tried(Job("review", SONNET, 0.6, lengths="code"), GPT_5, GPT_5_MINI),
                    *tried(Job("lint", GPT_5_NANO, 0.4, lengths="code"), FLASH_LITE),
                ),
                weekly=290,
                user_facing=False,
                streaming=False,
                zone_hours=1,
                weekend=0.3,
                fallbacks=(GPT_5,),
                overhead_ms=95,
                faults=Faults(malformed=0.12, server=0.015, storms=0.06),
                source=Source(scored=SCORED),
                maintenance_hours="0.02",
            ),
            Deployment(
                slug,
                "eu-triage",
                (Job("triage", MISTRAL_SMALL),),
                weekly=300,
                zone_hours=1,
                fallbacks=(FLASH_LITE,),
                overhead_ms=44,
                faults=Faults(malformed=0.03),
                last_day=own - timedelta(days=6),
            ),
            Deployment(slug, "voice-notes", (Job("notes", FLASH_LITE),), weekly=0, streaming=False),
        ),
    )


def borealis() -> Organization:
    """A smaller one beside it: a router in good health, and nightly work in the batch tier."""
    slug = "demo-borealis"
    return Organization(
        slug,
        "Borealis",
        time_zone="America/Toronto",
        deployments=(
            Deployment(
                slug,
                "assistant",
                (*tried(Job("chat", HAIKU, 0.5), FLASH), *tried(Job("rewrite", GPT_5_NANO, 0.5), FLASH_LITE)),
                weekly=380,
                zone_hours=-5,
                fallbacks=(FLASH,),
                hedged=0.03,
                overhead_ms=70,
                faults=Faults(malformed=0.006),
                source=Source(scored=SCORED),
                value_per_1000_usd="0.5",
            ),
            Deployment(
                slug,
                "nightly",
                (
                    Job("labels", GPT_5_NANO, 0.5, service_tier="batch"),
                    Job("index", EMBEDDING, 0.5, operation="embeddings", lengths="embedding"),
                ),
                weekly=280,
                user_facing=False,
                streaming=False,
                timeout_ms=120_000,
                overhead_ms=9,
            ),
        ),
    )
