"""Was it the right model: each request's planned model against the cheapest eligible one, on one price basis.

A price basis is `price(m, u, t)`, list prices with or without a tenant's terms; what was billed enters nowhere, so that a
discount cannot make a router look better or worse. u is the usage of the attempt that served. For a model other than the
one that served, all input counts as uncached, and output is scaled by how much longer that model's answers are.
"""

from math import gcd

import polars as pl

from apps.costing.least import TERMS, Whole, counts, exact, most, replaced, rounded
from apps.costing.rounding import divide_half_even

USAGE = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "cache_write_1h_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
RATES = (
    "input_nano_per_mtok",
    "cache_read_nano_per_mtok",
    "cache_write_nano_per_mtok",
    "cache_write_1h_nano_per_mtok",
    "output_nano_per_mtok",
    "reasoning_output_nano_per_mtok",
)
ASKED = pl.Schema(
    {
        "group": pl.UInt32(),  # requests of one task and day, among whose candidates prices do not differ
        "planned": pl.UInt32(),  # the model of attempt 0, by its number
        "serving": pl.UInt32(),  # the model of the attempt that served
        **dict.fromkeys(USAGE, pl.Int64()),  # of that attempt
    }
)
OFFERS = pl.Schema(
    {
        "group": pl.UInt32(),
        "model": pl.UInt32(),
        "eligible": pl.Boolean(),  # reaches the task's threshold
        "output_tokens": pl.Int64(),  # of its answers to prompts that other models answered too; null: no such evidence
        "answers": pl.Int64(),
        **dict.fromkeys(RATES, pl.Int64()),
        "request_nano": pl.Int64(),
    }
)
"""One row for each candidate of a group: its rates, in nano-USD per million tokens, and whether it is eligible."""

NEVER = ("embeddings", "rerank")
"""Operations that are never evaluable; neither is the batch tier."""
CHOICE = ("choice_planned_nano", "choice_optimal_nano", "choice_eligible")
"""Columns of a request in which the caller hands over what `choose` said at the tenant's terms and by its own thresholds;
with the prefix `published_`, at list prices and by the default threshold."""
CHOSEN = pl.Schema(
    {"choice_planned_nano": pl.Int64(), "choice_optimal_nano": pl.Int64(), "choice_eligible": pl.Boolean()}
)


def comparable(attempts: pl.DataFrame) -> pl.Expr:
    """Whether an attempt's usage says what it would cost on another model: outside the batch tier, with both kinds of tokens
    told, and without other units, since pictures or searches cost elsewhere what nobody can say."""
    told = pl.col("input_tokens").is_not_null() & pl.col("output_tokens").is_not_null()
    # Frames without the column have none.
    without_others = pl.col("other_units").is_null() if "other_units" in attempts.columns else pl.lit(value=True)
    return (pl.col("service_tier") != "batch") & told & without_others


PER_MILLE = 1_000
"""Answers are as many thousandths as long as those of the model that served; finer, evidence does not speak."""
DIVISOR = 1_000_000 * PER_MILLE
"""Costs are whole multiples of a nano-dollar / DIVISOR until they are rounded, once."""
TOLERANCE = (21, 20)
"""At most 1.05 times the least price is as good as the least."""
SHARE_OF_BEST = (95, 100)
"""An eligible model reaches 95 % of the best candidate's quality, where a tenant has set no threshold of its own."""
_LARGEST_INT64 = 2**63 - 1


def judge(candidates: pl.DataFrame) -> pl.DataFrame:
    """Adds candidates, default_eligible and own_eligible to rows (day, task, quality_micro, threshold_micro; one a model).

    `threshold_micro` is the tenant's own, null for none. Only candidates are to be in it: models with evidence and a price.
    """
    best, own = pl.col("quality_micro").max().over("day", "task"), pl.col("threshold_micro")
    part, whole = SHARE_OF_BEST
    return candidates.with_columns(
        candidates=pl.len().over("day", "task"), default_eligible=pl.col("quality_micro") * whole >= best * part
    ).with_columns(
        own_eligible=pl.when(own.is_not_null()).then(pl.col("quality_micro") >= own).otherwise("default_eligible")
    )


