"""The same answers from another model: dollars by what is assumed of it, quality by what is known of both. Pure."""

from collections import Counter
from collections.abc import Mapping

import polars as pl
from django.utils.translation import gettext as _

from apps.advice.assumed import SAME_MODEL, Factors, Unsure, factors
from apps.advice.changes import Model
from apps.advice.effect import NO_EVIDENCE, NO_PRICE, Effect, Lane, Missing, by_day, is_priced
from apps.advice.facts import Facts
from apps.advice.makers import same_maker
from apps.advice.quality import Interval, Swap, difference
from apps.advice.substitute import substituted


def swapped(facts: Facts, rows: pl.DataFrame, to: Model, unsure: Unsure) -> Effect:
    """These answers from another model."""
    by_model = _factors(facts, rows, to, unsure)
    costs = substituted(
        rows, to, factors={model.name: one for model, one in by_model.items()}, price=facts.price, unsure=unsure
    )
    both = rows.hstack(costs)
    told = both.filter(is_priced() & pl.col("low_nano").is_not_null())
    billed = pl.col("billed_nano")
    days = told.select(
        "day", low_nano=pl.col("low_nano") - billed, high_nano=pl.col("high_nano") - billed, base_nano=billed
    )
    quality, unknown = _quality(facts, rows, to)
    missing = [*unknown]
    if rows.height and not costs["low_nano"].is_not_null().any():
        missing.insert(0, Missing(NO_PRICE, to.name, rows.height))
    counted = {
        Model(provider, model or ""): n
        for provider, model, n in rows.group_by("provider", "model")
        .agg(pl.len())
        .sort("len", descending=True)
        .iter_rows()
    }
    lanes = tuple(Lane(model, to, by_model[model], n) for model, n in counted.items())
    return Effect(
        by_day(days), told.height, left=rows.height - told.height, quality=quality, missing=tuple(missing), lanes=lanes
    )


def _factors(facts: Facts, rows: pl.DataFrame, to: Model, unsure: Unsure) -> Mapping[Model, Factors]:
    """By the model that answered; where the tasks of its requests compared lengths differently, the widest of them."""
    found: dict[Model, Factors] = {}
    for provider, name, tasks in rows.group_by("provider", "model").agg(pl.col("task").unique()).iter_rows():
        of = Model(provider, name or "")
        each = [_factor(facts, task or "", of, to, unsure) for task in tasks]
        found[of] = Factors(
            each[0].tokens,
            (min(one.answers[0] for one in each), max(one.answers[1] for one in each)),
            None if any(one.compared is None for one in each) else min(one.compared or 0 for one in each),
        )
    return found


def _factor(facts: Facts, task: str, of: Model, to: Model, unsure: Unsure) -> Factors:
    if of.name == to.name:
        return SAME_MODEL
    known, other = facts.known.get((task, of.name)), facts.known.get((task, to.name))
    return factors(
        same_maker=same_maker(of, to),
        of=known.lengths if known else None,
        to=other.lengths if other else None,
        unsure=unsure,
    )


def _quality(facts: Facts, rows: pl.DataFrame, to: Model) -> tuple[Interval | None, list[Missing]]:
    """None where something is not known of any task or model in it."""
    swaps, missing = [], Counter[str]()
    counted = rows.group_by("task", "model").agg(pl.len()).sort("task", "model").iter_rows()
    for task, model, n in counted:
        if model == to.name:
            continue  # it answers alike wherever it is asked
        sides = facts.known.get((task or "", model or "")), facts.known.get((task or "", to.name))
        for side, name in zip(sides, (model, to.name), strict=True):
            if side is None:
                named = {"model": name or _("an unnamed model"), "task": task or _("requests without a task")}
                missing[_("{model} at {task}").format(**named)] += n
        if sides[0] and sides[1]:
            swaps.append(Swap(n, sides[0].quality, sides[1].quality))
    if missing:
        return None, [Missing(NO_EVIDENCE, what, n) for what, n in missing.items()]
    same = rows.height - sum(one.requests for one in swaps)
    low, high = difference(swaps)
    share = (rows.height - same) / rows.height if rows.height else 0.0
    return (low * share, high * share), []
