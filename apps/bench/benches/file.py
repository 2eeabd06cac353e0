"""A file of any size through the task that reads files, as deployed: how fast, and in how much memory."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from apps.bench import measure, spend_logs, stack, store
from apps.bench.measure import Spent
from apps.bench.result import Ratio, Result
from apps.bench.stack import Stack
from apps.bench.tenant import Tenant, tenant
from apps.ingest.files.client import Client

HELP = "Rows a second of a file, and the memory of the worker that reads it against that for a file a tenth as large."
MEBIBYTE = 1 << 20
GIVE_UP_S = 3_600.0
PAUSE_S = 0.1
WARM_UP = 0.1
"""Of the worker's process, whose first task imports everything."""
LIKE_THE_SMALL = 1.25


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--megabytes", type=float, default=100, help="of the file, unpacked (%(default)s)")
    parser.add_argument("--format", choices=spend_logs.FORMATS, default="ndjson", help="%(default)s")
    parser.add_argument("--packing", choices=spend_logs.PACKINGS, default="", help="nothing, gzip or zstd")
    parser.add_argument("--prompt", type=int, default=1_500, help="bytes of a prompt, and of an answer (%(default)s)")


@dataclass(frozen=True)
class Found:
    megabytes: float
    rows: int
    handed_over_s: float
    spent: Spent
    worker_mib: float
    """Of the worker's largest process, at its most until now."""
    server_mib: float


def run(options: Mapping[str, Any]) -> Result:
    """No rounds: the file is read once, after one a tenth as large."""
    stack.prepare(days=3)
    mine = tenant(now=timezone.now())
    with stack.serving() as serving, stack.working(beat=False) as worker, tempfile.TemporaryDirectory() as folder:
        found = [
            _one(serving, worker, mine, options, Path(folder) / "spend_logs", megabytes=megabytes)
            for megabytes in (WARM_UP, options["megabytes"] / 10, options["megabytes"])
        ]
    result = Result("file", rows=[_row(one) for one in found[1:]])
    _, small, large = found
    grown = large.worker_mib / small.worker_mib
    result.ratios.append(
        Ratio("peak memory of the worker, ten times the file", (grown,), LIKE_THE_SMALL, at_least=False)
    )
    sent = sum(one.rows for one in found)
    result.ratios.append(store.check("rows", sent=sent, found=store.stored(mine.owner).requests))
    result.notes.append(
        "LiteLLM's SpendLogs with prompts and answers, handed over by HTTP and read by the worker's task."
    )
    result.notes.append(
        "A second: from the answer to the hand-over until the file is read. Memory: of the largest process."
    )
    return result


def _one(
    serving: Stack, worker: int, mine: Tenant, options: Mapping[str, Any], path: Path, *, megabytes: float
) -> Found:
    rows = spend_logs.write(
        path,
        size=int(megabytes * MEBIBYTE),
        form=options["format"],
        packing=options["packing"],
        prompt=options["prompt"],
        now=timezone.now(),
    )
    client = Client(f"http://{serving.host}:{serving.port}", mine.key)
    began = time.perf_counter()
    said = client.hand_over(path)
    handed_over_s = time.perf_counter() - began
    path.unlink()

    used = measure.Used(lambda: {"worker": measure.tree(worker), "postgres": stack.postgres()})
    began = time.perf_counter()
    done = client.follow(said, show=lambda _: used.look(), sleep=lambda _: time.sleep(PAUSE_S))
    used.look()
    spent = Spent(rows, time.perf_counter() - began, used.cpu_s)
    if done["state"] != "done" or done["accepted"] != rows:
        raise CommandError(f"Of {rows:,} rows {done['accepted']:,} were stored; the file is {done['state']}.")
    peaks = [max(map(measure.peak_mib, measure.tree(pid))) for pid in (worker, serving.server)]
    return Found(megabytes, rows, handed_over_s, spent, *peaks)


def _row(one: Found) -> dict[str, str | int | float | None]:
    return {
        "MiB": one.megabytes,
        "rows": one.rows,
        "handed over s": one.handed_over_s,
        "read s": one.spent.wall_s,
        "rows a second": one.spent.per_second,
        "MiB a second": one.megabytes / one.spent.wall_s,
        "worker us": one.spent.cpu_us("worker"),
        "postgres us": one.spent.cpu_us("postgres"),
        "worker peak MiB": one.worker_mib,
        "server peak MiB": one.server_mib,
    }
