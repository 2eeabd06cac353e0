"""The measuring all benches share: interleaved rounds, the first discarded, wall and CPU time of named processes.

The machine may be busy with other things, so what counts are ratios of two measurements made within seconds of each
other, and CPU time rather than wall time.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Spent:
    """Seconds of one measurement, and how many items it was for."""

    items: int
    wall_s: float
    cpu_s: Mapping[str, float]
    """By name of a group of processes, such as `server` and `postgres`."""

    @property
    def core_s(self) -> float:
        """Of all groups together."""
        return sum(self.cpu_s.values())

    def cpu_us(self, group: str) -> float:
        """Microseconds an item."""
        return self.cpu_s.get(group, 0.0) * 1e6 / self.items

    @property
    def per_core_second(self) -> float:
        return self.items / self.core_s

    @property
    def per_second(self) -> float:
        return self.items / self.wall_s


Groups = Callable[[], Mapping[str, Iterable[int]]]
"""The process ids of each group, asked anew each time, since servers fork."""


def spent(work: Callable[[], int], groups: Groups) -> Spent:
    """What `work`, which returns its number of items, took."""
    before, began = cpu_of(groups()), time.perf_counter()
    items = work()
    wall_s = time.perf_counter() - began
    cpu_s = {
        name: sum(seconds - before[name].get(pid, 0.0) for pid, seconds in pids.items())
        for name, pids in cpu_of(groups()).items()
    }
    return Spent(items, wall_s, cpu_s)


class Used:
    """CPU of processes that come and go, such as the sessions of a worker: looked at often, what was seen last counts."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._before = {pid: seconds for found in cpu_of(groups()).values() for pid, seconds in found.items()}
        self._seen: dict[str, dict[int, float]] = {}

    def look(self) -> None:
        for name, found in cpu_of(self._groups()).items():
            self._seen.setdefault(name, {}).update(found)

    @property
    def cpu_s(self) -> dict[str, float]:
        return {
            name: sum(seconds - self._before.get(pid, 0.0) for pid, seconds in found.items())
            for name, found in self._seen.items()
        }


def interleaved(kinds: Mapping[str, Callable[[int], Spent]], *, rounds: int) -> dict[str, list[Spent]]:
    """Each kind once a round, beginning with another one each time; `rounds` of them count, the first does not."""
    names = list(kinds)
    found: dict[str, list[Spent]] = {name: [] for name in names}
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in [*names[turn:], *names[:turn]]:
            one = kinds[name](number)
            if number:
                found[name].append(one)
    return found


def middle(measured: Iterable[Spent], figure: Callable[[Spent], float]) -> float:
    return median(figure(one) for one in measured)


def pairs(above: Iterable[Spent], below: Iterable[Spent], figure: Callable[[Spent], float]) -> tuple[float, ...]:
    """`figure` of the one to that of the other, pair by pair."""
    return tuple(figure(one) / figure(other) for one, other in zip(above, below, strict=True))


def cpu_of(groups: Mapping[str, Iterable[int]]) -> dict[str, dict[int, float]]:
    """Seconds of CPU of each process, by group."""
    return {name: {pid: _cpu_of(pid) for pid in pids} for name, pids in groups.items()}


def _cpu_of(pid: int) -> float:
    """Of all threads, as the scheduler counts it: to the nanosecond, where `stat` counts hundredths of a second."""
    total = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            total += int(file.read_text().split()[0])
    return total / 1e9


def peak_mib(pid: int) -> float:
    """The most memory that a process has held; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line for line in text.splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1_024 if found else 0.0


def tree(pid: int) -> set[int]:
    """A process and all below it."""
    found, left = {pid}, [pid]
    while left:
        try:
            text = Path(f"/proc/{(one := left.pop())}/task/{one}/children").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children = [int(child) for child in text.split()]
        found.update(children)
        left += children
    return found
