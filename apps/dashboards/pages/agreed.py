"""A tenant's own prices and discounts, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from apps.dashboards.queries.prices import PricesFacts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import EN_DASH, NBSP, TIMES
from apps.pricing.models import Discount, OwnPrice
from apps.pricing.queries import dated

RATES = {
    "input_nano_per_mtok": "input",
    "cache_read_nano_per_mtok": "cached",
    "cache_write_nano_per_mtok": "cache write",
    "output_nano_per_mtok": "output",
    "reasoning_output_nano_per_mtok": "reasoning",
}


@dataclass(frozen=True)
class Agreed:
    """A price of one's own, or a discount; `state` says when it holds, `ends` is the kind that a button ends today."""

    what: str
    provider: str
    model: str
    terms: str
    state: str
    by: str
    here: bool
    ends: str
    raw_provider: str
    raw_model: str


def agreed_of(facts: PricesFacts, today: date) -> Iterator[Agreed]:
    for price, until in dated(facts.own):
        if not price.ended:
            yield _one_agreed("price", price, until, today)
    for discount, until in dated(facts.discounts):
        if not discount.ended:
            yield _one_agreed("discount", discount, until, today)


def _one_agreed(kind: str, row: OwnPrice | Discount, until: date | None, today: date) -> Agreed:
    here = row.effective_from <= today and (until is None or today < until)
    end = f" {EN_DASH} {times.day(until - timedelta(days=1))}" if until is not None else ""
    return Agreed(
        what="own price" if kind == "price" else "share of the list price",
        provider=row.provider or "no provider told",
        model=row.model or "every model",
        terms=terms_of(row),
        state=f"from {times.day(row.effective_from)}{end}",
        by=str(row.declared_by) if row.declared_by else "the operator",
        here=here,
        ends=kind if here and until is None else "",
        raw_provider=row.provider,
        raw_model=row.model,
    )


def terms_of(row: OwnPrice | Discount) -> str:
    return _own_terms(row) if isinstance(row, OwnPrice) else f"{row.multiplier_ppm / 10_000:g}{NBSP}%"


def _own_terms(row: OwnPrice) -> str:
    said = ", ".join(
        f"{word} {money.exact(rate)}" for name, word in RATES.items() if (rate := getattr(row, name)) is not None
    )
    if row.gpu_hour_nano is None or row.gpu_milli is None or row.tokens_per_hour is None:
        return said
    return (
        f"{said}: {row.gpu_milli / 1000:g}{NBSP}{TIMES} {money.dollars(row.gpu_hour_nano)} an hour for "
        f"{count(row.tokens_per_hour)} tokens"
    )


def agreed_basis(facts: PricesFacts) -> str:
    if not facts.own and not facts.discounts:
        return "Nothing is entered: what no gateway reports is billed at list prices."
    return (
        "Of the whole organization, for each of its deployments. A price of your own stands over the list and over every "
        "discount, for all tiers of its model; a discount of a model stands over that of its provider."
    )
