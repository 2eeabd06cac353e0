"""The changes that would save most, in dollars a month, by the same arithmetic as any other change. Pure.

A task goes to the eligible model that surely saves most; what failures of one cause add on one route is saved when they
stop. Sorted by the low end; what saves less than a hundredth of the bill is not worth anybody's time. Prompts are not kept,
so nobody can say how much of an input would have been found in a cache: unused caching is no fix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from apps.advice.answer import Answer, a_month, what_if
from apps.advice.changes import Model, Move
from apps.advice.effect import by_day
from apps.advice.facts import MONTH_DAYS, Facts
from apps.advice.ranges import Range

FLOOR = Fraction(1, 100)
"""Of what is billed."""
MOST_TASKS = 20
MOST_CANDIDATES = 4
MOVE, FAILURES = KINDS = ("move", "failures")


@dataclass(frozen=True)
class Fix:
    """`saves` in nano-dollars a month, of so many requests a month.

    A move: `task` to the model `to`, at `quality` of today's mean, by `evidence` observations of the new model. Failures: of
    this `cause`, on this `route` (empty: requests without one); `attempts` of them a month.
    """

    kind: str
    saves: Range
    requests: int
    task: str = ""
    to: Model | None = None
    quality: float | None = None
    evidence: int = 0
    route: str = ""
    cause: str = ""
    attempts: int = 0


def fixes(facts: Facts) -> list[Fix]:
    """Those whose low end is above the floor, the surest first."""
    floor = FLOOR * facts.sample.billed_nano * MONTH_DAYS / facts.days
    found = [one for one in (*_moves(facts), *_failures(facts)) if one.saves.low > floor]
    return sorted(found, key=lambda one: (-one.saves.low, one.kind, one.task, one.route, one.cause))


def _moves(facts: Facts) -> Iterator[Fix]:
    """The best of each task; where quality is not known on both sides, nothing is advised."""
    for task in _dearest(facts):
        answers = [what_if(facts, Move(task, to)) for to in _cheapest(facts, task)]
        some = [_moved(facts, one) for one in answers if one.dollars is not None and one.quality is not None]
        yield from sorted(some, key=lambda one: (-one.saves.low, str(one.to)))[:1]


def _moved(facts: Facts, answer: Answer) -> Fix:
    change, dollars = answer.change, answer.dollars
    if not isinstance(change, Move) or change.task is None or dollars is None:
        raise TypeError("a move of a task whose dollars are known")
    target = facts.known[change.task, change.to.name].quality
    weights = {lane.of.name: lane.requests for lane in answer.lanes}
    before = sum(n * facts.known[change.task, name].quality.mean for name, n in weights.items()) / (
        sum(weights.values()) or 1
    )
    return Fix(
        MOVE,
        -dollars,
        answer.requests,
        task=change.task,
        to=change.to,
        quality=target.mean / before if before else None,
        evidence=target.n,
    )


def _dearest(facts: Facts) -> list[str]:
    tasks = (
        facts.seen.filter(pl.col("task").is_in(list(facts.eligible)))
        .group_by("task")
        .agg(pl.col("billed_nano").sum())
        .sort("billed_nano", "task", descending=[True, False])
    )
    return tasks["task"].head(MOST_TASKS).to_list()


def _cheapest(facts: Facts, task: str) -> Sequence[Model]:
    """Of the task's eligible models, on its mean usage."""
    answers = facts.seen.filter("serving", pl.col("task") == task, pl.col("output_tokens").is_not_null())
    if answers.is_empty():
        return ()
    models = facts.eligible[task]
    usual = answers.select(
        pl.col("at_us").max(),
        pl.col("input_tokens", "output_tokens").mean().cast(pl.Int64),
        service_tier=pl.lit("standard"),
    )
    asked = pl.DataFrame(models, schema={"provider": pl.String, "model": pl.String}, orient="row").join(
        usual, how="cross"
    )
    priced = [(nano, model) for nano, model in zip(facts.price(asked), models, strict=True) if nano is not None]
    return [model for _, model in sorted(priced, key=lambda one: (one[0], one[1].name))][:MOST_CANDIDATES]


def _failures(facts: Facts) -> Iterator[Fix]:
    """Served requests, by the cause of the first attempt that failed: what they cost beyond what was planned."""
    failed = facts.seen.filter(
        ~pl.col("serving"),
        ~pl.col("answered"),
        pl.col("measurable"),
        pl.col("outcome") == "served",
        pl.col("request_nano").is_not_null(),
        pl.col("planned_nano").is_not_null(),
    )
    unknown = pl.when("billing_unknown").then(pl.col("input_upper_nano")).otherwise(0).fill_null(0)
    requests = failed.group_by("request_row", maintain_order=True).agg(
        pl.col("day", "cause", "request_nano", "planned_nano").first(),
        pl.col("route").first().fill_null(""),
        attempts=pl.len(),
        upper=unknown.sum(),
    )
    saved = pl.col("request_nano") - pl.col("planned_nano")
    for (route, cause), some in requests.group_by(["route", "cause"], maintain_order=True):
        days = by_day(some.select("day", low_nano=saved, high_nano=saved + pl.col("upper"), base_nano="request_nano"))
        yield Fix(
            FAILURES,
            a_month(facts, days),
            round(some.height * facts.monthly),
            route=str(route),
            cause=str(cause),
            attempts=round(int(some["attempts"].sum()) * facts.monthly),
        )
