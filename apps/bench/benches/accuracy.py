"""Quantiles and sums of every deployment, from its cells and exactly from its raw rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from apps.bench.result import Cell, Ratio, Result
from apps.bench.study import Laid
from apps.bench.study_cells import laid_out, rebuild_whole
from apps.organizations import access
from apps.rollups.appraise import evaluated
from apps.rollups.plan import hours_of
from apps.rollups.prices import book_or_empty
from apps.rollups.queries import totals
from apps.rollups.raw import read
from apps.rollups.totals import Totals
from apps.sketches.quantiles import MEDIAN_AND_TAILS, quantiles

HELP = "p50, p95 and p99 of every deployment from its cells against exact ones from raw, and sums to the nano-dollar."
SQL = Path(__file__).parent.parent / "sql" / "exact_quantiles.sql"
SKETCHES = ("latency", "ttft", "receive_to_dispatch")
PROMISED = 0.01
EDGE = 1e-9
"""A bucket's edge is as far from its middle as is promised; a double may be a little farther."""


@dataclass(frozen=True)
class Exact:
    quantiles: tuple[list[int] | None, ...]
    sums: dict[str, int]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--requests", type=int, default=230_000, help="of the history (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    (laid,) = laid_out(options["requests"], now=timezone.now(), name="bench-accuracy")
    rebuild_whole(laid, now=timezone.now())
    result = Result("accuracy")
    worst: dict[str, list[float]] = {
        f"{sketch} p{int(share * 100)}": [] for sketch in SKETCHES for share in MEDIAN_AND_TAILS
    }
    for deployment_id, slug, rows in laid.deployments:
        with access.scope(laid.organization_id):
            exact, kept = _exact(laid, deployment_id), _kept(laid, deployment_id)
        if _sums(kept) != exact.sums:
            raise CommandError(f"{slug}: cells add up to {_sums(kept)}, raw rows to {exact.sums}.")
        off = _off(kept, exact)
        for name, error in off.items():
            worst[name].append(error)
        result.rows.append({"deployment": slug, "requests": rows, **_per_cent(off)})
    result.ratios = [
        Ratio(f"{name}: relative error, worst deployment", (max(errors),), PROMISED + EDGE, at_least=False)
        for name, errors in worst.items()
        if errors
    ]
    sums = ", ".join(result_name.replace("_", " ") for result_name in ("requests", "billed_nano", "token_nano"))
    result.notes.append(f"Errors in per cent. Sums of all {len(laid.deployments)} deployments ({sums}, ...) are equal.")
    return result


def _kept(laid: Laid, deployment_id: int) -> Totals:
    return totals(
        organization_id=laid.organization_id,
        deployment_id=deployment_id,
        start=laid.first_day,
        end=laid.last_day,
        environment=None,
        sketches=SKETCHES,
    )


def _sums(kept: Totals) -> dict[str, int]:
    sums = kept.requests
    names = (
        "requests",
        "latency_us",
        "ttft_us",
        "billed_nano",
        "token_nano",
        "wasted_nano",
        "premium_nano",
        "loss_nano",
    )
    return {name: getattr(sums, name) for name in names}


def _exact(laid: Laid, deployment_id: int) -> Exact:
    """Quantiles and times by SQL; dollars by the equation over all rows at once, without a cell."""
    with connection.cursor() as cursor:
        cursor.execute(SQL.read_text(), {"organization": laid.organization_id, "deployment": deployment_id})
        *found, requests, latency_us, ttft_us = cursor.fetchone()
    days = range((laid.last_day - laid.first_day).days + 1)
    hours = [hour for n in days for hour in hours_of(laid.day(n))]
    raw = read(organization_id=laid.organization_id, deployment_id=deployment_id, hours=hours)
    facts = evaluated(raw, book_or_empty()).requests
    dollars = {name: int(facts[name].sum()) for name in ("billed_nano", "token_nano", "wasted_nano", "premium_nano")}
    times = {"requests": requests, "latency_us": latency_us, "ttft_us": ttft_us}
    return Exact(tuple(found), times | dollars | {"loss_nano": int(facts["loss_nano"].sum())})


def _off(kept: Totals, exact: Exact) -> dict[str, float]:
    """Relative error by sketch and share."""
    found: dict[str, float] = {}
    for sketch, wanted in zip(SKETCHES, exact.quantiles, strict=True):
        told = quantiles(kept.sketches.get(sketch, ()), MEDIAN_AND_TAILS)
        for share, value, true in zip(MEDIAN_AND_TAILS, told or (), wanted or (), strict=True):
            found[f"{sketch} p{int(share * 100)}"] = abs(value - true) / true if true else abs(value)
    return found


def _per_cent(off: Mapping[str, float]) -> dict[str, Cell]:
    return {name: 100 * error for name, error in off.items()}
