"""The one rounding rule: exact integers all the way, then half to even, once."""

from fractions import Fraction

import polars as pl


def divide_half_even(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Int64 quotient of two integer expressions that are not negative, a tie going to the even neighbour.

    The division is one of 128-bit integers: products of two 64-bit ones fit. Null where an operand is null.
    """
    top, bottom = numerator.cast(pl.Int128), denominator.cast(pl.Int128)
    quotient, twice_rest = top // bottom, (top % bottom) * 2
    up = (twice_rest > bottom) | ((twice_rest == bottom) & (quotient % 2 == 1))
    return (quotient + up.cast(pl.Int128)).cast(pl.Int64)


def product(left: str, right: str) -> pl.Expr:
    """A product that may need more than 64 bits."""
    return pl.col(left).cast(pl.Int128) * pl.col(right).cast(pl.Int128)


def round_half_even(exact: Fraction) -> int:
    """Python's own rounding of a fraction is half to even; named, so that the rule is found in one place."""
    return round(exact)
