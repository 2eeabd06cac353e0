"""The nouns of the definitions as plain values, for the reference alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Usage:
    """Tokens of one attempt; None: not told. Input contains what was cached, output what was reasoning."""

    input_tokens: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    output_tokens: int | None = None
    reasoning: int | None = None

    @property
    def told(self) -> bool:
        return self.input_tokens is not None or self.output_tokens is not None


@dataclass(frozen=True)
class Model:
    """Whom an attempt asked for what. Two are the same model when their names are, whoever serves them."""

    provider: str | None
    name: str | None
    service_tier: str = "standard"
    raw_name: str | None = None
    """As it was asked for, date included: what a price is looked up by."""


@dataclass(frozen=True)
class Attempt:
    """One dispatch. `start_us` counts from the request's reception."""

    model: Model
    usage: Usage = field(default_factory=Usage)
    start_us: int | None = 0
    status: int | None = None
    error_type: str | None = None
    reported_nano: int | None = None
    currency: str = "USD"


@dataclass(frozen=True)
class Request:
    """One logical call. `serving` is the position of the attempt whose answer went back, where that is known."""

    attempts: tuple[Attempt, ...] = ()
    outcome: str | None = "served"
    serving: int | None = None
    received_us: int = 0
    operation: str = "chat"
    user_facing: bool = True
    completeness: str = "complete"
    cache_hit: bool = False
    parallel: bool = False
    overhead_us: int | None = None
    overhead_basis: str | None = None

    @property
    def server_position(self) -> int | None:
        """Which attempt served, where one did and it is known which."""
        known = self.outcome == "served" and self.serving is not None and self.serving < len(self.attempts)
        return self.serving if known else None

    @property
    def server(self) -> Attempt | None:
        return None if self.server_position is None else self.attempts[self.server_position]

    def started_us(self, attempt: Attempt) -> int:
        """When an attempt started, for its price; the request's reception where its offset is not known."""
        return self.received_us + (attempt.start_us or 0)


Price = Callable[[Model, Usage, int], int | None]
"""price(m, u, t) in nano-USD, None where there is none."""


@dataclass(frozen=True)
class Assumptions:
    """Whose prices and which engagement loss per 100 ms. `list_first`: the price list speaks before the gateway's report."""

    price: Price
    loss_per_100_ms: Decimal = Decimal("0.012")
    list_first: bool = False
