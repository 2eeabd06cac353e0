"""What it costs to send the same again: whole posts byte for byte, and the same requests in another post."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import measure, posts, stack, store
from apps.bench.load import Body
from apps.bench.measure import Spent
from apps.bench.posts import Place
from apps.bench.result import Ratio, Result
from apps.bench.tenant import tenant

HELP = "A post sent again, byte for byte or repacked, against the same post the first time."
PROTOCOLS = ("ndjson", "otlp")


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--batch", type=int, default=1_000, help="items a post (%(default)s)")
    parser.add_argument("--work", type=int, default=12_000, help="items of one measurement (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    result = Result("dedup")
    stack.prepare(days=3)
    with stack.serving() as serving:
        place = Place.at(serving, tenant(now=timezone.now()))
        for protocol in PROTOCOLS:
            found = [_sent_again(place, protocol, options) for _ in range(options["rounds"] + 1)][1:]
            first, again, repacked = ([one[n] for one in found] for n in range(3))
            result.rows += [
                _row(f"{protocol} first", first),
                _row(f"{protocol} again", again),
                _row(f"{protocol} repacked", repacked),
            ]
            result.ratios += [
                Ratio(f"{protocol} again / first", measure.pairs(again, first, _cost), 0.1, at_least=False),
                Ratio(f"{protocol} repacked / first", measure.pairs(repacked, first, _cost)),
            ]
        once = store.stored(place.tenant.owner)
    # Each was sent three times.
    result.ratios.append(store.check("requests", sent=place.requests // 3, found=once.posted))
    result.ratios.append(store.check("spans", sent=place.spans // 3, found=once.spans))
    result.notes.append("Repacked: the same items under another content coding, so that no digest tells them.")
    return result


def _sent_again(place: Place, protocol: str, options: Mapping[str, Any]) -> tuple[Spent, Spent, Spent]:
    ready = posts.bodies(protocol, options["batch"], max(1, options["work"] // options["batch"]), timezone.now())

    def posting(bodies: Sequence[Body]) -> Spent:
        return measure.spent(lambda: place.post(bodies), place.stack.groups)

    return posting(ready), posting(ready), posting([posts.repacked(body) for body in ready])


def _cost(spent: Spent) -> float:
    return spent.core_s / spent.items


def _row(name: str, spent: list[Spent]) -> dict[str, str | int | float | None]:
    return {
        "what": name,
        "server us": measure.middle(spent, lambda one: one.cpu_us("server")),
        "postgres us": measure.middle(spent, lambda one: one.cpu_us("postgres")),
    }
