"""What each request costs on the model that served and on the cheapest eligible one: the kernel of selection.

Costs are whole parts of a nano-dollar until they are rounded, once. Tables are small, a row for each side (a group and the
model that served in it), and looked up by its number.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

import polars as pl

from apps.costing.frames import TOKENS

Whole = type[pl.Int64] | type[pl.Int128]
TERMS = ("input", "output", "request")
"""What a model that did not serve costs: a token of input, uncached, a token of output, and a request."""


def most(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].max() or 0)  # type: ignore[arg-type]


def counts(kind: Whole, used: Sequence[int]) -> list[pl.Expr]:
    """Counts as the serving model prices them: fresh, cached three ways, plain output, reasoning; whole input and output.

    Of TOKENS, those at the places `used` are told of some request at all: a column of nothing need not be computed with.
    """
    cached = {n: pl.col(TOKENS[n]).fill_null(0).cast(kind) for n in used if n in (1, 2, 3)}
    total, output = pl.col("input_tokens").cast(kind), pl.col("output_tokens").cast(kind)
    fresh = total
    if cached:
        whole = reduce(add, cached.values())
        total = pl.max_horizontal(total, whole)
        fresh = total - whole
    each = {0: fresh, **cached, 4: output}
    if 5 in used:
        reasoning = pl.min_horizontal(pl.col(TOKENS[5]).fill_null(0).cast(kind), output)
        each |= {4: output - reasoning, 5: reasoning}
    return [*(count.alias(f"count{n}") for n, count in each.items()), total.alias("total"), output.alias("whole")]


def exact(usage: pl.LazyFrame, sides: pl.DataFrame, used: Sequence[int]) -> pl.LazyFrame:
    """`own`: what each request costs on the model that served; `optimal`: on the cheapest eligible one; in parts of a
    nano-dollar.

    One plan, in which no column is stored that another expression alone needs: memory is what this costs. What a token costs
    is looked up without nulls wherever it can be, in half the time, so who has fewer models to compare with than others
    compares with the first of them again.
    """
    own = reduce(add, (pl.col(f"count{n}") * _looked_up(sides, f"own{n}", known=n > 0) for n in used))
    if most(sides, "own_request"):
        own += _looked_up(sides, "own_request")
    best = [name.removesuffix("_input") for name in sides.columns if name.endswith("_input")]
    costs = [
        _cost({name: _best(sides, one, best[0], name) for name in TERMS if _is_used(sides, name, one, best[0])})
        for one in best
    ]
    eligible = _looked_up(sides, "own_eligible", known=False)
    priced = usage.with_columns(own=own, eligible=eligible)
    return priced.with_columns(optimal=pl.min_horizontal(pl.when("eligible").then("own"), *costs))


def _looked_up(sides: pl.DataFrame, name: str, *, known: bool = True) -> pl.Expr:
    """Of each request's side; `known`: null is told by another column."""
    return pl.lit(sides[name].fill_null(0) if known else sides[name]).gather(pl.col("side"))


def _best(sides: pl.DataFrame, one: str, first: str, name: str) -> pl.Expr:
    table = sides.select(pl.coalesce(f"{one}_{name}", f"{first}_{name}")).to_series()
    return pl.lit(table).gather(pl.col("side"))


def _is_used(sides: pl.DataFrame, name: str, *which: str) -> bool:
    """Most requests cost nothing but their tokens."""
    return name != "request" or any(most(sides, f"{one}_request") for one in which)


def replaced(usage: pl.LazyFrame, others: pl.DataFrame) -> pl.LazyFrame:
    """`cost` of what was planned on another model than the one that served."""
    rows = usage.select(pl.col("total", "whole").gather(pl.lit(others["row"])))
    terms = [name for name in TERMS if name != "request" or most(others, name)]
    return pl.concat([rows, others.lazy().select(TERMS)], how="horizontal").select(
        cost=_cost({name: pl.col(name) for name in terms})
    )


def _cost(terms: Mapping[str, pl.Expr]) -> pl.Expr:
    """Of a usage on a model that did not serve it."""
    cost = pl.col("total") * terms["input"] + pl.col("whole") * terms["output"]
    return cost + terms["request"] if "request" in terms else cost


def rounded(exact: pl.Expr, divisor: int) -> pl.Expr:
    """Half to even; costs are not negative. Half of the divisor is added: a tie is then a multiple of it, of an odd
    quotient one too many."""
    if divisor == 1:
        return exact.cast(pl.Int64)
    shifted = exact + divisor // 2
    quotient = shifted // divisor
    if divisor % 2:
        return quotient.cast(pl.Int64)
    tie = (quotient * divisor == shifted).cast(pl.Int64)
    return quotient.cast(pl.Int64) - (tie & quotient.cast(pl.Int64) & 1)
