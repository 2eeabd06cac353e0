"""A tenant's own prices and discounts, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.queries.prices import PricesFacts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import EN_DASH, NBSP, TIMES
from apps.dashboards.wording.translate import Names
from apps.pricing.models import Discount, OwnPrice
from apps.pricing.queries import dated

RATES = Names(
    {
        "input_nano_per_mtok": gettext_noop("input"),
        "cache_read_nano_per_mtok": gettext_noop("cached"),
        "cache_write_nano_per_mtok": gettext_noop("cache write"),
        "output_nano_per_mtok": gettext_noop("output"),
        "reasoning_output_nano_per_mtok": gettext_noop("reasoning"),
    }
)


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
        what=kind_of(row),
        provider=row.provider or _("no provider told"),
        model=row.model or _("every model"),
        terms=terms_of(row),
        state=_("from {days}").format(days=f"{times.day(row.effective_from)}{end}"),
        by=str(row.declared_by) if row.declared_by else _("the operator"),
        here=here,
        ends=kind if here and until is None else "",
        raw_provider=row.provider,
        raw_model=row.model,
    )


def kind_of(row: OwnPrice | Discount) -> str:
    return _("own price") if isinstance(row, OwnPrice) else _("share of the list price")


def terms_of(row: OwnPrice | Discount) -> str:
    return _own_terms(row) if isinstance(row, OwnPrice) else f"{row.multiplier_ppm / 10_000:g}{NBSP}%"


def _own_terms(row: OwnPrice) -> str:
    said = ", ".join(
        f"{word} {money.exact(rate)}" for name, word in RATES.items() if (rate := getattr(row, name)) is not None
    )
    if row.gpu_hour_nano is None or row.gpu_milli is None or row.tokens_per_hour is None:
        return said
    return _("{rates}: {gpus} {price} an hour for {tokens} tokens").format(
        rates=said,
        gpus=f"{row.gpu_milli / 1000:g}{NBSP}{TIMES}",
        price=money.dollars(row.gpu_hour_nano),
        tokens=count(row.tokens_per_hour),
    )


def agreed_basis(facts: PricesFacts) -> str:
    if not facts.own and not facts.discounts:
        return _("Nothing is entered: what no gateway reports is billed at list prices.")
    return _(
        "Of the whole organization, for each of its deployments. A price of your own stands over the list and over every "
        "discount, for all tiers of its model; a discount of a model stands over that of its provider."
    )
