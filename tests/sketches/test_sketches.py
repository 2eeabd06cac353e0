"""Sketches: the promised error, merging that changes nothing, and the odd values."""

import math
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.sketches.build import build, merge
from apps.sketches.packing import decode, encode
from apps.sketches.quantiles import combine, count, nearest_rank, quantiles

DURATIONS = st.lists(st.integers(0, 86_400_000_000) | st.integers(0, 50), min_size=1, max_size=200)
LARGEST = 2**63 - 1


def sketch_of(values: Sequence[int | None]) -> list[int]:
    frame = pl.DataFrame({"cell": [0] * len(values), "v": pl.Series(values, dtype=pl.Int64)})
    built = build(frame, "cell", "v")
    return list(built["v"][0]) if built.height else []


def exact(values: list[int], share: float) -> int:
    return sorted(values)[nearest_rank(share, len(values)) - 1]


@given(DURATIONS)
@settings(max_examples=80, deadline=None)
def test_quantiles_are_within_one_per_cent_of_the_nearest_rank(values: list[int]) -> None:
    for share, read in zip(
        (0.01, 0.5, 0.95, 0.99, 1.0), quantiles(sketch_of(values), (0.01, 0.5, 0.95, 0.99, 1.0)) or (), strict=True
    ):
        assert math.isclose(read, exact(values, share), rel_tol=0.01 + 1e-9)


@given(DURATIONS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_merged_sketch_is_the_one_built_in_a_single_pass_whatever_the_order(values: list[int], random) -> None:  # type: ignore[no-untyped-def]
    whole = sketch_of(values)
    shuffled = random.sample(values, len(values))
    parts = [random.randrange(3) for _ in values]
    built = build(pl.DataFrame({"part": parts, "v": shuffled}), "part", "v")
    merged = merge(built.with_columns(cell=0), "cell", "v")
    assert list(merged["v"][0]) == whole
    assert encode(combine(built["v"].to_list())) == whole


def test_groups_are_kept_apart_and_in_order() -> None:
    last = 2**31 - 1
    frame = pl.DataFrame({"cell": [last, 3, 3, 0], "v": [10, 20, 30, 40]})
    built = build(frame, "cell", "v")
    assert [(cell, count(sketch)) for cell, sketch in built.iter_rows()] == [(0, 1), (3, 2), (last, 1)]
    assert merge(built, "cell", "v").equals(built)


def test_unknown_values_are_not_counted() -> None:
    assert count(sketch_of([None, 5, None])) == 1
    assert sketch_of([None, None]) == []
    assert quantiles([]) is None


def test_zero_has_a_bucket_apart_from_one() -> None:
    assert len(decode(sketch_of([0, 1]))) == 2
    assert quantiles(sketch_of([0, 0, 0, 1]), (0.5, 0.75)) == (0.0, 0.0)


@pytest.mark.parametrize("value", [1, 2, 999, 60_000_000, LARGEST])
def test_one_value_is_its_own_every_quantile(value: int) -> None:
    assert all(math.isclose(read, value, rel_tol=0.01 + 1e-9) for read in quantiles(sketch_of([value])) or (0,))


def test_encoding_is_undone_by_decoding() -> None:
    counts = {0: 3, 1: 1, 2184: 2**32 - 1}
    assert decode(encode(counts)) == counts
    assert encode(counts) == sorted(encode(counts))


def test_a_count_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        encode({1: 2**32})
    full = encode({5: 2**32 - 1})
    with pytest.raises(OverflowError):
        merge(pl.DataFrame({"cell": [0, 0], "v": [full, full]}), "cell", "v")


@pytest.mark.parametrize(
    ("share", "n", "rank"), [(0.5, 1, 1), (0.5, 4, 2), (0.07, 100, 7), (0.95, 20, 19), (0.99, 10, 10), (1.0, 3, 3)]
)
def test_ranks_are_exact(share: float, n: int, rank: int) -> None:
    assert nearest_rank(share, n) == rank
