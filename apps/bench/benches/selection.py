"""The cheapest eligible model of each request among many, beside a plain group-by of the same rows."""

import os
import random
from collections.abc import Mapping
from typing import Any

import polars as pl
from django.core.management.base import CommandParser

from apps.bench.measure import Groups, Spent, interleaved, middle, pairs, spent
from apps.bench.result import Ratio, Result
from apps.costing.selection import ASKED, OFFERS, RATES, USAGE, choose

HELP = (
    "Requests a second whose cheapest eligible model is found, and the cost against a plain group-by of the same rows."
)
TASKS = 8
GOAL = 3.0
FALLBACKS = 0.05
SEED = 6


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--requests", type=int, default=1_000_000, help="(%(default)s)")
    parser.add_argument("--candidates", type=int, default=25, help="models at each task (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    rng = random.Random(SEED)  # noqa: S311  # figures to compute with, no secret
    asked = _asked(rng, options["requests"], options["candidates"])
    named = asked.with_columns(model=pl.format("model-{}", "planned"), task=pl.format("task-{}", "group")).drop(
        "planned", "group", "serving"
    )
    offers = _offers(rng, options["candidates"])
    groups: Groups = lambda: {"python": [os.getpid()]}  # noqa: E731
    kinds = {
        "choose": lambda _: spent(lambda: choose(asked, offers).height, groups),
        "group by": lambda _: spent(lambda: _grouped(named, options["requests"]), groups),
    }
    found = interleaved(kinds, rounds=options["rounds"])
    result = Result("selection")
    for name, measured in found.items():
        result.rows.append(
            {
                "kind": name,
                "requests/s by the clock": middle(measured, lambda one: one.per_second),
                "requests a core-second": middle(measured, lambda one: one.per_core_second),
                "CPU us a request": middle(measured, lambda one: one.cpu_us("python")),
            }
        )
    result.ratios = [
        Ratio("CPU to a group-by", pairs(found["choose"], found["group by"], _core_s), GOAL, at_least=False)
    ]
    result.notes.append(
        f"{options['requests']:,} requests of {TASKS} tasks, {options['candidates']} candidates at each, "
        f"{FALLBACKS:.0%} served by another model than planned. The group-by sums the six counts of tokens by task and model. "
        f"Polars on {pl.thread_pool_size()} threads."
    )
    return result


def _core_s(one: Spent) -> float:
    return one.core_s


def _grouped(named: pl.DataFrame, requests: int) -> int:
    named.group_by("task", "model").agg(pl.len(), pl.col(USAGE).sum())
    return requests


def _asked(rng: random.Random, requests: int, models: int) -> pl.DataFrame:
    planned = [rng.randrange(models) for _ in range(requests)]
    columns = {
        "group": [rng.randrange(TASKS) for _ in range(requests)],
        "planned": planned,
        "serving": [one if rng.random() >= FALLBACKS else rng.randrange(models) for one in planned],
        "input_tokens": [rng.randrange(100, 20_000) for _ in range(requests)],
        "cache_read_input_tokens": [rng.randrange(100) for _ in range(requests)],
        "cache_write_input_tokens": [0] * requests,
        "cache_write_1h_input_tokens": [0] * requests,
        "output_tokens": [rng.randrange(10, 2_000) for _ in range(requests)],
        "reasoning_output_tokens": [0] * requests,
    }
    return pl.DataFrame(columns, schema=ASKED)


def _offers(rng: random.Random, models: int) -> pl.DataFrame:
    """Prices in whole ten cents a million tokens, as lists have them; answers of unequal length."""
    rows = []
    for group in range(TASKS):
        for model in range(models):
            fresh, output = rng.randrange(1, 100) * 10**8, rng.randrange(1, 700) * 10**8
            rates = (fresh, fresh // 4, fresh, fresh, output, output)
            told = {"output_tokens": rng.randrange(5_000, 9_000), "answers": 30, "request_nano": 0}
            rows.append(
                {
                    "group": group,
                    "model": model,
                    "eligible": rng.random() < 0.7,
                    **told,
                    **dict(zip(RATES, rates, strict=True)),
                }
            )
    return pl.DataFrame(rows, schema=OFFERS)
