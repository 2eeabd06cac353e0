"""Requests and attempts written by hand, and what they come to."""

from typing import Any

import polars as pl

from apps.costing.attempts import classify
from apps.costing.evaluate import Evaluated, evaluate
from apps.costing.frames import ATTEMPTS, REQUESTS

MILLI = 1_000
ENGAGEMENT = 12_000


def attempt(**facts: Any) -> dict[str, Any]:
    """An attempt that answered with usage, priced at 1,000 nano-dollars, unless said otherwise.

    `price` sets both the tenant's and the public price, as `planned_price` does for the planned model's.
    """
    usual = {
        "provider": "openai",
        "model": "gpt-4o",
        "service_tier": "standard",
        "input_tokens": 100,
        "output_tokens": 10,
        "currency": "USD",
        "price": 1_000,
    } | facts
    price, planned = usual.pop("price"), usual.pop("planned_price", None)
    prices = {"list_nano": price, "published_nano": price}
    return prices | {"planned_list_nano": planned, "planned_published_nano": planned} | usual


def failure(error: str | None = None, status: int | None = None, **facts: Any) -> dict[str, Any]:
    """An attempt that failed and told no usage."""
    nothing = {"input_tokens": None, "output_tokens": None, "price": None}
    return attempt(**(nothing | {"error_type": error, "status": status} | facts))


def request(*attempts: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A served, complete chat request that somebody waits for, unless said otherwise."""
    usual = {
        "operation": "chat",
        "user_facing": True,
        "completeness": "complete",
        "cache_hit": False,
        "parallel": False,
        "outcome": "served",
        "serving_attempt": len(attempts) - 1 if attempts else None,
        "attempt_count": len(attempts),
        "engagement_loss_ppm": ENGAGEMENT,
    } | facts
    if usual["outcome"] != "served":
        usual["serving_attempt"] = None
    return usual | {"attempts": list(attempts)}


def frames(requests: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two frames of `apps.costing.frames`."""
    rows = [{name: one.get(name) for name in REQUESTS} | {"request_row": row} for row, one in enumerate(requests)]
    tried = [
        {name: made.get(name) for name in ATTEMPTS} | {"request_row": row, "n": n}
        for row, one in enumerate(requests)
        for n, made in enumerate(one["attempts"])
    ]
    return pl.DataFrame(rows, schema=REQUESTS), pl.DataFrame(tried, schema=ATTEMPTS)


def evaluated(*requests: dict[str, Any]) -> Evaluated:
    asked, tried = frames(list(requests))
    return evaluate(asked, classify(asked, tried))


def figures(one: dict[str, Any]) -> dict[str, Any]:
    """The figures of a single request."""
    return evaluated(one).requests.row(0, named=True)
