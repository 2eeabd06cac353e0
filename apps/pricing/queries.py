"""What there is to read beside the book itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Min, QuerySet

from apps.organizations.models import Organization
from apps.pricing.models import Discount, Edition, OwnPrice, Proposal
from apps.pricing.unfold import SOURCE

MOST_WAITING = 200
T = TypeVar("T", OwnPrice, Discount)


def waiting() -> list[Proposal]:
    """Prices that an operator has to decide on, the oldest first."""
    return list(Proposal.objects.filter(accepted=None).select_related("price_list").order_by("pk"))


def decided() -> list[Proposal]:
    """The latest decisions, newest first."""
    found = Proposal.objects.exclude(accepted=None).select_related("price_list")
    return list(found.order_by("-decided_at", "-pk")[:MOST_WAITING])


@dataclass(frozen=True)
class Origin:
    """Which list said it, and since when it stands in the book."""

    source: str
    version: str
    recorded_at: datetime


def origins(editions: Collection[int]) -> Mapping[int, Origin]:
    rows = Edition.objects.filter(pk__in=set(editions)).select_related("price_list")
    return {row.pk: Origin(row.price_list.source, row.price_list.version, row.recorded_at) for row in rows}


def changed_since(edition: int, *, source: str = SOURCE) -> datetime | None:
    """From when on the book says something else than in the state that this edition names; None: since ever."""
    newer = Edition.objects.filter(price_list__source=source, pk__gt=edition)
    if not newer.exists() or newer.filter(in_force_from=None).exists():
        return None
    first: datetime | None = newer.aggregate(first=Min("in_force_from"))["first"]
    return first


def own_prices(organization: Organization) -> list[OwnPrice]:
    """All that the tenant entered, by model, the oldest first."""
    return _in_order(OwnPrice.objects.filter(organization=organization))


def discounts(organization: Organization) -> list[Discount]:
    return _in_order(Discount.objects.filter(organization=organization))


def _in_order(rows: QuerySet[T]) -> list[T]:
    return list(rows.select_related("declared_by").order_by("provider", "model", "effective_from"))


def dated(terms: Sequence[T]) -> list[tuple[T, date | None]]:
    """Each with the day from which the next one for the same thing stands, in the order of `own_prices` and `discounts`."""
    following = [*terms[1:], None]
    return [
        (one, then.effective_from if then is not None and _thing(then) == _thing(one) else None)
        for one, then in zip(terms, following, strict=False)  # of none at all nothing follows
    ]


def _thing(term: OwnPrice | Discount) -> tuple[str, str]:
    return term.provider, term.model
