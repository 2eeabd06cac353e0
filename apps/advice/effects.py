"""What a change would have done to the requests that were seen: dollars a day as a range, answers better or worse. Pure."""

import polars as pl

from apps.advice.assumed import SAME_MODEL, Unsure
from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Model, Move, PriceChange
from apps.advice.effect import NO_PRICE, NOT_TOLD, Effect, Lane, Missing, by_day, is_priced, no_days
from apps.advice.facts import Facts
from apps.advice.quality import UNKNOWN, Interval
from apps.advice.substitute import substituted
from apps.advice.swap import swapped
from apps.costing.attempts import FALLBACK
from apps.costing.rounding import divide_half_even

PPM = 1_000_000


def effect(facts: Facts, change: Change, unsure: Unsure) -> Effect:
    match change:
        case Move():
            return _move(facts, change, unsure)
        case Fallback():
            return _fallback(facts, change, unsure)
        case Drop():
            return _drop(facts, change, unsure)
        case Add():
            return _add(facts, change, unsure)
        case Cap():
            return _cap(facts, change)
        case PriceChange():
            return _price(facts, change)


def _move(facts: Facts, change: Move, unsure: Unsure) -> Effect:
    """Answers of the planned model itself; those of a fallback, and failed attempts, cost what they did."""
    planned = pl.col("provider").eq_missing(pl.col("planned_provider")) & pl.col("model").eq_missing(
        pl.col("planned_model")
    )
    rows = _answers(facts).filter(pl.col("task").eq_missing(pl.lit(change.task)), planned, ~_is(change.to))
    return swapped(facts, rows, change.to, unsure)


def _fallback(facts: Facts, change: Fallback, unsure: Unsure) -> Effect:
    rows = _answers(facts).filter(pl.col("kind") == FALLBACK, _on(change.route), ~_is(change.to))
    return swapped(facts, rows, change.to, unsure)


def _drop(facts: Facts, change: Drop, unsure: Unsure) -> Effect:
    """Its answers come from elsewhere; its failures happen there too, or not at all."""
    there = pl.col("provider") == change.provider
    found = swapped(facts, _answers(facts).filter(there), change.to, unsure)
    failed = facts.seen.filter(there, ~pl.col("serving"), pl.col("request_nano").is_not_null())
    spared = failed.select(
        "day", low_nano=-(pl.col("billed_nano").fill_null(0) + _unknown()), high_nano=0, base_nano=pl.col("billed_nano")
    )
    return Effect(
        by_day(pl.concat([found.days, spared], how="vertical_relaxed")),
        found.requests,
        left=found.left,
        quality=found.quality,
        missing=found.missing,
        lanes=found.lanes,
    )


def _add(facts: Facts, change: Add, unsure: Unsure) -> Effect:
    """Each answer at the cheaper of the two prices. A model answers alike wherever it is asked."""
    rows = _answers(facts).filter(pl.col("provider").ne_missing(pl.lit(change.provider)), pl.col("model").is_not_null())
    parts, lanes, left = [no_days()], [], 0
    for (name,), some in rows.group_by(["model"], maintain_order=True):
        to = Model(change.provider, str(name))
        costs = substituted(some, to, factors={str(name): SAME_MODEL}, price=facts.price, unsure=unsure)
        both = some.hstack(costs).filter(pl.col("low_nano").is_not_null())
        if both.is_empty():
            continue  # it does not sell this one
        priced = both.filter(is_priced())
        left += both.height - priced.height
        parts.append(_cheaper(priced))
        lanes.append(Lane(Model(str(some["provider"][0] or ""), str(name)), to, SAME_MODEL, priced.height))
    days = pl.concat(parts, how="vertical_relaxed")
    missing = () if lanes else (Missing(NO_PRICE, change.provider, rows.height),)
    return Effect(by_day(days), days.height, left=left, missing=missing, lanes=tuple(lanes))


