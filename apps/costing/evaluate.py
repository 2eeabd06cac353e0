"""The routing cost equation, one request at a time, over whole columns."""

from dataclasses import dataclass

import polars as pl

from apps.costing.attempts import bill
from apps.costing.frames import check
from apps.costing.latency import wait
from apps.costing.requests import gather, split
from apps.costing.selection import CHOSEN


@dataclass(frozen=True)
class Evaluated:
    """Requests and attempts with their figures; the columns are documented where they are added."""

    requests: pl.DataFrame
    attempts: pl.DataFrame


def evaluate(requests: pl.DataFrame, attempts: pl.DataFrame) -> Evaluated:
    """Evaluate classified (apps.costing.attempts.classify) and priced attempts with their requests.

    Raises ValueError when the frames are not as apps.costing.frames says.
    """
    check(requests, attempts)
    billed = bill(attempts)
    whole = wait(split(gather(with_choices_absent(requests), billed)))
    return Evaluated(whole.drop(pl.selectors.starts_with("_")), billed)


def with_choices_absent(requests: pl.DataFrame) -> pl.DataFrame:
    """What nobody judged is not evaluable for selection."""
    named = [(f"{under}{name}", kind) for under in ("", "published_") for name, kind in CHOSEN.items()]
    return requests.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in named if name not in requests.columns
    )
