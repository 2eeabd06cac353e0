"""Was it the right model: each request's planned model against the cheapest eligible one, on one price basis.

A price basis is `price(m, u, t)`, list prices with or without a tenant's terms; what was billed enters nowhere, so that a
discount cannot make a router look better or worse. u is the usage of the attempt that served. For a model other than the
one that served, all input counts as uncached, and output is scaled by how much longer that model's answers are.
"""

from math import gcd

import polars as pl

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

PER_MILLE = 1_000
"""Answers are as many thousandths as long as those of the model that served; finer, evidence does not speak."""
DIVISOR = 1_000_000 * PER_MILLE
"""Costs are whole multiples of a nano-dollar / DIVISOR until they are rounded, once."""
TOLERANCE = (21, 20)
"""At most 1.05 times the least price is as good as the least."""
SHARE_OF_BEST = (95, 100)
"""An eligible model reaches 95 % of the best candidate's quality, where a tenant has set no threshold of its own."""
Whole = type[pl.Int64] | type[pl.Int128]
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
    models = 1 + max(_most(asked, "planned"), _most(asked, "serving"), _most(offers, "model"))
    side = asked.select(pl.col("group") * models + pl.col("serving")).to_series()
    sides, others = _sides(offers, 1 + _most(asked, "group"), models, side), _others(asked, offers)
    divisor = _divisor(sides, others)
    kind = pl.Int64 if _fits(asked, sides, others, DIVISOR // divisor) else pl.Int128
    sides, others = (_shortened(terms, DIVISOR // divisor, kind) for terms in (sides, others))
    usage = asked.select(_counts(kind))
    own, best = _exact(sides, usage, side)
    replaced = _costs(others, usage.select(pl.all().gather(others["row"])))
    planned = own["own"].scatter(others["row"], replaced)
    eligible = own["own_eligible"].scatter(others["row"], others["eligible"])
    found = pl.DataFrame({"planned": planned, "optimal": best, "planned_eligible": eligible}).lazy()
    known = pl.col("planned").is_not_null()
    return found.select(
        choice_planned_nano=_rounded(pl.col("planned"), kind, divisor),
        choice_optimal_nano=_rounded(pl.when(known).then("optimal"), kind, divisor),
        choice_eligible=pl.when(known).then("planned_eligible"),
    ).collect()


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


def _most(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].max() or 0)  # type: ignore[arg-type]


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
    for n in range(_most(best, "rank") + 1 if best.height else 0):
        one = best.filter(pl.col("rank") == n).select("side", **{f"best{n}_{name}": name for name in _TERMS})
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
    terms = _terms(lanes).select("group", "planned", "serving", "eligible", *_TERMS)
    return rows.join(terms, on=("group", "planned", "serving"), how="left", maintain_order="left").select(
        "row", pl.col("eligible").fill_null(value=False), *_TERMS
    )


_TERMS = ("input", "output", "request")
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
    ordered = beside.select("side", *_TERMS).unique().sort("side", "request", "input", "output")
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
    tokens = sum(_most(asked, name) for name in USAGE) + 1  # and the request itself
    dearest = max(_most(frame, name) for frame in (sides, others) for name in _costs_of(frame))
    return tokens * (dearest // common) < _LARGEST_INT64 // 4


def _counts(kind: Whole) -> list[pl.Expr]:
    """Counts as the serving model prices them: fresh, cached three ways, plain output, reasoning; whole input and output."""
    cached = [pl.col(name).fill_null(0).cast(kind) for name in USAGE[1:4]]
    total = pl.max_horizontal(pl.col("input_tokens").cast(kind), sum(cached[1:], start=cached[0]))
    output = pl.col("output_tokens").cast(kind)
    reasoning = pl.min_horizontal(pl.col("reasoning_output_tokens").fill_null(0).cast(kind), output)
    counts = [total - cached[0] - cached[1] - cached[2], *cached, output - reasoning, reasoning]
    return [*(count.alias(f"count{n}") for n, count in enumerate(counts)), total.alias("total"), output.alias("whole")]


def _exact(sides: pl.DataFrame, usage: pl.DataFrame, side: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """What each request costs on the model that served, and on the cheapest eligible one, in parts of a nano-dollar."""
    used = [n for n in range(len(USAGE)) if _most(usage, f"count{n}")]
    own = sides.select("own_eligible", *(f"own{n}" for n in used), "own_request", known="own0").select(
        pl.all().gather(side)
    )
    best = [name.removesuffix("_input") for name in sides.columns if name.endswith("_input")]
    told = usage.hstack(own).lazy().select(
        "own_eligible",
        own=pl.when(pl.col("known").is_not_null()).then(
            sum((pl.col(f"count{n}") * pl.col(f"own{n}") for n in used), start=pl.col("own_request"))
        ),
    ).collect()  # fmt: skip
    costs = [
        _costs(
            sides.select(f"{one}_{name}" for name in _TERMS)
            .rename(lambda name: name.rpartition("_")[2])
            .select(pl.all().gather(side)),
            usage,
        )
        for one in best
    ]
    eligible = told.select(pl.when("own_eligible").then("own")).to_series()
    return told, pl.DataFrame([eligible.alias("own"), *(cost.alias(f"{n}") for n, cost in enumerate(costs))]).select(
        pl.min_horizontal(pl.all())
    ).to_series()


def _costs(terms: pl.DataFrame, usage: pl.DataFrame) -> pl.Series:
    """Of each usage on a model that did not serve it."""
    request = [pl.col("request")] if _most(terms, "request") else []
    cost = sum(request, start=pl.col("total") * pl.col("input") + pl.col("whole") * pl.col("output"))
    return terms.hstack(usage.select("total", "whole")).select(cost.alias("cost")).to_series()


def _rounded(exact: pl.Expr, kind: Whole, divisor: int) -> pl.Expr:
    """Half to even; costs are not negative."""
    by = pl.lit(divisor, dtype=kind)
    quotient = exact // by
    twice_rest = (exact - quotient * by) * 2
    up = (twice_rest > by) | ((twice_rest == by) & (quotient % 2 == 1))
    return (quotient + up.cast(kind)).cast(pl.Int64)
