"""What each provider did in a month, and its bill of that month, in one statement; needs an open organization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment, ProviderBill
from apps.rollups.sums import ATTEMPT_SUMS, AttemptSums
from apps.rollups.totals import add_attempts

SQL = Path(__file__).parent.parent / "sql" / "months_and_bills.sql"
_OF_A_BILL = ("amount_nano", "currency", "usd_per_unit", "rate_on")


@dataclass(frozen=True)
class Month:
    """What one provider did in a month, and its bill; either may be missing."""

    first: date
    provider: str
    sums: AttemptSums | None
    bill: ProviderBill | None


@dataclass(frozen=True)
class Asking:
    """Who was asked: by month, the newest first, in each the dearest provider; and in the window by provider and model."""

    months: Sequence[Month]
    used: Mapping[tuple[str, str], int]


def months_of(deployment: Deployment, *, first: date, last: date) -> Sequence[Month]:
    """The newest month first, in each the dearest provider; whole calendar months (UTC) from `first` on, until `last`."""
    return asking_of(deployment, Span(first, last, None), first=first, last=last).months


def asking_of(deployment: Deployment, span: Span, *, first: date, last: date) -> Asking:
    """Months are whole calendar months (UTC) from `first` to `last`, around the window that is asked for, and in every
    environment: a provider's bill knows none."""
    counted: dict[tuple[date, str], list[AttemptSums]] = {}
    bills: dict[tuple[date, str], ProviderBill] = {}
    used: dict[tuple[str, str], int] = {}
    n = len(ATTEMPT_SUMS)
    for month, provider, model, is_inside, *told in _rows(deployment, span, first, last):
        if model is not None:
            sums = AttemptSums(*told[:n])
            counted.setdefault((month, provider), []).append(sums)
            if is_inside:
                used[provider, model] = used.get((provider, model), 0) + sums.attempts
        bill = dict(zip(_OF_A_BILL, told[n:], strict=True))
        if bill["amount_nano"] is not None:
            bills[month, provider] = ProviderBill(deployment=deployment, month=month, provider=provider, **bill)
    return Asking(_months({key: add_attempts(some) for key, some in counted.items()}, bills), used)


def _rows(deployment: Deployment, span: Span, first: date, last: date) -> list[tuple[Any, ...]]:
    names = [sql.Identifier(name) for name in ATTEMPT_SUMS]
    query = sql.SQL(SQL.read_text()).format(
        sums=sql.SQL(", ").join(sql.SQL("coalesce(sum({0})::bigint, 0) AS {0}").format(name) for name in names),
        names=sql.SQL(", ").join(names),
    )
    values: dict[str, Any] = {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "start": span.start,
        "end": span.end,
        "environment": span.environment,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _months(
    counted: Mapping[tuple[date, str], AttemptSums], bills: Mapping[tuple[date, str], ProviderBill]
) -> list[Month]:
    keys = sorted({*counted, *bills}, key=lambda key: (-key[0].toordinal(), -_billed(counted.get(key)), key[1]))
    return [Month(*key, counted.get(key), bills.get(key)) for key in keys]


def _billed(sums: AttemptSums | None) -> int:
    return sums.billed_nano if sums else 0
