"""What the last days would have cost at the prices of today, beside what was billed, which it never changes.

The sums of tokens in the cells do not suffice: tiers by input, times of the day, service tiers and dated releases are
decided by the single attempt. So raw rows are read, the newest days first, and no more of them than one rebuild reads.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.costing.attempts import BOOK, REPORTED
from apps.organizations import access
from apps.pricing.book import DAY_US
from apps.pricing.quote import appraise
from apps.pricing.terms import own_price
from apps.pulse import tries
from apps.rollups.appraise import evaluated
from apps.rollups.models import Repricing
from apps.rollups.plan import ROWS_AT_ONCE, hours_of, plan
from apps.rollups.prices import Prices, prices_of
from apps.rollups.raw import count_rows, read

DAYS = 90
CLAIM = timedelta(minutes=10)
TASK = "reprice"
_SUMS = pl.Schema(
    {
        "provider": pl.String(),
        "model": pl.String(),
        "attempts": pl.Int64(),
        "repriced": pl.Int64(),
        "billed_nano": pl.Int64(),
        "repriced_billed_nano": pl.Int64(),
        "repriced_nano": pl.Int64(),
    }
)


@dataclass(frozen=True)
class RepricedModel:
    """`attempts` were billed, and `billed_nano` for them; `repriced` of them have a price today, and are compared."""

    provider: str
    model: str
    attempts: int
    repriced: int
    billed_nano: int
    repriced_billed_nano: int
    repriced_nano: int


@dataclass(frozen=True)
class Repriced:
    """Of the days `first` to `last`, those with requests that were read (`days`) and those that were too many (`left`)."""

    first: date
    last: date
    days: int
    left: int
    requests: int
    models: tuple[RepricedModel, ...]


def ask(*, organization_id: int, deployment_id: int, now: datetime) -> None:
    """Have the worker do it soon; asking again while it is under way changes nothing."""
    row, is_new = Repricing.objects.get_or_create(
        organization_id=organization_id, deployment_id=deployment_id, defaults={"asked_at": now}
    )
    if not is_new and not _waits(row):
        Repricing.objects.filter(pk=row.pk).update(
            asked_at=now, attempts=0, quarantined_at=None, claimed_until=None, last_error=""
        )


def state_of(*, organization_id: int, deployment_id: int) -> Repricing | None:
    return Repricing.objects.filter(organization_id=organization_id, deployment_id=deployment_id).first()


def answer_of(row: Repricing) -> Repriced | None:
    """What was computed last."""
    if row.answer is None:
        return None
    told: dict[str, Any] = dict(row.answer)
    models = tuple(RepricedModel(**one) for one in told.pop("models"))
    first, last = (date.fromisoformat(told.pop(name)) for name in ("first", "last"))
    return Repriced(first=first, last=last, models=models, **told)


def _waits(row: Repricing) -> bool:
    return row.quarantined_at is None and (row.priced_at is None or row.priced_at < row.asked_at)


def claimed(*, now: datetime) -> Iterable[tuple[int, int]]:
    """Deployments to send a message for; as the worker."""
    open_ones = _waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLAIM))
    for pk, organization_id, deployment_id in open_ones.values_list("pk", "organization_id", "deployment_id"):
        if open_ones.filter(pk=pk).update(claimed_until=now + CLAIM):
            yield organization_id, deployment_id


def _waiting() -> QuerySet[Repricing]:
    return Repricing.objects.filter(quarantined_at=None).filter(Q(priced_at=None) | Q(priced_at__lt=F("asked_at")))


def reprice(*, organization_id: int, deployment_id: int, now: datetime) -> Repriced | None:
    """None when nobody has asked, when another worker is at it, or when it was given up."""
    mine = {"organization_id": organization_id, "deployment_id": deployment_id}
    with transaction.atomic(durable=True):
        free = _waiting().filter(**mine).select_for_update(skip_locked=True)
        if not tries.begin(free, now=now, task=TASK):
            return None
    try:
        with access.scope(organization_id):
            found = compute(organization_id=organization_id, deployment_id=deployment_id, now=now)
            Repricing.objects.filter(**mine).update(
                answer=_stored(found), priced_at=now, attempts=0, claimed_until=None, last_error=""
            )
    except Exception as error:
        Repricing.objects.filter(**mine).update(last_error=tries.told(error), claimed_until=None)
        raise
    return found


def _stored(found: Repriced) -> dict[str, Any]:
    return {**asdict(found), "first": found.first.isoformat(), "last": found.last.isoformat()}


def compute(*, organization_id: int, deployment_id: int, now: datetime) -> Repriced:
    """Needs the organization to be open."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(min(DAYS, settings.RAW_RETENTION_DAYS))]
    hours = [hour for day in days for hour in hours_of(day)]
    place: Any = {"organization_id": organization_id, "deployment_id": deployment_id}
    rows = count_rows(**place, hours=hours, large_day=ROWS_AT_ONCE)
    prices, sums, requests = prices_of(organization_id), pl.DataFrame(schema=_SUMS), 0
    planned = plan(hours, rows)
    for portion in planned.portions:
        raw = read(**place, hours=portion)
        requests += raw.requests.height
        attempts = evaluated(raw, prices.book, prices.terms).attempts
        sums = pl.concat([sums, _summed(attempts, prices, today)])
    total = sums.group_by("provider", "model").sum().sort("repriced_billed_nano", "model", descending=[True, False])
    return Repriced(
        first=days[-1],
        last=today,
        days=len({hour.date() for hour in planned.hours if rows.get(hour)}),
        left=len({hour.date() for hour in planned.left if rows.get(hour)}),
        requests=requests,
        models=tuple(RepricedModel(**row) for row in total.iter_rows(named=True)),
    )


def _summed(attempts: pl.DataFrame, prices: Prices, today: date) -> pl.DataFrame:
    """By provider and model, over attempts that were billed something that is known."""
    beginning = int(datetime.combine(today, time(), UTC).timestamp()) * 1_000_000
    billed = attempts.filter(pl.col("basis").is_in((REPORTED, BOOK)), pl.col("billed_nano").is_not_null()).with_columns(
        at_us=pl.lit(beginning) + pl.col("at_us") % DAY_US
    )
    now = own_price(billed, appraise(billed, prices.book), prices.terms)["price_nano"]
    known = pl.col("now").is_not_null()
    return (
        billed.select(pl.col("provider", "model").fill_null(""), "billed_nano", now=now)
        .group_by("provider", "model")
        .agg(
            attempts=pl.len().cast(pl.Int64),
            repriced=known.sum().cast(pl.Int64),
            billed_nano=pl.col("billed_nano").sum(),
            repriced_billed_nano=pl.col("billed_nano").filter(known).sum(),
            repriced_nano=pl.col("now").sum(),
        )
        .select(_SUMS.names())
    )
