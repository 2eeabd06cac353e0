"""What one tenant notices of another that sends twenty times what it may."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import IO, Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import posts, stack, store
from apps.bench.load import Body
from apps.bench.posts import Place
from apps.bench.result import Cell, Ratio, Result
from apps.bench.stack import Stack
from apps.bench.tenant import Tenant, tenant

HELP = "How long one tenant's posts take while another's key sends twenty times its quota, against without it."
TIMES = 20
FULL_AGAIN_S = 1.5
"""After so long a bucket that was empty is full: it holds what may be sent in a second."""
ALONE, WITHIN, BEYOND = "alone", "neighbour within its quota", f"neighbour at {TIMES} times its quota"
SHARE_OF_QUOTA = {ALONE: 0.0, WITHIN: 0.9, BEYOND: float(TIMES)}


@dataclass
class Taken:
    """Milliseconds of one tenant's posts, and what the neighbour was answered."""

    milliseconds: list[float] = field(default_factory=list)
    neighbour: Counter[str] = field(default_factory=Counter)

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=20)[-1]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--quota", type=int, default=5, help="posts a second that a key may send (%(default)s)")
    parser.add_argument("--items", type=int, default=100, help="requests a post (%(default)s)")
    parser.add_argument("--rate", type=int, default=20, help="posts a second of who is measured (%(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="of one measurement (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    stack.prepare(days=3)
    quiet, loud = tenant(now=timezone.now()), tenant(now=timezone.now())
    with stack.serving(workers=2, variables=_quota(options, loud)) as serving:
        measured = _Measured(serving, quiet, loud, options)
        taken: dict[str, list[Taken]] = {name: [] for name in SHARE_OF_QUOTA}
        names = list(taken)
        for number in range(options["rounds"] + 1):
            turn = number % len(names)
            for name in [*names[turn:], *names[:turn]]:
                one = measured.of(SHARE_OF_QUOTA[name])
                if number:
                    taken[name].append(one)
    result = Result("neighbours", rows=[_row(name, found) for name, found in taken.items()])
    for above, below, goal in ((BEYOND, ALONE, 1.2), (WITHIN, ALONE, None)):
        pairs = tuple(one.p95 / other.p95 for one, other in zip(taken[above], taken[below], strict=True))
        result.ratios.append(Ratio(f"p95, {above} / {below}", pairs, goal, at_least=False))
    found = store.stored(quiet.owner)
    result.ratios.append(store.check("requests", sent=measured.place.requests, found=found.posted))
    result.notes.append("From when a post was due until it was answered, on a connection kept open.")
    return result


def _quota(options: Mapping[str, Any], loud: Tenant) -> dict[str, str]:
    """Of the neighbour's key alone; who is measured has the default."""
    key_id = loud.key.split("_")[1]
    items = options["quota"] * options["items"]
    return {"TOLLMARK_KEY_ALLOWANCES": json.dumps({key_id: [items, items]})}


class _Measured:
    """One tenant's place, beside which the other sends."""

    def __init__(self, serving: Stack, quiet: Tenant, loud: Tenant, options: Mapping[str, Any]) -> None:
        self.place, self._loud, self._options = Place.at(serving, quiet), loud, options

    def of(self, share: float) -> Taken:
        now, options = timezone.now(), self._options
        bodies = posts.bodies("ndjson", options["items"], options["rate"] * options["seconds"], now)
        taken = Taken()
        with self._noise(options["quota"] * share, taken):
            taken.milliseconds = self._posted(bodies)
        return taken

    def _posted(self, bodies: list[Body]) -> list[float]:
        found, began = [], time.perf_counter()
        for number, body in enumerate(bodies):
            due = began + number / self._options["rate"]
            time.sleep(max(0.0, due - time.perf_counter()))
            self.place.post([body])
            found.append((time.perf_counter() - due) * 1_000)
        return found

    @contextmanager
    def _noise(self, rate: float, taken: Taken) -> Iterator[None]:
        if not rate:
            yield
            return
        time.sleep(FULL_AGAIN_S)  # the turn before may have emptied it, and its refusals are not of this one
        at, options = self.place.stack, self._options
        arguments = [at.host, at.port, rate, options["items"], options["seconds"]]
        process = subprocess.Popen(
            [sys.executable, "-m", "apps.bench.noise", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        said, told = _pipe(process.stdout), _pipe(process.stdin)
        try:
            told.write(f"{self._loud.key}\n")
            told.flush()
            if said.readline().strip() != "ready":
                raise CommandError("The neighbour did not begin.")
            yield
            taken.neighbour.update(json.loads(said.readline() or "{}"))
        finally:
            process.kill()
            process.wait()
            for pipe in (said, told):
                pipe.close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise CommandError("There is no pipe to the neighbour.")
    return pipe


def _row(name: str, found: list[Taken]) -> dict[str, Cell]:
    answered = sum((one.neighbour for one in found), Counter[str]())
    return {
        "what": name,
        "p50 ms": median(median(one.milliseconds) for one in found),
        "p95 ms": median(one.p95 for one in found),
        "neighbour taken": answered["200"],
        "neighbour refused (429)": answered["429"],
        "neighbour else": sum(answered.values()) - answered["200"] - answered["429"],
    }
