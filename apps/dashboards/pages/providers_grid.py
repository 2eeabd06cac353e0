"""Every task beside every model: what is known of each pair, in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.dashboards.queries.providers import Name, Serves
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import EN_DASH, NBSP
from apps.quality.queries import Seen
from apps.quality.serving import MICRO, Server, Task
from apps.rollups.intervals import wilson_of_mean


@dataclass(frozen=True)
class Cell:
    """A model at a task; without `quality` there is no evidence. `good` is said of one that reaches the threshold, `best` of
    the cheapest such."""

    quality: str = ""
    interval: str = ""
    price: str = ""
    verdict: str = ""
    good: bool = False
    best: bool = False


@dataclass(frozen=True)
class GridRow:
    task: str
    url: str
    here: bool
    requests: str
    threshold: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """`models` name the columns, those in use first."""

    models: tuple[str, ...]
    rows: tuple[GridRow, ...]


def grid(
    found: Serves,
    tasks: Sequence[Task],
    *,
    here: str,
    urls: Mapping[str, str],
    threshold: Callable[[Task], str],
    verdict: Callable[[Server, Task], tuple[str, bool]],
) -> Grid:
    """In the order of `tasks`; `threshold` and `verdict` put one in words."""
    models = _models(found, tasks)
    return Grid(
        models=models,
        rows=tuple(
            GridRow(
                task=task.name,
                url=urls[task.name],
                here=task.name == here,
                requests=count(task.served, "request"),
                threshold=threshold(task),
                cells=tuple(_cell(task, model, found, verdict) for model in models),
            )
            for task in tasks
        ),
    )


def _models(found: Serves, tasks: Sequence[Task]) -> tuple[str, ...]:
    planned: dict[str, int] = {model: 0 for task, model in found.unpriced if task in {one.name for one in tasks}}
    for task in tasks:
        for one in task.servers:
            planned[one.model] = planned.get(one.model, 0) + one.planned
    return tuple(sorted(planned, key=lambda model: (-planned[model], model)))


def _cell(task: Task, model: str, found: Serves, verdict: Callable[[Server, Task], tuple[str, bool]]) -> Cell:
    server = next((one for one in task.servers if one.model == model), None)
    if server is None:
        return _unpriced(found.seen, (task.name, model))
    words, good = verdict(server, task)
    return Cell(
        quality=f"{server.quality:.3f}",
        interval=_interval(server.low, server.high),
        price=f"{money.dollars(server.price_nano)} · {_number(found.seen[task.name, model])}",
        verdict=words,
        good=server.eligible,
        best=good and server is task.winner,
    )


def _unpriced(seen: Mapping[Name, Seen], name: Name) -> Cell:
    """Nothing is judged without a price; what is known of its quality is told all the same."""
    one = seen.get(name)
    if one is None:
        return Cell()
    quality, no_price = one.quality_micro / MICRO, _("no price")
    low, high = wilson_of_mean(quality, one.observations)
    return Cell(f"{quality:.3f}", _interval(low, high), f"{no_price} · {_number(one)}")


def _interval(low: float, high: float) -> str:
    return f"{low:.3f} {EN_DASH} {high:.3f}"


def _number(one: Seen) -> str:
    return f"n{NBSP}{count(one.observations)}"
