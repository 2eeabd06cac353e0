"""Every client's spans, through HTTP to committed facts: no dialect may cost much more than plain OTLP does."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from apps.bench import captured, measure, posts, stack, store
from apps.bench.captured import Client
from apps.bench.load import JSON, ROWS_PATH
from apps.bench.measure import Spent
from apps.bench.posts import Place
from apps.bench.result import Ratio, Result
from apps.bench.tenant import tenant

CAPTURES = Path("tests") / "ingest" / "captures"
PLAIN = "otlp, plain"
OF_THE_GOAL = 0.8
GOAL = OF_THE_GOAL * 20_000
BATCH = 1_000


def run(options: Mapping[str, Any]) -> Result:
    """A row a client, dearest first."""
    found = {_name(one): one for one in captured.clients(options["captures"] or settings.BASE_DIR / CAPTURES)}
    asked = set(filter(None, options["dialects"].split(",")))
    if unknown := asked - found.keys():
        raise CommandError(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(found)}.")
    found = {name: one for name, one in found.items() if not asked or name in asked}
    sizes: dict[str, float] = {}
    stack.prepare(days=3)
    with stack.serving(kind=options["worker_class"]) as serving:
        place = Place.at(serving, tenant(now=timezone.now()))
        kinds = {name: _posting(place, name, one, options["work"], sizes) for name, one in found.items()}
        kinds[PLAIN] = _posting(place, PLAIN, None, options["work"], sizes)
        measured = measure.interleaved(kinds, rounds=options["rounds"])
    result = Result("ingest")
    for name in sorted(measured, key=lambda name: _speed(measured[name])):
        spent = measured[name]
        result.rows.append(
            {
                "client": name,
                "bytes each": sizes[name],
                "per core-second": _speed(spent),
                "server us": measure.middle(spent, lambda one: one.cpu_us("server")),
                "postgres us": measure.middle(spent, lambda one: one.cpu_us("postgres")),
            }
        )
    _ratios(result, measured)
    result.ratios.append(store.check("spans and rows", sent=place.spans, found=store.stored(place.tenant.owner).spans))
    result.notes.append(
        f"Captures multiplied, {BATCH:,} spans or rows a post; plain: as the bench of protocols has them."
    )
    return result


def _ratios(result: Result, measured: Mapping[str, list[Spent]]) -> None:
    """Of spans; rows of a callback have no goal."""
    spans = [name for name in measured if name != PLAIN and not name.endswith(" rows")]
    heaviest = min(spans, key=lambda name: _speed(measured[name]))
    speeds = tuple(one.per_core_second for one in measured[heaviest])
    beside = measure.pairs(measured[heaviest], measured[PLAIN], lambda one: one.per_core_second)
    result.ratios.append(Ratio(f"{heaviest}, a core-second", speeds, GOAL))
    result.ratios.append(Ratio(f"{heaviest} / {PLAIN}", beside))


def _name(client: Client) -> str:
    if client.path == ROWS_PATH:
        return f"{client.name} rows"
    return f"{client.name} as JSON" if client.kind == JSON else client.name


def _speed(spent: list[Spent]) -> float:
    return measure.middle(spent, lambda one: one.per_core_second)


def _posting(
    place: Place, name: str, client: Client | None, work: int, sizes: dict[str, float]
) -> Callable[[int], Spent]:
    batch, count = min(BATCH, work), max(1, work // BATCH)

    def measured(_: int) -> Spent:
        now = timezone.now()
        if client is None:
            ready = posts.bodies("otlp", batch, count, now)
        else:
            ready = captured.bodies_of(client, items=batch, posts=count, now=now)
        sizes[name] = sum(len(body.data) for body in ready) / sum(body.items for body in ready)
        return measure.spent(lambda: place.post(ready), place.stack.groups)

    return measured
