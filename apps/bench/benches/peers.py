"""The same OTLP bytes to Tollmark and to others that keep traces of LLM calls."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import load, measure, peer, posts, stack, store
from apps.bench.load import Body, Client
from apps.bench.measure import Spent
from apps.bench.peer import LOOPBACK, PEERS, Peer, PeerError
from apps.bench.result import Cell, Ratio, Result
from apps.bench.tenant import Tenant, tenant

HELP = (
    "Spans a second until durable, against Phoenix and MLflow in environments that this command makes (by hand only)."
)
GIVE_UP_S = 300.0
SPANS_A_REQUEST = 3
KEEP = (
    "Phoenix and MLflow keep every attribute and event, names and links of spans, prompts and answers, and evaluations and",
    "annotations beside them; Tollmark keeps the facts its figures need, and drops all text at the door. Their stores are",
    "SQLite, as they come; Tollmark's is Postgres with synchronous commits. What is killed is the server that acknowledged.",
    "Tollmark: web server and Postgres, until the facts of spans are committed; derived: with the worker, until every request",
    "is derived of them. Peak memory adds up each process's own, shared pages included.",
)


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--spans", type=int, default=30_000, help="to Tollmark (%(default)s)")
    parser.add_argument("--peer-spans", type=int, default=3_000, help="to each of the others (%(default)s)")
    parser.add_argument("--batch", type=int, default=510, help="spans a post (%(default)s)")
    parser.add_argument("--connections", type=int, default=2, help="%(default)s")
    parser.add_argument("--environments", type=Path, help="keep the peers' environments here, and use those that are")


@dataclass(frozen=True)
class Found:
    spent: Spent
    peak_mib: float
    left_after_kill: int
    acknowledged: int


def run(options: Mapping[str, Any]) -> Result:
    result = Result("peers", notes=list(KEEP))
    durable, derived = _tollmark(options)
    found = {"Tollmark": durable, "Tollmark, derived": derived}
    with tempfile.TemporaryDirectory(prefix="tollmark-peers-") as folder:
        for one in PEERS:
            try:
                found[one.name] = _peer(one, options, Path(folder))
            except (PeerError, ConnectionError) as error:
                result.notes.append(f"Skipped {one.name}: {error}")
    result.notes.append("Skipped: LiteLLM's spend logs and Langfuse, which cannot be had from the package index alone.")
    result.rows = [_row(name, one) for name, one in found.items()]
    for name, theirs in list(found.items())[2:]:
        for ours, mine in list(found.items())[:2]:
            goal = 100 if mine is durable else None
            speed = mine.spent.per_second / theirs.spent.per_second
            cost = mine.spent.per_core_second / theirs.spent.per_core_second
            result.ratios.append(Ratio(f"spans a second, {ours} / {name}", (speed,), goal))
            result.ratios.append(Ratio(f"CPU a span, {name} / {ours}", (cost,)))
    kept = durable.left_after_kill / durable.acknowledged
    result.ratios.append(Ratio("Tollmark: there after kill -9 / acknowledged", (kept,), 1.0))
    return result


def _tollmark(options: Mapping[str, Any]) -> tuple[Found, Found]:
    """(until the facts of spans are committed, until requests are derived of them all), after a post that warms up."""
    stack.prepare(days=3)
    mine = tenant(now=timezone.now())
    with stack.serving(workers=2) as serving, stack.working() as worker:
        clients = [Client(serving.host, serving.port, mine.key) for _ in range(options["connections"])]

        def groups() -> Mapping[str, set[int]]:
            return {**serving.groups(), "worker": measure.tree(worker)}

        def derived() -> int:
            _until(lambda: _derived(mine), sent + bodies_spans)
            return bodies_spans

        sent = _post(clients, _bodies(options["batch"] * 2, options["batch"]))
        _until(lambda: _derived(mine), sent)
        bodies = _bodies(options["spans"], options["batch"])
        bodies_spans = sum(body.items for body in bodies)
        posted = measure.spent(lambda: _post(clients, bodies), groups)
        waited = measure.spent(derived, groups)
        peak = _peak_of(groups())
        before = store.stored(mine.owner).spans
        acknowledged = _post(clients, _bodies(options["peer_spans"], options["batch"]))
        serving.kill()
        left = store.stored(mine.owner).spans - before
    facts = Spent(posted.items, posted.wall_s, {name: posted.cpu_s[name] for name in ("server", "postgres")})
    cpu_s = {name: posted.cpu_s[name] + waited.cpu_s[name] for name in posted.cpu_s}
    whole = Spent(posted.items, posted.wall_s + waited.wall_s, cpu_s)
    return Found(facts, peak, left, acknowledged), Found(whole, peak, left, acknowledged)


def _derived(mine: Tenant) -> int:
    """Spans whose requests are there too; of others it is not known whether they are in time."""
    found = store.stored(mine.owner)
    return min(found.spans, found.requests * SPANS_A_REQUEST)


def _peer(one: Peer, options: Mapping[str, Any], folder: Path) -> Found:
    programs = peer.install(one, options["environments"] or folder / "environments")
    home = folder / one.name
    with peer.running(one, programs, home) as (port, process):
        clients = [Client(LOOPBACK, port, "none", one.headers) for _ in range(options["connections"])]
        sent = _post(clients, _bodies(options["batch"], options["batch"]))
        _until(lambda: peer.spans_in(one, home), sent)
        bodies = _bodies(options["peer_spans"], options["batch"])

        def work() -> int:
            items = _post(clients, bodies)
            _until(lambda: peer.spans_in(one, home), sent + items)
            return items

        spent = measure.spent(work, lambda: {"server": measure.tree(process.pid)})
        peak = _peak_of({"server": measure.tree(process.pid)})
        before = peer.spans_in(one, home)
        acknowledged = _post(clients, _bodies(options["peer_spans"], options["batch"]))
        peer.kill(process)
        return Found(spent, peak, peer.spans_in(one, home) - before, acknowledged)


def _bodies(spans: int, batch: int) -> list[Body]:
    """Whole requests of three spans each."""
    now, batch = timezone.now(), batch // SPANS_A_REQUEST * SPANS_A_REQUEST
    return [
        Body(load.export(batch, prefix=posts.fresh("p", now), now=now, openinference=True), batch, load.PROTOBUF)
        for _ in range(max(1, spans // batch))
    ]


def _post(clients: Sequence[Client], bodies: Sequence[Body]) -> int:
    return posts.at_once([partial(_each, one, bodies[n :: len(clients)]) for n, one in enumerate(clients)])


def _each(client: Client, bodies: Sequence[Body]) -> int:
    for body in bodies:
        client.post(body)
    return sum(body.items for body in bodies)


def _until(durable: Callable[[], int], items: int) -> None:
    deadline = time.monotonic() + GIVE_UP_S
    while (found := durable()) < items:
        if time.monotonic() > deadline:
            raise PeerError(f"{found:,} of {items:,} acknowledged spans were there after {GIVE_UP_S:g} seconds.")
        time.sleep(0.05)


def _peak_of(groups: Mapping[str, set[int]]) -> float:
    return sum(measure.peak_mib(pid) for pids in groups.values() for pid in pids)


def _row(name: str, found: Found) -> dict[str, Cell]:
    return {
        "platform": name,
        "spans": found.spent.items,
        "durable a second": found.spent.per_second,
        "CPU us a span": found.spent.core_s * 1e6 / found.spent.items,
        "peak MiB": round(found.peak_mib),
        "acknowledged": found.acknowledged,
        "there after kill -9": found.left_after_kill,
    }
