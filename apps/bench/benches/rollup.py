"""From raw rows to the cells of all cubes, against plain grouping of the same rows in SQL and against bare COPY out; and what
it costs more when every request has two tags."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from apps.bench import measure, stack
from apps.bench.measure import Spent
from apps.bench.result import Ratio, Result
from apps.bench.study import Laid
from apps.bench.study_cells import forget_peak_memory, laid_out, peak_memory_mb, rebuild_whole
from apps.organizations import access
from apps.rollups.plan import hours_of
from apps.rollups.raw import copied, questions
from apps.rollups.verify import verify

HELP = "Requests a second and core, from raw rows to cells, against GROUP BY in SQL and COPY out of the same rows."
SIZES = "230000,2300000"
SQL = Path(__file__).parent.parent / "sql"
GOAL_A_CORE = 150_000
MOST_GROWTH = 1.5

Kind = Callable[[int], Spent]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--requests", default=SIZES, help="sizes of the history (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    sizes = sorted(int(text) for text in options["requests"].split(","))
    peaks: dict[int, list[float]] = {size: [] for size in sizes}
    kinds: dict[str, Kind] = {}
    histories = laid_out(*sizes, now=timezone.now(), name="bench-rollup")
    for laid in histories:
        kinds |= _kinds(laid, peaks[laid.requests])
    (tagged,) = laid_out(sizes[0], now=timezone.now(), name="bench-tags", tagged=True)
    kinds[f"tagged {sizes[0]}"] = _kinds(tagged, [])[f"rebuild {sizes[0]}"]
    measured = measure.interleaved(kinds, rounds=options["rounds"])
    result = _result(measured, sizes, peaks)
    result.notes += [_verified(histories[0]), _verified(tagged)]
    return result


def _kinds(laid: Laid, peaks: list[float]) -> dict[str, Kind]:
    def rebuild() -> int:
        forget_peak_memory()
        requests = rebuild_whole(laid, now=timezone.now())
        peaks.append(peak_memory_mb())
        return requests

    size = laid.requests
    return {
        f"rebuild {size}": lambda _: measure.spent(rebuild, stack.own_groups),
        f"group by {size}": lambda _: measure.spent(lambda: _group(laid), stack.own_groups),
        f"copy out {size}": lambda _: measure.spent(lambda: _copy_out(laid), stack.own_groups),
    }


def _group(laid: Laid) -> int:
    with access.scope(laid.organization_id), connection.cursor() as cursor:
        for name in ("group_requests", "group_attempts"):
            cursor.execute((SQL / f"{name}.sql").read_text(), [laid.organization_id])
            cursor.execute("DROP TABLE grouped")
    return laid.requests


def _copy_out(laid: Laid) -> int:
    days = range((laid.last_day - laid.first_day).days + 1)
    hours = [hour for n in days for hour in hours_of(laid.day(n))]
    for deployment_id, _, _ in laid.deployments:
        with access.scope(laid.organization_id):
            for question in questions(laid.organization_id, deployment_id, hours):
                copied(question)
    return laid.requests


def _verified(laid: Laid) -> str:
    found = list(verify(organization_id=laid.organization_id, now=timezone.now()))
    if any(one.different_cells for one in found) or sum(one.requests for one in found) != laid.requests:
        raise CommandError("Cells are not what their raw rows make: run `manage.py verify`.")
    return (
        f"Of {laid.requests:,} requests, {sum(one.cells for one in found):,} cells were recomputed by the hour: equal."
    )


def _result(measured: Mapping[str, list[Spent]], sizes: list[int], peaks: Mapping[int, list[float]]) -> Result:
    result = Result("rollup")
    for name, all_spent in measured.items():
        is_rebuild = name.startswith("rebuild")
        result.rows.append(
            {
                "what": name,
                "per core-second": median(one.per_core_second for one in all_spent),
                "per second": median(one.per_second for one in all_spent),
                "python us": median(one.cpu_us("server") for one in all_spent),
                "postgres us": median(one.cpu_us("postgres") for one in all_spent),
                "peak MB": max(peaks[int(name.split()[1])]) if is_rebuild else None,
            }
        )
    for size in sizes:
        for floor in ("group by", "copy out"):
            pairs = measure.pairs(measured[f"{floor} {size}"], measured[f"rebuild {size}"], _core_us)
            result.ratios.append(Ratio(f"{floor} / rebuild, {size}, CPU", pairs))
    smallest, largest = (measured[f"rebuild {size}"] for size in (sizes[0], sizes[-1]))
    speeds = tuple(one.per_core_second for one in largest)
    growth = measure.pairs(largest, smallest, _core_us)
    result.ratios += [
        Ratio(f"rebuild {sizes[-1]}, a core-second", speeds, GOAL_A_CORE),
        Ratio("CPU a request, largest / smallest", growth, MOST_GROWTH, at_least=False),
        Ratio("CPU a request, tagged / untagged", measure.pairs(measured[f"tagged {sizes[0]}"], smallest, _core_us)),
        Ratio("peak memory, largest / smallest", (max(peaks[sizes[-1]]) / max(peaks[sizes[0]]),)),
    ]
    return result


def _core_us(one: Spent) -> float:
    return one.core_s / one.items