def _cheaper(priced: pl.DataFrame) -> pl.DataFrame:
    billed = pl.col("billed_nano")
    return priced.select(
        "day",
        low_nano=pl.min_horizontal(pl.col("low_nano") - billed, pl.lit(0)),
        high_nano=pl.min_horizontal(pl.col("high_nano") - billed, pl.lit(0)),
        base_nano=billed,
    )


def _cap(facts: Facts, change: Cap) -> Effect:
    """Attempts beyond are not made; requests that one of them served fail, and their answers are lost."""
    asked = facts.seen.filter(_on(change.route))
    told = asked.filter("measurable")
    beyond = told.filter(pl.col("n") > change.retries)
    priced = beyond.filter(pl.col("request_nano").is_not_null())
    days = priced.select(
        "day",
        low_nano=-(pl.col("billed_nano").fill_null(0) + _unknown()),
        high_nano=-pl.col("billed_nano").fill_null(0),
        base_nano=pl.when(pl.col("n") == change.retries + 1).then("request_nano").otherwise(0),
    )
    lost = beyond.filter("serving")
    untold = asked.filter(~pl.col("measurable"))["request_row"].n_unique()
    return Effect(
        by_day(days),
        beyond["request_row"].n_unique(),
        left=beyond["request_row"].n_unique() - priced["request_row"].n_unique() if told.height else untold,
        failing=lost.height,
        quality=_lost(facts, lost, told["request_row"].n_unique()),
        missing=(Missing(NOT_TOLD, requests=untold),) if untold else (),
    )


def _lost(facts: Facts, lost: pl.DataFrame, of: int) -> Interval:
    """Of mean quality over so many requests, when these answers are worth nothing; what is unknown may be worth all."""
    if not of:
        return 0.0, 0.0
    low = high = 0.0
    for task, model, n in lost.group_by("task", "model").agg(pl.len()).iter_rows():
        known = facts.known.get((task or "", model or ""))
        least, most = known.quality.interval if known else UNKNOWN
        low, high = low - n * most / of, high - n * least / of
    return low, high


def _price(facts: Facts, change: PriceChange) -> Effect:
    """Nobody is asked otherwise than today."""
    there = (pl.col("provider") == change.provider) & (
        pl.lit(value=True) if change.model is None else pl.col("model") == change.model
    )
    asked = facts.seen.filter(there)
    priced = asked.filter(pl.col("request_nano").is_not_null())
    moved = [
        _signed_ppm(pl.col("billed_nano").fill_null(0) + unknown, change.ppm) for unknown in (pl.lit(0), _unknown())
    ]
    days = priced.select(
        "day",
        low_nano=pl.min_horizontal(moved),
        high_nano=pl.max_horizontal(moved),
        base_nano=pl.col("billed_nano").fill_null(0),
    )
    requests = priced["request_row"].n_unique()
    return Effect(by_day(days), requests, left=asked["request_row"].n_unique() - requests)


def _signed_ppm(nano: pl.Expr, ppm: int) -> pl.Expr:
    moved = divide_half_even(nano.cast(pl.Int128) * abs(ppm), pl.lit(PPM))
    return moved if ppm >= 0 else -moved


def _answers(facts: Facts) -> pl.DataFrame:
    return facts.seen.filter(pl.col("serving") & (pl.col("outcome") == "served"))


def _is(model: Model) -> pl.Expr:
    """Of its maker's: whoever sells it."""
    named = pl.col("model").eq_missing(pl.lit(model.name))
    return named if model.provider is None else named & pl.col("provider").eq_missing(pl.lit(model.provider))


def _on(route: str | None) -> pl.Expr:
    return pl.lit(value=True) if route is None else pl.col("route").eq_missing(pl.lit(route))


def _unknown() -> pl.Expr:
    """What a failed attempt may have been billed without anybody knowing, at most."""
    return pl.when("billing_unknown").then(pl.col("input_upper_nano")).otherwise(0).fill_null(0)