def choose(asked: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """Columns choice_planned_nano, choice_optimal_nano and choice_eligible, one row a request, in their order.

    All null where the planned model is no candidate; choice_optimal_nano null where no candidate is eligible. `asked` is as
    ASKED says, and input and output are told; `offers` as OFFERS. Groups and models are numbered without large gaps.
    """
    if asked.is_empty() or offers.is_empty():
        return CHOSEN.to_frame(eager=True).clear(asked.height)
    models = 1 + max(most(asked, "planned"), most(asked, "serving"), most(offers, "model"))
    side = asked.select(pl.col("group") * models + pl.col("serving")).to_series()
    sides, others = _sides(offers, 1 + most(asked, "group"), models, side), _others(asked, offers)
    divisor = _divisor(sides, others)
    kind = pl.Int64 if _fits(asked, sides, others, DIVISOR // divisor) else pl.Int128
    sides, others = (_shortened(terms, DIVISOR // divisor, kind) for terms in (sides, others))
    used = [n for n, name in enumerate(USAGE) if n in (0, 4) or most(asked, name)]
    usage = asked.lazy().select(*counts(kind, used), side=pl.col("group") * models + pl.col("serving"))
    told = exact(usage, sides, used).select(
        choice_planned_nano=rounded(pl.col("own"), divisor),
        choice_optimal_nano=rounded(pl.col("optimal"), divisor),
        choice_eligible="eligible",
    ).collect()  # fmt: skip
    elsewhere = replaced(usage, others).select(rounded(pl.col("cost"), divisor)).collect().to_series()
    planned = told["choice_planned_nano"].scatter(others["row"], elsewhere)
    eligible = told["choice_eligible"].scatter(others["row"], others["eligible"])
    found = told.with_columns(choice_planned_nano=planned, choice_eligible=eligible)
    if not planned.null_count():
        return found
    known = pl.col("choice_planned_nano").is_not_null()
    return found.with_columns(pl.when(known).then(pl.col("choice_optimal_nano", "choice_eligible")))


def regret(base: pl.Expr, planned_price: pl.Expr, optimal_price: pl.Expr) -> pl.Expr:
    """base x max(0, 1 - optimal / planned), rounded half to even; 0 where no candidate is eligible, null without prices."""
    least = pl.min_horizontal(planned_price, optimal_price)  # a null leaves the other
    saved = (planned_price - least).cast(pl.Int128) * base.cast(pl.Int128)
    part = divide_half_even(saved, pl.max_horizontal(planned_price, pl.lit(1)))
    return pl.when(planned_price.is_not_null()).then(part)


def optimal_nano(planned_nano: pl.Expr, planned_price: pl.Expr, optimal_price: pl.Expr) -> pl.Expr:
    """What the optimal model would have cost at the terms that planned_nano stands in; as planned where planned is free."""
    scaled = planned_nano.cast(pl.Int128) * optimal_price.cast(pl.Int128)
    most = pl.lit(10**17, dtype=pl.Int128) * pl.max_horizontal(planned_price, pl.lit(1)).cast(pl.Int128)
    exact = divide_half_even(pl.min_horizontal(scaled, most), pl.max_horizontal(planned_price, pl.lit(1)))
    return pl.when(optimal_price.is_null()).then(None).when(planned_price == 0).then(planned_nano).otherwise(exact)


def is_optimal(planned_price: pl.Expr, optimal_price: pl.Expr, planned_eligible: pl.Expr) -> pl.Expr:
    """Eligible, and at most 1.05 times as dear as the optimal one."""
    above, below = TOLERANCE
    return planned_eligible & (planned_price.cast(pl.Int128) * below <= optimal_price.cast(pl.Int128) * above)


_FEW = 4
"""Requests a side, below which it pays to look which sides they are on."""


def _sides(offers: pl.DataFrame, groups: int, models: int, asked: pl.Series) -> pl.DataFrame:
    """By group and serving model, in the order of their numbers: what its own tokens cost, and what a token costs on
    each other model that may be the optimal one; the latter, where requests are few, of sides that are `asked` alone."""
    grid = pl.DataFrame({"side": pl.int_range(groups * models, dtype=pl.UInt32, eager=True)}).with_columns(
        group=pl.col("side") // models, serving=pl.col("side") % models
    )
    own = offers.select(
        "group", serving="model", own_eligible="eligible", own_output="output_tokens", own_answers="answers",
        **{f"own{n}": pl.col(rate).cast(pl.Int128) * PER_MILLE for n, rate in enumerate(RATES)},
        own_request=pl.col("request_nano").cast(pl.Int128) * DIVISOR,
    )  # fmt: skip
    known = grid.join(own, on=("group", "serving"), how="left", maintain_order="left")
    few = len(asked) < _FEW * groups * models
    used = known.filter(pl.col("side").is_in(asked.unique().implode())) if few else known
    beside = used.join(offers.filter("eligible"), on="group").filter(pl.col("model") != pl.col("serving"))
    best = _frontier(_terms(beside))
    for n in range(most(best, "rank") + 1 if best.height else 0):
        one = best.filter(pl.col("rank") == n).select("side", **{f"best{n}_{name}": name for name in TERMS})
        known = known.join(one, on="side", how="left", maintain_order="left")
    return known.drop("side", "group", "serving", "own_output", "own_answers").with_columns(
        pl.col("own_eligible").fill_null(value=False)
    )


def _others(asked: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """Rows planned on another model than the one that served, with what a token costs on the planned one."""
    rows = (
        asked.select("group", "planned", "serving").with_row_index("row").filter(pl.col("planned") != pl.col("serving"))
    )
    lengths = offers.select("group", serving="model", own_output="output_tokens", own_answers="answers")
    lanes = (
        rows.select("group", "planned", "serving").unique()
        .join(lengths, on=("group", "serving"), how="left")
        .join(offers.rename({"model": "planned"}), on=("group", "planned"), how="left")
    )  # fmt: skip
    terms = _terms(lanes).select("group", "planned", "serving", "eligible", *TERMS)
    return rows.join(terms, on=("group", "planned", "serving"), how="left", maintain_order="left").select(
        "row", pl.col("eligible").fill_null(value=False), *TERMS
    )


_NOT_COSTS = ("row", "eligible", "own_eligible")


def _terms(beside: pl.DataFrame) -> pl.DataFrame:
    """Offers beside a serving model, with their cost of an input token, an output token and a request."""
    longer = divide_half_even(
        pl.col("output_tokens").cast(pl.Int128) * pl.col("own_answers") * PER_MILLE,
        pl.col("own_output").cast(pl.Int128) * pl.col("answers"),
    )
    told = ((pl.col("output_tokens") > 0) & (pl.col("own_output") > 0)).fill_null(value=False)
    per_mille = pl.when(told).then(longer).otherwise(PER_MILLE)
    return beside.with_columns(
        input=pl.col("input_nano_per_mtok").cast(pl.Int128) * PER_MILLE,
        output=pl.col("output_nano_per_mtok").cast(pl.Int128) * per_mille,
        request=pl.col("request_nano").cast(pl.Int128) * DIVISOR,
    )


def _frontier(beside: pl.DataFrame) -> pl.DataFrame:
    """Without those that no usage makes the cheapest: beaten by another in everything, or by two others between them."""
    ordered = beside.select("side", *TERMS).unique().sort("side", "request", "input", "output")
    least = pl.col("output").cum_min().shift(1).over("side", "request")
    kept = ordered.filter(least.is_null() | (pl.col("output") < least))
    for _ in range(_PASSES):
        kept = kept.filter(~_above_its_neighbours().fill_null(value=False))
    return kept.with_columns(rank=pl.int_range(pl.len()).over("side"))


_PASSES = 3


def _above_its_neighbours() -> pl.Expr:
    """Of three in the order of input cost: the middle one is never cheaper than both others. Left out at once or one after
    the other, what is left out stays above what is kept, and a pass too few costs time alone."""
    place = ("side", "request")
    before, after = ({name: pl.col(name).shift(n).over(place) for name in ("input", "output")} for n in (1, -1))
    along = (pl.col("input") - before["input"]) * (before["output"] - after["output"])
    down = (before["output"] - pl.col("output")) * (after["input"] - before["input"])
    return down <= along


def _divisor(*frames: pl.DataFrame) -> int:
    """DIVISOR without what it has in common with all costs: prices have few digits, and mostly fit 64 bits then."""
    values = (value for frame in frames for name in _costs_of(frame) for value in frame[name].drop_nulls().unique())
    return DIVISOR // gcd(DIVISOR, *values)


def _costs_of(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in _NOT_COSTS]


def _shortened(frame: pl.DataFrame, common: int, kind: Whole) -> pl.DataFrame:
    return frame.with_columns((pl.col(name) // pl.lit(common, dtype=pl.Int128)).cast(kind) for name in _costs_of(frame))


def _fits(asked: pl.DataFrame, sides: pl.DataFrame, others: pl.DataFrame, common: int) -> bool:
    """Whether every cost stays below 64 bits, twice over for the rounding."""
    tokens = sum(most(asked, name) for name in USAGE) + 1  # and the request itself
    dearest = max(most(frame, name) for frame in (sides, others) for name in _costs_of(frame))
    return tokens * (dearest // common) < _LARGEST_INT64 // 4
