"""From evaluated requests and attempts to hour cells, and from hour cells to day cells."""

from collections.abc import Callable, Mapping
from typing import Literal

import polars as pl

from apps.costing.attempts import BOOK, REPORTED, UNPRICED
from apps.costing.evaluate import Evaluated
from apps.costing.frames import COUNTED, by_request
from apps.costing.latency import NEVER_WAITED_FOR
from apps.costing.selection import NEVER, USAGE
from apps.rollups import labels
from apps.rollups.sums import ATTEMPTS, BASES, REQUESTS, WHOLE, Cube, sketch_column
from apps.sketches.build import build, merge

HOUR_US = 3_600_000_000
HOUR = pl.Datetime("us", "UTC")
Period = Literal["hour", "day"]
PERIODS: Mapping[Period, tuple[int, pl.DataType]] = {"hour": (HOUR_US, HOUR), "day": (24 * HOUR_US, pl.Date())}
"""Their length in microseconds, and the kind of their column."""


def rows(cube: Cube, evaluated: Evaluated) -> pl.DataFrame:
    """What is counted in a cube, one row each, with the labels and with what it adds to each sum."""
    return _request_rows(evaluated) if cube is REQUESTS else _attempt_rows(evaluated)


def cells(cube: Cube, rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Cells of some `rows`: hour or day, keys, sums, sketches.

    Days are made at once where no label is folded: the merge of their hours is then the same, and has more cells to make.
    """
    dated = rows.with_columns(period_of(period))
    numbers, found = numbered(dated, (period, *cube.keys))
    if labels.beyond(found) or _has_too_many(found, period):
        if period == "day":
            return day_cells(cube, cells(cube, rows, "hour"))
        numbers, found, dated = _folded(dated, (period, *cube.keys), pl.len())
    sketched = {
        sketch_column(name): _by_cell(numbers, dated[column], build) for name, column in _DURATIONS[cube.table].items()
    }
    return _finished(cube, period, found, summed(numbers, dated.select(cube.sums)), sketched)


def _request_rows(evaluated: Evaluated) -> pl.DataFrame:
    first = evaluated.attempts.select("n", "request_row", "provider", "model").filter(pl.col("n") == 0).drop("n")
    with_plan = evaluated.requests.hstack(by_request(first, evaluated.requests.height))
    return with_plan.with_columns(
        pl.col("environment", "provider", "model", "task", "route", "policy").fill_null(""), **_request_facts()
    )


def _attempt_rows(evaluated: Evaluated) -> pl.DataFrame:
    """An attempt lies in the hour of its request."""
    of_request = evaluated.requests.select(
        "day",
        "environment",
        "received_us",
        _priced=pl.col("billed_nano").is_not_null(),
        _published=pl.col("published_billed_nano").is_not_null(),
        _split=pl.col("measurable") & pl.col("token_nano").is_not_null(),
    )
    places = evaluated.attempts["request_row"]
    known = evaluated.attempts.hstack(of_request.select(pl.all().gather(places))).with_columns(
        pl.col("provider", "model").fill_null("")
    )
    return known.with_columns(**_attempt_facts())


def day_cells(cube: Cube, hours: pl.DataFrame) -> pl.DataFrame:
    """Day cells out of all hour cells of those days."""
    dated = hours.with_columns(day=pl.col("hour").dt.date()).drop("hour")
    numbers, found, dated = _folded(dated, ("day", *cube.keys), pl.col(cube.measure).sum())
    sketched = {column: _by_cell(numbers, dated[column], merge) for column in cube.sketches}
    return _finished(cube, "day", found, summed(numbers, dated.select(cube.sums)), sketched)


def whole_days(days: pl.DataFrame) -> pl.DataFrame:
    """Cells of WHOLE, out of all day cells of requests of those days."""
    keys = ("day", *WHOLE.keys)
    return days.group_by(keys).agg(pl.col(WHOLE.sums).sum()).sort(keys)


def empty(cube: Cube, period: Period) -> pl.DataFrame:
    """No cells, with the columns and kinds that cells have."""
    kinds = {
        period: PERIODS[period][1],
        **{key: pl.Boolean() if key == "user_facing" else pl.String() for key in cube.keys},
        **dict.fromkeys(cube.sums, pl.Int64()),
        **dict.fromkeys(cube.sketches, pl.List(pl.Int64)),
    }
    return pl.DataFrame(schema=kinds)


def period_of(period: Period) -> pl.Expr:
    length, kind = PERIODS[period]
    return (pl.col("received_us") // length * length).cast(pl.Datetime("us", "UTC")).cast(kind).alias(period)


def _folded(
    rows: pl.DataFrame, keys: tuple[str, ...], measure: pl.Expr
) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """As `numbered`, and the rows, with labels beyond their bounds replaced."""
    rows = labels.fold(rows, keys[0], measure)
    numbers, found = numbered(rows, keys)
    if _has_too_many(found, keys[0]):
        rows = labels.fold_combinations(rows, keys[0], measure)
        numbers, found = numbered(rows, keys)
    return numbers, found, rows


def _has_too_many(found: pl.DataFrame, period: str) -> bool:
    """Whether any hour or day has more cells than it may."""
    return found.height > labels.MOST_CELLS and found[period].unique_counts().max() > labels.MOST_CELLS  # type: ignore[operator]


def numbered(rows: pl.DataFrame, keys: tuple[str, ...]) -> tuple[pl.Series, pl.DataFrame]:
    """The number of each row's cell, and the cells' keys, sorted: a cell's number is its position.

    Grouping by one number is fast, by nine labels is not; and most labels are the same all over, which is told faster.
    """
    keyed = rows.select(keys)
    same = keyed.select(pl.all().eq_missing(pl.all().first()).all()).row(0)
    varying = [key for key, is_same in zip(keys, same, strict=True) if not is_same or rows.is_empty()] or [*keys[:1]]
    cells = keyed.select(varying).unique().sort(varying)
    numbers = keyed.select(varying).join(
        cells.with_row_index("cell"), on=varying, how="left", maintain_order="left", nulls_equal=True
    )
    constant = [keyed[key].new_from_index(0, cells.height) for key in keys if key not in varying]
    return numbers["cell"], cells.with_columns(constant)


def summed(numbers: pl.Series, figures: pl.DataFrame) -> pl.DataFrame:
    """Sums of each cell, in the order of their numbers. Of what is nowhere measured, which is much, nothing is grouped."""
    least, most = figures.min().row(0), figures.max().row(0)
    measured = [name for name, *ends in zip(figures.columns, least, most, strict=True) if any(ends)]
    sums = figures.select(measured).with_columns(numbers).group_by("cell").agg(pl.col(measured).cast(pl.Int64).sum())
    nowhere = [pl.lit(0, pl.Int64).alias(name) for name in figures.columns if name not in measured]
    return sums.sort("cell").drop("cell").with_columns(nowhere)


def _by_cell(
    numbers: pl.Series, column: pl.Series, sketch: Callable[[pl.DataFrame, str, str], pl.DataFrame]
) -> pl.DataFrame:
    """Number of a cell and its sketch, for cells with any value."""
    if column.null_count() == len(column):
        return pl.DataFrame(schema={"cell": pl.UInt32(), column.name: pl.List(pl.Int64)})
    return sketch(pl.DataFrame([numbers, column]), "cell", column.name)


def _finished(
    cube: Cube, period: str, found: pl.DataFrame, summed: pl.DataFrame, sketches: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    cells = found.hstack(summed).with_row_index("cell")
    for name, sketched in sketches.items():
        entries = sketched.select("cell", pl.last().alias(name))
        if entries.height == cells.height:
            cells = cells.hstack(entries.select(name))
        else:
            cells = cells.join(entries, on="cell", how="left", maintain_order="left")
    return cells.select(period, *cube.columns)


def _where(condition: pl.Expr, value: str) -> pl.Expr:
    return pl.when(condition).then(pl.col(value))


def _request_facts() -> dict[str, pl.Expr]:
    """What each request adds to the sums of its cell; null adds nothing."""
    served, measurable = (pl.col("outcome") == "served").fill_null(value=False), pl.col("measurable")
    dispatched = served & ~pl.col("undispatched")
    has_no_output = pl.col("operation").is_in(NEVER_WAITED_FOR)  # embeddings and rerankings
    output_told = pl.col("serving_output_tokens").is_not_null() | has_no_output
    tokens_told = dispatched & pl.col("serving_input_tokens").is_not_null() & output_told
    usage_told = served & pl.col("serving_comparable") & ~pl.col("operation").is_in(NEVER) & (pl.col("task") != "")
    tokens = pl.when(tokens_told).then(pl.col("serving_input_tokens") + pl.col("serving_output_tokens").fill_null(0))
    counted = pl.col("completeness").is_in(COUNTED) & (pl.col("attempt_count") > 0)
    retried = counted & (pl.col("attempt_count") > 1)
    split, published_split = (
        measurable & pl.col(name).is_not_null() for name in ("token_nano", "published_token_nano")
    )
    retried_served = split & served & retried
    evaluable = split & pl.col("evaluable")
    with_optimum = evaluable & pl.col("optimal_nano").is_not_null()
    scored = pl.col("billed_nano").is_not_null() & pl.col("quality").is_not_null()
    waiting, delayed = pl.col("waiting"), measurable & retried
    return {
        "requests": pl.lit(1),
        "outcome_known": pl.col("outcome").is_not_null(),
        "served": served,
        "failed": (pl.col("outcome") == "failed").fill_null(value=False),
        "cache_hits": pl.col("cache_hit"),
        "attempts": pl.col("rows"),
        "counted": counted,
        "retried": retried,
        "served_dispatched": dispatched,
        "served_with_tokens": tokens_told,
        "served_tokens": tokens,
        "served_input_tokens": pl.when(tokens_told).then(pl.col("serving_input_tokens")),
        "served_tokens_priced": pl.when(pl.col("published_billed_nano").is_not_null()).then(tokens),
        "usage_known": usage_told,
        **{f"usage_{name}": _where(usage_told, f"serving_{name}") for name in USAGE},
        "fallback_known": measurable & pl.col("fallback").is_not_null(),
        "fallbacks": measurable & pl.col("fallback").fill_null(value=False),
        "priced": pl.col("billed_nano").is_not_null(),
        "upper_bounds": pl.col("billed_nano").is_not_null() & pl.col("billed_is_upper_bound"),
        "split": split,
        **{
            f"{part}_nano": _where(split, f"{part}_nano")
            for part in ("planned", "token", "wasted", "premium", "saving")
        },
        "failed_nano": _where(split & (pl.col("outcome") == "failed"), "wasted_nano"),
        "evaluable": evaluable,
        "evaluable_tokens": pl.when(published_split & pl.col("published_evaluable")).then(tokens),
        "evaluable_planned_nano": _where(evaluable, "planned_nano"),
        "evaluable_base_nano": _where(evaluable, "base_nano"),
        "regret_nano": _where(evaluable, "regret_nano"),
        "with_optimum": with_optimum,
        "optimum_planned_nano": _where(with_optimum, "planned_nano"),
        "optimal_nano": _where(with_optimum, "optimal_nano"),
        "optimal": evaluable & pl.col("optimal"),
        "under_quality": evaluable & pl.col("under_quality"),
        "published_split": published_split,
        "published_token_nano": _where(published_split, "published_token_nano"),
        "published_retry_nano": _where(published_split, "published_retry_nano"),
        "published_regret_nano": _where(published_split, "published_regret_nano"),
        "retried_served": retried_served,
        "retried_later_nano": _where(retried_served, "later_billed_nano"),
        "retried_planned_nano": _where(retried_served, "planned_nano"),
        **{name: _where(measurable, name) for name in ("unknown_attempts", "unbounded_attempts", "unknown_upper_nano")},
        "waiting_delay_known": waiting & pl.col("retry_delay_us").is_not_null(),
        "waiting_delay_us": _where(waiting, "retry_delay_us"),
        "waiting_overhead_known": waiting & pl.col("added_overhead_us").is_not_null(),
        "waiting_overhead_us": _where(waiting, "added_overhead_us"),
        "retry_delay_known": delayed & pl.col("retry_delay_us").is_not_null(),
        "retry_delay_us": _where(delayed, "retry_delay_us"),
        **{basis: _on(basis).is_not_null() for basis in BASES},
        **{f"{basis}_us": _on(basis) for basis in BASES},
        "latency_known": pl.col("latency_us").is_not_null(),
        "ttft_known": pl.col("ttft_us").is_not_null(),
        "scored": scored,
        "scored_billed_nano": _where(scored, "billed_nano"),
        "quality_micro": pl.when(scored).then((pl.col("quality") * 1e6).round(mode="half_to_even").cast(pl.Int64)),
    }


def _on(basis: str) -> pl.Expr:
    return _where(pl.col("overhead_basis") == basis, "overhead_us")


def _attempt_facts() -> dict[str, pl.Expr]:
    """What each attempt adds to the sums of its cell."""
    billed = pl.col("_priced") & pl.col("billed_nano").is_not_null()
    published = pl.col("_published") & pl.col("published_billed_nano").is_not_null()
    written = pl.col("cache_write_input_tokens").fill_null(0) + pl.col("cache_write_1h_input_tokens").fill_null(0)
    cache_known = pl.col("cache_read_input_tokens").is_not_null() & pl.col("input_tokens").is_not_null()
    wasted = pl.col("_split") & ~pl.col("serving")
    reported = pl.col("basis") == REPORTED
    compared = reported & pl.col("list_nano").is_not_null()
    computed = pl.col("basis").is_in((REPORTED, BOOK)) & pl.col("list_nano").is_not_null()
    return {
        "attempts": pl.lit(1),
        "served": pl.col("serving"),
        "latency_known": pl.col("latency_us").is_not_null(),
        "ttft_known": pl.col("ttft_us").is_not_null(),
        "input_known": pl.col("input_tokens").is_not_null(),
        "cache_known": cache_known,
        "cache_known_input_tokens": _where(cache_known, "input_tokens"),
        "cache_read_tokens": _where(cache_known, "cache_read_input_tokens"),
        "cache_write_tokens": written,
        "output_known": pl.col("output_tokens").is_not_null(),
        "reasoning_tokens": pl.col("reasoning_output_tokens"),
        "billed": billed,
        "billed_nano": _where(billed, "billed_nano"),
        "published_billed": published,
        "published_billed_nano": _where(published, "published_billed_nano"),
        "reported": reported,
        "reported_nano": _where(reported, "reported_cost_nano"),
        "computed": computed,
        "computed_nano": _where(computed, "list_nano"),
        "compared": compared,
        "compared_reported_nano": _where(compared, "reported_cost_nano"),
        "compared_computed_nano": _where(compared, "list_nano"),
        "unpriced": pl.col("basis") == UNPRICED,
        "unknown_upper_nano": _where(pl.col("billing_unknown"), "input_upper_nano"),
        "upper_bounds": pl.col("billed_is_upper_bound"),
        "wasted": wasted,
        "wasted_nano": _where(wasted, "billed_nano"),
    }


_DURATIONS: Mapping[str, Mapping[str, str]] = {
    REQUESTS.table: {
        "latency": "latency_us",
        "ttft": "ttft_us",
        "retry_delay": "retry_delay_us",
        **{basis: f"{basis}_us" for basis in BASES},
    },
    ATTEMPTS.table: {"latency": "latency_us", "ttft": "ttft_us"},
}
"""Which column each sketch is built from."""
