"""From evaluated requests and attempts to hour cells, and from hour cells to day cells."""

from collections.abc import Mapping

import polars as pl

from apps.costing.evaluate import Evaluated
from apps.costing.frames import COUNTED
from apps.costing.latency import NEVER_WAITED_FOR
from apps.rollups import labels
from apps.rollups.sums import ATTEMPTS, BASES, REQUESTS, Cube, sketch_column
from apps.sketches.build import build, merge

HOUR_US = 3_600_000_000
HOUR = pl.Datetime("us", "UTC")


def request_cells(evaluated: Evaluated) -> pl.DataFrame:
    """Hour cells of the request cube: hour, keys, sums, sketches."""
    first = evaluated.attempts.filter(pl.col("n") == 0).select("request_row", "provider", "model")
    rows = evaluated.requests.join(first, on="request_row", how="left", maintain_order="left")
    known = rows.with_columns(
        _hour(pl.col("received_us")),
        pl.col("environment", "provider", "model", "task", "route", "policy").fill_null(""),
        **_request_facts(),
    )
    return _cells(REQUESTS, known, _REQUEST_DURATIONS)


def attempt_cells(evaluated: Evaluated) -> pl.DataFrame:
    """Hour cells of the attempt cube; an attempt lies in the hour of its request."""
    of_request = evaluated.requests.select(
        "environment",
        hour=_hour(pl.col("received_us")),
        _priced=pl.col("billed_nano").is_not_null(),
        _published=pl.col("published_billed_nano").is_not_null(),
    )
    rows = evaluated.attempts["request_row"]
    known = evaluated.attempts.hstack(of_request.select(pl.all().gather(rows))).with_columns(
        pl.col("provider", "model").fill_null("")
    )
    return _cells(ATTEMPTS, known.with_columns(**_attempt_facts()), _ATTEMPT_DURATIONS)


def day_cells(cube: Cube, hours: pl.DataFrame) -> pl.DataFrame:
    """Day cells out of all hour cells of those days."""
    dated = hours.with_columns(day=pl.col("hour").dt.date()).drop("hour")
    dated = labels.fold(dated, "day", pl.col(cube.measure).sum())
    keys = ("day", *cube.keys)
    numbered, cells = _numbered(dated, keys, pl.col(cube.measure).sum())
    summed = numbered.group_by("cell").agg(pl.col(cube.sums).sum())
    merged = cells.join(summed, on="cell")
    for column in cube.sketches:
        merged = merged.join(merge(numbered, ["cell"], column), on="cell", how="left")
    return _finished(cube, "day", merged)


def empty(cube: Cube, period: str) -> pl.DataFrame:
    """No cells, with the columns and kinds that cells have."""
    kinds = {
        period: HOUR if period == "hour" else pl.Date(),
        **{key: pl.Boolean() if key == "user_facing" else pl.String() for key in cube.keys},
        **dict.fromkeys(cube.sums, pl.Int64()),
        **dict.fromkeys(cube.sketches, pl.List(pl.Int64)),
    }
    return pl.DataFrame(schema=kinds)


def _hour(received_us: pl.Expr) -> pl.Expr:
    return (received_us // HOUR_US * HOUR_US).cast(HOUR).alias("hour")


def _cells(cube: Cube, rows: pl.DataFrame, durations: Mapping[str, str]) -> pl.DataFrame:
    """`rows` carry a column for each sum; `durations`: which column each sketch is built from."""
    folded = labels.fold(rows, "hour", pl.len())
    numbered, cells = _numbered(folded, ("hour", *cube.keys), pl.len())
    summed = numbered.group_by("cell").agg(pl.col(cube.sums).cast(pl.Int64).sum())
    built = cells.join(summed, on="cell")
    for name, column in durations.items():
        sketched = build(numbered, ["cell"], column).rename({column: sketch_column(name)})
        built = built.join(sketched, on="cell", how="left")
    return _finished(cube, "hour", built)


def _numbered(rows: pl.DataFrame, keys: tuple[str, ...], measure: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with the number of their cell, and the cells' keys: grouping by one number is fast, by nine labels is not."""
    cells = rows.select(keys).unique()
    if cells.height > labels.MOST_CELLS:
        rows = labels.fold_combinations(rows, keys[0], measure)
        cells = rows.select(keys).unique()
    cells = cells.with_row_index("cell")
    return rows.join(cells, on=keys), cells


def _finished(cube: Cube, period: str, cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(period, *cube.columns).sort(period, *cube.keys)


def _where(condition: pl.Expr, value: str) -> pl.Expr:
    return pl.when(condition).then(pl.col(value))


def _request_facts() -> dict[str, pl.Expr]:
    """What each request adds to the sums of its cell; null adds nothing."""
    served, measurable = (pl.col("outcome") == "served").fill_null(value=False), pl.col("measurable")
    dispatched = served & ~pl.col("undispatched")
    has_no_output = pl.col("operation").is_in(NEVER_WAITED_FOR)  # embeddings and rerankings
    output_told = pl.col("serving_output_tokens").is_not_null() | has_no_output
    tokens_told = dispatched & pl.col("serving_input_tokens").is_not_null() & output_told
    tokens = pl.when(tokens_told).then(pl.col("serving_input_tokens") + pl.col("serving_output_tokens").fill_null(0))
    counted = pl.col("completeness").is_in(COUNTED) & (pl.col("attempt_count") > 0)
    retried = counted & (pl.col("attempt_count") > 1)
    split, published_split = (
        measurable & pl.col(name).is_not_null() for name in ("token_nano", "published_token_nano")
    )
    retried_served = split & served & retried
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
        "served_tokens_priced": pl.when(pl.col("published_billed_nano").is_not_null()).then(tokens),
        "fallback_known": measurable & pl.col("fallback").is_not_null(),
        "fallbacks": measurable & pl.col("fallback").fill_null(value=False),
        "priced": pl.col("billed_nano").is_not_null(),
        "upper_bounds": pl.col("billed_nano").is_not_null() & pl.col("billed_is_upper_bound"),
        "split": split,
        **{
            f"{part}_nano": _where(split, f"{part}_nano")
            for part in ("planned", "token", "wasted", "premium", "saving")
        },
        "published_split": published_split,
        "published_token_nano": _where(published_split, "published_token_nano"),
        "published_retry_nano": _where(published_split, "published_retry_nano"),
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
        "reported": pl.col("basis") == "reported",
        "unpriced": pl.col("basis") == "unpriced",
        "unknown_upper_nano": _where(pl.col("billing_unknown"), "input_upper_nano"),
        "upper_bounds": pl.col("billed_is_upper_bound"),
    }


_REQUEST_DURATIONS = {
    "latency": "latency_us",
    "ttft": "ttft_us",
    "retry_delay": "retry_delay_us",
    **{basis: f"{basis}_us" for basis in BASES},
}
_ATTEMPT_DURATIONS = {"latency": "latency_us", "ttft": "ttft_us"}
