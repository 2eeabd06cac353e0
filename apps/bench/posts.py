"""Bodies of posts, made before the clock starts, and the posting of them."""

import gzip
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count

from apps.bench import load
from apps.bench.load import Body, Client
from apps.bench.stack import Stack
from apps.bench.tenant import Tenant

NATIVE = ("json", "ndjson", "ndjson-gz")
PROTOCOLS = (*NATIVE, "otlp")
_numbers = count()


@dataclass
class Place:
    """Where is posted to, as whom, and how much was."""

    stack: Stack
    tenant: Tenant
    client: Client
    requests: int = 0
    spans: int = 0

    @classmethod
    def at(cls, stack: Stack, tenant: Tenant) -> "Place":
        return cls(stack, tenant, Client(stack.host, stack.port, tenant.key))

    def post(self, bodies: Iterable[Body]) -> int:
        """One after another; how many items."""
        items = 0
        for body in bodies:
            self.client.post(body)
            items += body.items
            if body.is_facts:
                self.spans += body.items
            else:
                self.requests += body.items
        return items


def body(protocol: str, batch: int, now: datetime) -> Body:
    """Of items that no other body has."""
    prefix = fresh("b", now)
    if protocol == "otlp":
        return Body(load.export(batch, prefix=prefix, now=now), batch, load.PROTOBUF)
    made = load.requests(batch, prefix=prefix, now=now)
    if protocol == "json":
        return Body(load.encode(made), batch, load.JSON)
    if protocol == "ndjson":
        return Body(load.lines(made), batch, load.NDJSON)
    return Body(gzip.compress(load.lines(made), 6), batch, load.NDJSON, "gzip")


def bodies(protocol: str, batch: int, posts: int, now: datetime) -> list[Body]:
    return [body(protocol, batch, now) for _ in range(posts)]


def fresh(letter: str, now: datetime) -> str:
    return f"{letter}{next(_numbers):08d}-{now:%H%M%S%f}"


def side_by_side(places: Sequence[Place], shares: Sequence[Sequence[Body]]) -> int:
    """Each place posts its share on a connection of its own; how many items."""
    return at_once([partial(place.post, share) for place, share in zip(places, shares, strict=True)])


def at_once(deeds: Sequence[Callable[[], int]]) -> int:
    """Each in a thread; the sum of what they return. Raises what one of them raises."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        return sum(future.result() for future in [pool.submit(deed) for deed in deeds])


def repacked(plain: Body) -> Body:
    """The same items as other bytes."""
    return Body(gzip.compress(plain.data, 1), plain.items, plain.kind, "gzip")
