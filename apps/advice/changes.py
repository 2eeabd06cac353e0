"""What one might change about how requests are routed. Pure."""

from dataclasses import dataclass
from typing import NamedTuple


class Model(NamedTuple):
    """By canonical names; without a provider, its maker's price is taken."""

    provider: str | None
    name: str

    @property
    def written(self) -> str:
        """`openai/gpt-4o`, as people write and read it."""
        return f"{self.provider}/{self.name}" if self.provider else self.name


@dataclass(frozen=True)
class Move:
    """Requests of a task are planned on another model. None: those without a task."""

    task: str | None
    to: Model


@dataclass(frozen=True)
class Cap:
    """No more than so many attempts after the first; on one route, or everywhere."""

    retries: int
    route: str | None = None


@dataclass(frozen=True)
class Drop:
    """A provider is asked no more; what it answered goes to a model elsewhere."""

    provider: str
    to: Model


@dataclass(frozen=True)
class Add:
    """Models that this provider sells too are asked there, whenever it is cheaper."""

    provider: str


@dataclass(frozen=True)
class Fallback:
    """What a fallback answered is answered by this one; on one route, or everywhere."""

    to: Model
    route: str | None = None


@dataclass(frozen=True)
class PriceChange:
    """A provider's prices, or those of one of its models, move by so many millionths."""

    provider: str
    model: str | None
    ppm: int


Change = Move | Cap | Drop | Add | Fallback | PriceChange
