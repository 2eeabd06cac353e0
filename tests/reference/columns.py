"""The reference's requests as the columns that the product's arithmetic takes, priced by the reference's prices."""

from typing import Any

import polars as pl

from apps.costing.attempts import classify, planned_usage, unknown_usage
from apps.costing.evaluate import Evaluated, evaluate
from apps.costing.frames import ATTEMPTS, REQUESTS
from tests.reference.nouns import Assumptions, Attempt, Model, Price, Request, Usage

NAMES = {
    "input_tokens": "input_tokens",
    "cache_read_input_tokens": "cache_read",
    "cache_write_input_tokens": "cache_write",
    "cache_write_1h_input_tokens": "cache_write_1h",
    "output_tokens": "output_tokens",
    "reasoning_output_tokens": "reasoning",
}
_PRICES = ("list_nano", "published_nano", "planned_list_nano", "planned_published_nano", "input_upper_nano")


def evaluated(asked: list[Request], *, own: Assumptions, published: Assumptions) -> Evaluated:
    """What `apps.costing` makes of the requests."""
    return evaluate(*priced_frames(asked, own=own, published=published))


def priced_frames(
    asked: list[Request], *, own: Assumptions, published: Assumptions
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Requests, and attempts classified and priced, as `evaluate` takes them."""
    requests = pl.DataFrame([_request(row, one, own) for row, one in enumerate(asked)], schema=REQUESTS)
    schema = {**ATTEMPTS, "at_us": pl.Int64()}
    rows = [_attempt(row, one, n, made) for row, one in enumerate(asked) for n, made in enumerate(one.attempts)]
    attempts = classify(requests, pl.DataFrame(rows, schema=schema))
    return requests, _priced(requests, attempts, own.price, published.price)


def _request(row: int, one: Request, own: Assumptions) -> dict[str, Any]:
    return {
        "request_row": row,
        "operation": one.operation,
        "user_facing": one.user_facing,
        "completeness": one.completeness,
        "cache_hit": one.cache_hit,
        "parallel": one.parallel,
        "outcome": one.outcome,
        "serving_attempt": one.serving,
        "attempt_count": len(one.attempts),
        "routing_overhead_us": one.overhead_us,
        "overhead_basis": one.overhead_basis,
        "engagement_loss_ppm": int(own.loss_per_100_ms * 1_000_000),
    }


def _attempt(row: int, request: Request, n: int, one: Attempt) -> dict[str, Any]:
    return {
        "request_row": row,
        "n": n,
        "provider": one.model.provider,
        "model": one.model.name,
        "service_tier": one.model.service_tier,
        "start_offset_us": one.start_us,
        "at_us": request.started_us(one),
        "status": one.status,
        "error_type": one.error_type,
        **{column: getattr(one.usage, name) for column, name in NAMES.items()},
        "reported_cost_nano": one.reported_nano,
        "currency": one.currency,
    }


def _priced(requests: pl.DataFrame, attempts: pl.DataFrame, own: Price, published: Price) -> pl.DataFrame:
    """Every price that the frames ask for: of each attempt, of the planned model, of the input of the unknown ones."""
    prices = {name: [None] * attempts.height for name in _PRICES}
    numbered = attempts.with_row_index("position")
    planned, unknown = planned_usage(requests, attempts), unknown_usage(attempts)
    asked = (
        ("list_nano", numbered, own),
        ("published_nano", numbered, published),
        ("planned_list_nano", planned, own),
        ("planned_published_nano", planned, published),
        ("input_upper_nano", unknown, own),
    )
    for name, rows, price in asked:
        for row in rows.iter_rows(named=True):
            prices[name][row["position"]] = _price(row, price)
    return attempts.with_columns(pl.Series(name, values, pl.Int64) for name, values in prices.items())


def _price(row: dict[str, Any], price: Price) -> Any:
    usage = Usage(**{name: row[column] for column, name in NAMES.items()})
    return price(Model(row["provider"], row["model"], row["service_tier"]), usage, row["at_us"])
