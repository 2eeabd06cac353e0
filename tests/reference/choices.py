"""What selection adds to each cell, by the definition: from the tables of evidence and thresholds and from the public list.

One request at a time; prices are asked of `genai_prices` for the usage in question. Nothing of the product is imported.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

from tests.reference import equation as eq
from tests.reference import totals
from tests.reference.listed import EPOCH, exact_price
from tests.reference.nouns import Model, Usage
from tests.reference.raw import Facts, Row, select
from tests.reference.selection import Candidate, Card, Choice, Selected, Task, judged, longer, may_be_judged

EVIDENCE = """
    SELECT day, task, provider, model, quality_micro, output_tokens, answers FROM quality_evidence
    WHERE deployment_id = %(deployment)s
"""
THRESHOLDS = """
    SELECT task, effective_from, quality_micro FROM quality_threshold WHERE deployment_id = %(deployment)s
    ORDER BY effective_from
"""
BY_LIST = Card(0, 0, 0, 0, 0, 0)
"""Candidates here have no rates of their own: the list is asked."""
Place = tuple[date, str]
"""Day and task."""


@dataclass(frozen=True)
class Known:
    """The candidates of a task on a day, by the tenant's threshold and by the default one; providers by model."""

    own: Task
    default: Task
    providers: Mapping[str, str | None]


def known(deployment_id: int) -> dict[Place, Known]:
    """Candidates are models with evidence whose price is in the list as the day begins."""
    rows: dict[Place, list[Row]] = defaultdict(list)
    for row in select(EVIDENCE, deployment_id):
        if (
            exact_price(
                Model(row["provider"], row["model"]), Usage(input_tokens=1, output_tokens=0), _begins(row["day"])
            )
            is not None
        ):
            rows[row["day"], row["task"]].append(row)
    thresholds = select(THRESHOLDS, deployment_id)
    return {place: _known(some, _threshold(thresholds, place)) for place, some in rows.items()}


def _known(rows: list[Row], threshold: int | None) -> Known:
    candidates = tuple(
        Candidate(
            row["model"],
            BY_LIST,
            row["quality_micro"],
            None if row["output_tokens"] is None else (row["output_tokens"], row["answers"]),
        )
        for row in rows
    )
    return Known(Task(candidates, threshold), Task(candidates), {row["model"]: row["provider"] for row in rows})


def _threshold(rows: list[Row], place: Place) -> int | None:
    """What was declared last for the task, up to the day; None: the default."""
    found: int | None = None
    for row in rows:
        if row["task"] == place[1] and row["effective_from"] <= place[0]:
            found = row["quality_micro"]
    return found


def _begins(day: date) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH).total_seconds()) * 1_000_000


def request_sums(facts: Facts, under: totals.Under, places: Mapping[Place, Known]) -> totals.Sums:
    """What one request adds to the sums that selection makes or moves."""
    request = facts.request
    ours, public = eq.parts(request, under.own), eq.parts(request, under.published)
    measurable = request.completeness in eq.ALL_ATTEMPTS_KNOWN
    split, public_split = measurable and ours.token_cost is not None, measurable and public.token_cost is not None
    told = places.get((facts.day, facts.row["task"]))
    own, default = (_selected(facts, parts, told, own=parts is ours) for parts in (ours, public))
    evaluable, public_evaluable = split and own.evaluable, public_split and default.evaluable
    with_optimum = evaluable and own.optimal_nano is not None
    return {
        "requests": 1,
        "evaluable": evaluable,
        "evaluable_tokens": (totals.served_tokens(facts) or 0) * public_evaluable,
        "evaluable_planned_nano": (ours.planned or 0) * evaluable,
        "evaluable_base_nano": (ours.base or 0) * evaluable,
        "regret_nano": own.regret * evaluable,
        "with_optimum": with_optimum,
        "optimum_planned_nano": (ours.planned or 0) * with_optimum,
        "optimal_nano": (own.optimal_nano or 0) * with_optimum,
        "optimal": evaluable and own.optimal,
        "under_quality": evaluable and own.under_quality,
        "token_nano": (ours.token_cost or 0) * split - own.regret * evaluable,
        "published_regret_nano": default.regret * public_evaluable,
        "published_token_nano": (public.token_cost or 0) * public_split - default.regret * public_evaluable,
    }


def _selected(facts: Facts, parts: eq.Parts, told: Known | None, *, own: bool) -> Selected:
    if told is None or not may_be_judged(facts.request, parts):
        return Selected(evaluable=False)
    return judged(parts, _choice(facts, told, told.own if own else told.default))


def _choice(facts: Facts, told: Known, task: Task) -> Choice | None:
    request, server = facts.request, facts.request.server
    planned = task.of(request.attempts[0].model.name)
    if server is None or planned is None or len(task.candidates) < 2:
        return None
    if server.usage.input_tokens is None or server.usage.output_tokens is None:
        return None
    prices = {one.model: _price(one, facts, told, task) for one in task.candidates}
    least = [price for one in task.candidates if task.eligible(one) and (price := prices[one.model]) is not None]
    cost = prices[planned.model]
    return None if cost is None else Choice(cost, min(least, default=None), task.eligible(planned))


def _price(one: Candidate, facts: Facts, told: Known, task: Task) -> int | None:
    """For the usage of the attempt that served; of another model with its input uncached, its output as long as its own are."""
    server = facts.request.server
    if server is None:
        return None
    model = Model(told.providers[one.model], one.model, server.model.service_tier)
    at, usage = facts.request.started_us(server), server.usage
    if one.model == server.model.name:
        exact = exact_price(model, usage, at)
        return None if exact is None else round(exact)
    cached = sum(n or 0 for n in (usage.cache_read, usage.cache_write, usage.cache_write_1h))
    whole = max(usage.input_tokens or 0, cached)
    without, both = (exact_price(model, Usage(whole, output_tokens=n), at) for n in (0, usage.output_tokens))
    if without is None or both is None:
        return None
    return round(without + longer(one, task.of(server.model.name)) * Fraction(both - without))
