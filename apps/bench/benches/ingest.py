"""From HTTP to committed rows, against COPY of the same ready rows and against an empty view."""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from statistics import median
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import load, measure, stack
from apps.bench.load import Body, Client
from apps.bench.measure import Spent
from apps.bench.result import Ratio, Result
from apps.bench.stack import Stack
from apps.bench.tenant import Tenant, copy_ready, ready_rows, tenant

HELP = "Requests and spans a second and core, from HTTP to commit, against COPY of the same rows and an empty view."
PROTOCOLS = ("json", "ndjson", "ndjson-gz", "otlp")
WORK = 12_000
"""Items of one measurement of batches."""
SINGLE = 400
FLOOR_BATCH = 1_000

Kind = Callable[[int], Spent]
_numbers = count()


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--batch", default="1,100,1000,5000", help="items a post (%(default)s)")
    parser.add_argument("--proto", default=",".join(PROTOCOLS), help="%(default)s")
    parser.add_argument("--worker-class", default="sync", help="of gunicorn (%(default)s)")
    parser.add_argument("--work", type=int, default=WORK, help="items of one measurement (%(default)s)")


@dataclass(frozen=True)
class Place:
    stack: Stack
    tenant: Tenant
    client: Client


def run(options: Mapping[str, Any]) -> Result:
    batches = [int(text) for text in options["batch"].split(",")]
    stack.prepare(days=3)
    with stack.serving(kind=options["worker_class"]) as serving:
        mine = tenant(now=timezone.now())
        place = Place(serving, mine, Client(serving.host, serving.port, mine.key))
        kinds: dict[str, Kind] = {"copy": lambda _: _floor(place, options["work"]), "empty": lambda _: _empty(place)}
        for protocol in options["proto"].split(","):
            for batch in batches:
                kinds[f"{protocol} {batch}"] = _posting(place, protocol, batch, options["work"])
        measured = measure.interleaved(kinds, rounds=options["rounds"])
    return _result(measured)


def _posting(place: Place, protocol: str, batch: int, work: int) -> Kind:
    def measured(_: int) -> Spent:
        posts = max(2, work // batch) if batch > 1 else SINGLE
        bodies = [_body(protocol, batch, timezone.now()) for _ in range(posts)]
        return measure.spent(lambda: _post(place.client, bodies), place.stack.groups)

    return measured


def _post(client: Client, bodies: Iterable[Body]) -> int:
    items = 0
    for body in bodies:
        client.post(body)
        items += body.items
    return items


def _body(protocol: str, batch: int, now: datetime) -> Body:
    prefix = f"b{next(_numbers):08d}-{now:%H%M%S%f}"
    if protocol == "otlp":
        return Body(load.export(batch, prefix=prefix, now=now), batch, load.PROTOBUF)
    made = load.requests(batch, prefix=prefix, now=now)
    if protocol == "json":
        return Body(load.encode(made), batch, load.JSON)
    if protocol == "ndjson":
        return Body(load.lines(made), batch, load.NDJSON)
    return Body(gzip.compress(load.lines(made), 6), batch, load.NDJSON, "gzip")


def _floor(place: Place, work: int) -> Spent:
    now = timezone.now()
    ready = [
        ready_rows(
            load.requests(FLOOR_BATCH, prefix=f"c{next(_numbers):08d}-{now:%H%M%S%f}", now=now),
            owner=place.tenant.owner,
            now=now,
        )
        for _ in range(max(1, work // FLOOR_BATCH))
    ]
    return measure.spent(lambda: sum(map(copy_ready, ready)), stack.own_groups)


def _empty(place: Place) -> Spent:
    def ask() -> int:
        for _ in range(SINGLE):
            place.client.nothing()
        return SINGLE

    return measure.spent(ask, place.stack.groups)


def _result(measured: Mapping[str, list[Spent]]) -> Result:
    result = Result("ingest")
    for name, all_spent in measured.items():
        result.rows.append(
            {
                "what": name,
                "per core-second": median(one.per_core_second for one in all_spent),
                "per second": median(one.per_second for one in all_spent),
                "server us": median(one.cpu_us("server") for one in all_spent),
                "postgres us": median(one.cpu_us("postgres") for one in all_spent),
            }
        )
    _ratios(result, measured)
    result.notes.append(
        "Items: requests, spans (otlp) or calls (empty). The server of 'copy' is the process that copies."
    )
    return result


def _ratios(result: Result, measured: Mapping[str, list[Spent]]) -> None:
    """Of items a core-second; wall time would count what else the machine does."""

    def add(above: str, below: str, goal: float | None) -> None:
        if above in measured and below in measured:
            pairs = measure.pairs(measured[above], measured[below], lambda one: one.per_core_second)
            result.ratios.append(Ratio(f"{above} / {below}", pairs, goal))

    for protocol in PROTOCOLS[:3]:
        add(f"{protocol} 1000", "copy", 0.45)
        add(f"{protocol} 100", f"{protocol} 1000", 0.35)
        add(f"{protocol} 1", "empty", 0.12)
    for name, goal in [*((f"{protocol} 1000", 30_000) for protocol in PROTOCOLS[:3]), ("otlp 1000", 20_000)]:
        if name in measured:
            speeds = tuple(one.per_core_second for one in measured[name])
            result.ratios.append(Ratio(f"{name}, a core-second", speeds, goal))
