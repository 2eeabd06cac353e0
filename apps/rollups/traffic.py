"""Evaluable requests summed up by what decides whether they are planned well: task, models, prices in force, usage.

Usages are alike within a quarter, so that a day is some thousand rows however many requests it has. What was counted of
each row is kept beside its mean usage, so that no figure of the day itself is an estimate.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from apps.costing.decay import KNOWN, PRICES, TRAFFIC, Day
from apps.costing.evaluate import Evaluated
from apps.costing.selection import USAGE
from apps.pricing.book import DAY_US, RATES
from apps.pricing.terms import Basis
from apps.rollups.choices import asked_of, candidates, stepped_by, whole_input
from apps.rollups.queries import PRODUCTION

ALIKE = 1.25
_LANE = ("service_tier", "_of_day", "_of_input")


def summed(facts: Evaluated, evidence: pl.DataFrame, basis: Basis, *, environment: str = PRODUCTION) -> pl.DataFrame:
    """By day, lane and kind of usage: how many requests, and how many of them were planned well."""
    counted = facts.requests.filter(
        (pl.col("environment") == environment)
        & pl.col("measurable")
        & pl.col("token_nano").is_not_null()
        & pl.col("evaluable")
    )
    optimal = counted.select("request_row", "optimal")
    asked = asked_of(counted, facts.attempts, evidence).join(optimal, on="request_row", maintain_order="left")
    kinds = stepped_by(asked, basis).with_columns(
        pl.col(USAGE).fill_null(0),
        _long=whole_input().log1p() // pl.lit(ALIKE).log(),
        _answer=pl.col("output_tokens").log1p() // pl.lit(ALIKE).log(),
        _cached=4 * pl.col("cache_read_input_tokens").fill_null(0) // pl.max_horizontal(whole_input(), 1),
    )
    keys = ("day", "task", "planned", "serving", *_LANE, "_long", "_answer", "_cached")
    return (
        kinds.group_by(keys, maintain_order=True)
        .agg(
            pl.col(USAGE).mean().round().cast(pl.Int64),
            time_us=pl.col("at_us").first() % DAY_US,
            requests=pl.len().cast(pl.Int64),
            optimal=pl.col("optimal").sum().cast(pl.Int64),
        )
        .drop("_long", "_answer", "_cached")
    )


def days(traffic: pl.DataFrame, evidence: pl.DataFrame, basis: Basis, wanted: Sequence[date]) -> dict[date, Day]:
    """Each day with its traffic, its candidates, and its prices of everything that any of the days asks for."""
    lanes = traffic.group_by(_LANE, maintain_order=True).agg(
        pl.col("time_us").first(), input_tokens=whole_input().first()
    ).with_row_index("lane")  # fmt: skip
    placed = traffic.join(lanes.select("lane", *_LANE), on=_LANE, how="left", nulls_equal=True)
    known = candidates(evidence, basis)
    prices = _prices(lanes, evidence, basis, wanted)
    return {
        day: Day(
            placed.filter(pl.col("day") == day).select(TRAFFIC.names()),
            known.filter(pl.col("day") == day).select(KNOWN.names()),
            prices.filter(pl.col("day") == day).select(PRICES.names()),
        )
        for day in wanted
    }


def _prices(lanes: pl.DataFrame, evidence: pl.DataFrame, basis: Basis, wanted: Sequence[date]) -> pl.DataFrame:
    """Of each model at its task on each day, also before and after it was a candidate, from whom it was observed."""
    models = evidence.select("task", "model").unique(maintain_order=True)
    dated = models.join(pl.DataFrame({"day": list(wanted)}, schema={"day": pl.Date}), how="cross")
    told = evidence.select("day", "task", "model", "provider")
    sellers = dated.join(told, on=("day", "task", "model"), how="left").with_columns(
        pl.coalesce("provider", pl.col("provider").drop_nulls().first().over("task", "model"))
    )
    usage = sellers.join(lanes, how="cross").with_columns(
        at_us=pl.col("day").cast(pl.Datetime("us")).to_physical() + pl.col("time_us")
    )
    priced = basis.rates(usage.select("provider", "model", "service_tier", "at_us", "input_tokens"))
    return usage.select("day", "lane", "task", "model").select(pl.all().gather(priced["row"])).hstack(
        priced.select(*RATES, "request_nano")
    )  # fmt: skip
