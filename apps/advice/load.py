"""Reading what advice is computed from; needs the organization to be open."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, gcd
from typing import Any

import polars as pl

from apps.advice.assumed import Lengths
from apps.advice.changes import Model
from apps.advice.facts import Facts, Known, Pricer, Sample, billed_by_day, seen
from apps.advice.quality import Quality
from apps.deployments.models import Deployment
from apps.pricing.quote import appraise
from apps.pricing.terms import Basis, own_price
from apps.quality.queries import CANDIDATES, last_evidence_of
from apps.rollups.appraise import evaluated
from apps.rollups.by_label import requests_by_labels
from apps.rollups.choices import candidates
from apps.rollups.plan import hours_of
from apps.rollups.prices import Prices, prices_of
from apps.rollups.queries import PRODUCTION
from apps.rollups.raw import read

DAYS = 28
MOST_REQUESTS = 20_000
"""Read for one answer, about; of more, a fair sample."""
HOURS_A_DAY = 24


def facts_of(
    deployment: Deployment, *, now: datetime, environment: str | None = PRODUCTION, most: int = MOST_REQUESTS
) -> Facts | None:
    """Of the 28 complete days before today, or those since the first request in them; None without a request."""
    today = now.astimezone(UTC).date()
    place: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    window: Any = {"start": today - timedelta(days=DAYS), "end": today - timedelta(days=1)}
    everything = requests_by_labels("day", "environment", **place, **window, environment=None)
    days = {key: one for key, one in everything.items() if environment in (None, key[1])}
    if not days:
        return None
    first, last = min(day for day, _ in days), today - timedelta(days=1)
    hours = hours_to_read(first, last, requests=sum(one.requests for one in everything.values()), most=most)
    prices = prices_of(deployment.organization_id)
    raw = read(**place, hours=hours, with_evidence=False)  # which model a request should have had is no part of `seen`
    found, evidence = evaluated(raw, prices.book, prices.terms), last_evidence_of(deployment.pk, today)
    return Facts(
        first=first,
        last=last,
        environment=environment,
        seen=seen(found, environment),
        billed=billed_by_day(found, environment),
        sample=Sample(
            len(hours), ((last - first).days + 1) * HOURS_A_DAY, sum(one.billed_nano for one in days.values())
        ),
        price=pricer(prices),
        known=known_of(evidence),
        eligible=eligible_of(evidence, prices),
    )


def hours_to_read(first: date, last: date, *, requests: int, most: int) -> list[datetime]:
    """All of them, or every n-th: n has no divisor in common with a day, so that each hour of the day has its turn."""
    every = [hour for back in range((last - first).days + 1) for hour in hours_of(first + timedelta(days=back))]
    step = max(1, ceil(requests / most))
    while gcd(step, HOURS_A_DAY) != 1:
        step += 1
    return every[step // 2 :: step] or every[:1]


def pricer(prices: Prices) -> Pricer:
    def price(usage: pl.DataFrame) -> pl.Series:
        return own_price(usage, appraise(usage, prices.book), prices.terms)["price_nano"]

    return price


def known_of(evidence: pl.DataFrame) -> Mapping[tuple[str, str], Known]:
    return {
        (one["task"], one["model"]): Known(
            one["provider"],
            Quality(one["quality_micro"], one["observations"]),
            Lengths(one["output_tokens"], one["answers"]) if one["output_tokens"] and one["answers"] else None,
        )
        for one in evidence.iter_rows(named=True)
    }


def eligible_of(evidence: pl.DataFrame, prices: Prices) -> Mapping[str, Sequence[Model]]:
    """At the tenant's terms, by its own thresholds."""
    if evidence.is_empty():
        return {}
    judged = candidates(evidence.select(CANDIDATES.names()), Basis(prices.book, prices.terms)).filter("own_eligible")
    found: dict[str, list[Model]] = {}
    for task, provider, model in judged.select("task", "provider", "model").iter_rows():
        found.setdefault(task, []).append(Model(provider, model))
    return found
