"""From the last acknowledged span to the last request derived from spans, with the worker and beat as deployed."""

import time
from collections.abc import Mapping
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import measure, posts, stack, store
from apps.bench.measure import Spent
from apps.bench.posts import Place
from apps.bench.result import Ratio, Result
from apps.bench.tenant import tenant

HELP = "Seconds from the last acknowledged span until every request is derived, and what that costs."
WITHIN_S = 10.0
GIVE_UP_S = 120.0
SPANS_A_REQUEST = 3


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--batch", type=int, default=600, help="spans a post, whole requests of three (%(default)s)")
    parser.add_argument("--work", type=int, default=3_000, help="spans of one measurement (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    waits: list[float] = []
    costs: list[Spent] = []
    stack.prepare(days=3)
    with stack.serving() as serving, stack.working() as worker:
        place = Place.at(serving, tenant(now=timezone.now()))
        for number in range(options["rounds"] + 1):
            wait_s, spent = _one(place, worker, options)
            if number:
                waits.append(wait_s)
                costs.append(spent)
        found = store.stored(place.tenant.owner)
    result = Result("derive")
    result.rows.append(
        {
            "spans at once": costs[0].items,
            "worker us a span": measure.middle(costs, lambda one: one.cpu_us("worker")),
            "postgres us a span": measure.middle(costs, lambda one: one.cpu_us("postgres")),
            "derived a second": measure.middle(costs, lambda one: one.per_second),
        }
    )
    result.ratios.append(Ratio("seconds to the last request", tuple(waits), WITHIN_S, at_least=False))
    result.ratios.append(store.check("spans", sent=place.spans, found=found.spans))
    result.ratios.append(store.check("requests", sent=place.spans // SPANS_A_REQUEST, found=found.requests))
    return result


def _one(place: Place, worker: int, options: Mapping[str, Any]) -> tuple[float, Spent]:
    batch = max(SPANS_A_REQUEST, options["batch"] // SPANS_A_REQUEST * SPANS_A_REQUEST)
    ready = posts.bodies("otlp", batch, max(1, options["work"] // batch), timezone.now())

    acknowledged: list[float] = []

    def work() -> int:
        items = place.post(ready)
        acknowledged.append(time.perf_counter())
        _until_derived(place)
        return items

    spent = measure.spent(work, lambda: {"worker": measure.tree(worker), "postgres": stack.postgres()})
    return time.perf_counter() - acknowledged[0], spent


def _until_derived(place: Place) -> None:
    deadline = time.monotonic() + GIVE_UP_S
    while (left := store.stored(place.tenant.owner).unit_marks) and time.monotonic() < deadline:
        time.sleep(0.1)
    if left:
        raise CommandError(f"{left:,} units are not derived after {GIVE_UP_S:g} seconds.")
