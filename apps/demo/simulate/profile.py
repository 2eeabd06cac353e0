"""What a deployment is like: its traffic, its plan, its misfortunes, and how much its source tells."""

from datetime import date
from typing import Literal

from msgspec import Struct

from apps.demo.simulate.measured import CONNECTION_ERROR, RATE_LIMITED_CALM, WEEKEND_FACTOR
from apps.demo.simulate.offers import Offer
from apps.traces.nouns import Completeness, OverheadBasis, ServiceTier

Lengths = Literal["conversation", "code", "long", "embedding"]
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class Job(Struct, frozen=True):
    """A kind of request and the model planned for it."""

    task: str | None
    offer: Offer
    share: float = 1.0
    """Of the deployment's requests, against the shares of its other jobs."""
    route: str | None = None
    operation: str = "chat"
    lengths: Lengths = "conversation"
    service_tier: ServiceTier = "standard"


class Faults(Struct, frozen=True):
    """Probability of each fault, for one attempt. What public data measure stands in `measured`; the rest is assumed."""

    rate_limited: float = RATE_LIMITED_CALM
    connection: float = CONNECTION_ERROR
    storms: float = 0.02
    """Days with a spell in which the planned provider refuses as RATE_LIMITED_STORM says (assumed)."""
    server: float = 0.006
    """500, 502, 503, 529 (assumed: no public trace has them)."""
    hang: float = 0.002
    """Never answers, so that the timeout ends it (assumed)."""
    cut: float = 0.002
    """The stream breaks in the middle (assumed)."""
    malformed: float = 0.0
    """Answered and billed, but broke the demanded format; drawn for each deployment from MALFORMED."""
    refused: float = 0.002
    """400: the caller's own mistake, which no retry heals (assumed)."""

    @property
    def others(self) -> tuple[float, ...]:
        """Of all but the rate limits, in the order of `answers.KINDS`."""
        return (self.server, self.connection, self.hang, self.cut, self.malformed, self.refused)


class Source(Struct, frozen=True):
    """What the client or gateway reports of the truth."""

    completeness: Completeness = "complete"
    basis: OverheadBasis | None = "receive_to_dispatch"
    second_basis: OverheadBasis | None = None
    """Reported by every second request in place of `basis`, as two gateway versions side by side do."""
    tokens_missing: float = 0.004
    """Share of answers without usage, as streams without `include_usage` are (assumed)."""
    outcome_told: bool = True
    scored: float = 0.0
    """Share of answers that come with a score."""
    currency: str | None = None
    """Set: the gateway reports its own cost, in this currency."""
    discount: float = 0.0
    """Of list prices, in the cost it reports."""


class Deployment(Struct, frozen=True):
    """One application or gateway; `key` names its organization too."""

    organization: str
    slug: str
    jobs: tuple[Job, ...]
    weekly: float
    """Requests in an average week; 0: it has never sent any."""
    user_facing: bool = True
    streaming: bool = True
    zone_hours: int = 0
    """Its working day against UTC."""
    gap_cv: float = 1.14
    weekend: float = WEEKEND_FACTOR
    weekdays: tuple[int, ...] = EVERY_DAY
    growth: float = 0.0
    """Of traffic, a week."""
    fallbacks: tuple[Offer, ...] = ()
    retries: int = 2
    """On the planned model, before falling back."""
    timeout_ms: int = 30_000
    hedged: float = 0.0
    rejected: float = 0.001
    """Turned away by the gateway before any dispatch."""
    cache_hits: float = 0.0
    prefix_hits: float = 0.8
    """Share of what could be read from the provider's cache that is."""
    overhead_ms: float = 14.0
    """Median time in the gateway before the first dispatch."""
    staging: float = 0.0
    """Share of requests from another environment than production."""
    teams: tuple[str, ...] = ()
    faults: Faults = Faults()
    source: Source = Source()
    policy_since: date | None = None
    """From that day on its requests carry policy `b`, before it `a`; None: they carry none."""
    last_day: date | None = None
    """It stopped after that day."""
    contributes: bool = True
    value_per_1000_usd: str | None = None
    maintenance_hours: str | None = None

    @property
    def key(self) -> str:
        return f"{self.organization}/{self.slug}"


class Organization(Struct, frozen=True):
    """A tenant of the demo."""

    slug: str
    name: str
    deployments: tuple[Deployment, ...]
    time_zone: str = "UTC"
