"""What truly happened, whatever a source tells of it. Times are integer microseconds."""

from msgspec import Struct

from apps.demo.simulate.offers import Offer
from apps.demo.simulate.profile import Job


class Try(Struct, gc=False):
    """One dispatch to a provider; token counts are None where it generated nothing, or nobody will ever know."""

    offer: Offer
    start_us: int
    """After the request was received."""
    latency_us: int
    first_us: int | None = None
    """To the first token, after the dispatch."""
    status: int | None = 200
    error: str | None = None
    input: int | None = None
    cached: int | None = None
    written: int | None = None
    output: int | None = None
    reasoning: int | None = None

    @property
    def end_us(self) -> int:
        return self.start_us + self.latency_us


class Happening(Struct, gc=False):
    """One request as it was."""

    number: int
    """Of its day, in order of arrival."""
    received_us: int
    """Since 1970, UTC."""
    job: Job
    overhead_us: int
    latency_us: int
    tries: list[Try]
    serving: int | None
    """The try whose answer went back."""
    production: bool = True
    cache_hit: bool = False
    hedged: bool = False
    criteria_met: int | None = None
    """How many of `skills.CRITERIA` its answer met; None where nobody could tell."""

    @property
    def served(self) -> bool:
        return self.cache_hit or self.serving is not None

    @property
    def end_us(self) -> int:
        return self.received_us + self.latency_us
