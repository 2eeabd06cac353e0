"""From HTTP to committed rows, against COPY of the same ready rows, a bare parse, and an empty view."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import dialects, floors, measure, posts, stack, store
from apps.bench.measure import Spent
from apps.bench.posts import NATIVE, PROTOCOLS, Place
from apps.bench.result import Ratio, Result
from apps.bench.tenant import tenant

HELP = "Requests and spans a second and core, from HTTP to commit, against COPY of the same rows and an empty view."
WORK = 12_000
"""Items of one measurement of batches."""
SINGLE = 400
"""Posts of one measurement of single items."""

Kind = Callable[[int], Spent]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--batch", default="1,100,1000,5000", help="items a post (%(default)s)")
    parser.add_argument("--proto", default=",".join(PROTOCOLS), help="%(default)s")
    parser.add_argument("--worker-class", default="gthread", help="of gunicorn (%(default)s, as up runs it; or sync)")
    parser.add_argument(
        "--dialects",
        nargs="?",
        const="",
        metavar="NAMES",
        help="instead, what each client was captured sending, or these",
    )
    parser.add_argument("--captures", type=Path, help="where those are (those of the tests)")
    parser.add_argument("--work", type=int, default=WORK, help="items of one measurement (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    if options["dialects"] is not None:
        return dialects.run(options)
    batches = [int(text) for text in options["batch"].split(",")]
    protocols = options["proto"].split(",")
    stack.prepare(days=3)
    with stack.serving(kind=options["worker_class"]) as serving:
        place = Place.at(serving, tenant(now=timezone.now()))
        kinds = _floors(place, protocols, options["work"])
        for protocol in protocols:
            for batch in batches:
                kinds[f"{protocol} {batch}"] = _posting(place, protocol, batch, options["work"])
        measured = measure.interleaved(kinds, rounds=options["rounds"])
    return _result(measured, place)


def _floors(place: Place, protocols: list[str], work: int) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {"empty": lambda _: floors.empty(place, min(SINGLE, work))}
    if set(protocols) & set(NATIVE):
        kinds["copy"] = lambda _: floors.copy(place, work)
        kinds["parse json"] = lambda _: floors.parse_native(work)
        kinds["decode json"] = lambda _: floors.decode_native(work)
    if "otlp" in protocols:
        kinds["parse otlp"] = lambda _: floors.parse_otlp(work)
        kinds["decode otlp"] = lambda _: floors.decode_otlp(work)
    return kinds


def _posting(place: Place, protocol: str, batch: int, work: int) -> Kind:
    count = max(2, work // batch) if batch > 1 else min(SINGLE, work)

    def measured(_: int) -> Spent:
        ready = posts.bodies(protocol, batch, count, timezone.now())
        return measure.spent(lambda: place.post(ready), place.stack.groups)

    return measured


def _result(measured: Mapping[str, list[Spent]], place: Place) -> Result:
    result = Result("ingest")
    for name, spent in measured.items():
        result.rows.append(
            {
                "what": name,
                "per core-second": measure.middle(spent, lambda one: one.per_core_second),
                "per second": measure.middle(spent, lambda one: one.per_second),
                "server us": measure.middle(spent, lambda one: one.cpu_us("server")),
                "postgres us": measure.middle(spent, lambda one: one.cpu_us("postgres")),
            }
        )
    _ratios(result, measured)
    found = store.stored(place.tenant.owner)
    if place.requests:
        result.ratios.append(store.check("requests", sent=place.requests, found=found.posted))
    if place.spans:
        result.ratios.append(store.check("spans", sent=place.spans, found=found.spans))
    result.notes.append(
        "Items: requests, spans (otlp) or calls (empty). The server of copy, parse and decode is the process that does it."
    )
    return result


def _ratios(result: Result, measured: Mapping[str, list[Spent]]) -> None:
    """Of items a core-second; wall time would count what else the machine does."""

    def add(above: str, below: str, goal: float | None) -> None:
        if above in measured and below in measured:
            pairs = measure.pairs(measured[above], measured[below], lambda one: one.per_core_second)
            result.ratios.append(Ratio(f"{above} / {below}", pairs, goal))

    add("decode json", "parse json", 0.6)
    add("decode otlp", "parse otlp", 0.1)
    for protocol in NATIVE:
        add(f"{protocol} 1000", "copy", 0.45)
        add(f"{protocol} 100", f"{protocol} 1000", 0.35)
        add(f"{protocol} 1", "empty", 0.12)
    add("otlp 1", "empty", None)
    for name, goal in [*((f"{protocol} 1000", 30_000) for protocol in NATIVE), ("otlp 1000", 20_000)]:
        if name in measured:
            speeds = tuple(one.per_core_second for one in measured[name])
            result.ratios.append(Ratio(f"{name}, a core-second", speeds, goal))
