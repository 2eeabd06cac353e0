"""The two frames that the arithmetic works on: what columns they have, and the rules of their order.

`requests`: row i has request_row = i. `attempts`: sorted by request_row, then n; every request_row exists. Times and
durations are whole microseconds, money whole nano-dollars; null = not measured.
"""

import polars as pl

REQUESTS = pl.Schema(
    {
        "request_row": pl.UInt32(),
        "operation": pl.String(),
        "user_facing": pl.Boolean(),  # resolved: what the request says, else the deployment's workload on that day
        "completeness": pl.String(),
        "cache_hit": pl.Boolean(),
        "parallel": pl.Boolean(),
        "outcome": pl.String(),
        "serving_attempt": pl.Int16(),
        "attempt_count": pl.Int16(),
        "routing_overhead_us": pl.Int64(),
        "overhead_basis": pl.String(),
        "engagement_loss_ppm": pl.Int64(),  # the tenant's own, per 100 ms
    }
)
"""What `evaluate` needs of a request; other columns pass through."""

TOKENS = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "cache_write_1h_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)

ATTEMPTS = pl.Schema(
    {
        "request_row": pl.UInt32(),
        "n": pl.Int16(),
        "provider": pl.String(),
        "model": pl.String(),
        "service_tier": pl.String(),
        "start_offset_us": pl.Int64(),
        "status": pl.Int16(),
        "error_type": pl.String(),
        **dict.fromkeys(TOKENS, pl.Int64()),
        "reported_cost_nano": pl.Int64(),
        "currency": pl.String(),
        "list_nano": pl.Int64(),  # price(model, usage, start), the tenant's overrides and discounts included
        "published_nano": pl.Int64(),  # the same by the public price list alone
        "price_is_upper_bound": pl.Boolean(),  # cached tokens were not told, and would have been cheaper
        "planned_list_nano": pl.Int64(),  # on the serving attempt: its usage on the model of attempt 0
        "planned_published_nano": pl.Int64(),
        "input_upper_nano": pl.Int64(),  # on attempts of unknown billing: the serving attempt's input on this model
    }
)
"""What `evaluate` needs of an attempt; other columns pass through. Prices come from the caller's price book."""

COMPLETE = "complete"
FIRST_HOP = "complete_first_hop"
COUNT_ONLY = "count_only"
MEASURABLE = (COMPLETE, FIRST_HOP)
"""Classes whose attempts are all there, so that retry, fallback, delay and the billing scope can be measured."""
COUNTED = (COMPLETE, FIRST_HOP, COUNT_ONLY)
"""Classes whose number of attempts is known: the retry rate can be measured."""
OVERHEAD_TOLD = (COMPLETE, COUNT_ONLY)
"""Classes whose routing overhead is the whole one: behind a first hop there may be another gateway."""


def check(requests: pl.DataFrame, attempts: pl.DataFrame) -> None:
    """Raises ValueError for missing columns or rows out of order, which would silently give wrong sums."""
    for name, frame, schema in (("requests", requests, REQUESTS), ("attempts", attempts, ATTEMPTS)):
        missing = [column for column in schema if column not in frame.columns]
        if missing:
            raise ValueError(f"{name} lack the columns {', '.join(missing)}")
    numbered = pl.int_range(requests.height, dtype=pl.UInt32, eager=True)
    if not requests["request_row"].equals(numbered, check_names=False):
        raise ValueError("requests must be numbered by their position")
    if not attempts["request_row"].is_sorted():
        raise ValueError("attempts must be sorted by request")


def by_request(found: pl.DataFrame, requests: int) -> pl.DataFrame:
    """One row for each of so many requests, null where `found`, which has at most one row a request, has none.

    Without its request_row: a row's place says it, and looking up places is faster than joining.
    """
    if found.height == requests and found["request_row"].is_sorted():
        return found.drop("request_row")
    places = pl.repeat(None, requests, dtype=pl.UInt32, eager=True)
    places.scatter(found["request_row"], pl.int_range(found.height, dtype=pl.UInt32, eager=True))
    return found.select(pl.exclude("request_row").gather(places))
