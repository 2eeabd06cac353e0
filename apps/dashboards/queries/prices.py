"""What the models of a deployment were priced at, what they were billed, and what the tenant agreed itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.dashboards.queries.windows import days_to
from apps.deployments.models import Deployment
from apps.organizations.models import Organization
from apps.pricing.listing import Listed, listing
from apps.pricing.load import NoPricesError
from apps.pricing.models import Discount, OwnPrice
from apps.pricing.names import canonical_name
from apps.pricing.queries import Origin, discounts, origins, own_prices
from apps.rollups import reprice
from apps.rollups.by_label import attempts_by
from apps.rollups.reprice import Repriced
from apps.rollups.sums import AttemptSums
from apps.rollups.used import tokens_of, unpriced_since

MOST_MODELS = 60
"""Of which prices are listed, those with the most attempts first."""
AHEAD = timedelta(days=366)
"""Announced prices are shown so far ahead."""
HOURS_A_DAY = 24
Name = tuple[str, str]


@dataclass(frozen=True)
class Again:
    """The last days at today's prices. `waits`: it was asked for and is being computed."""

    asked_at: datetime
    priced_at: datetime | None
    waits: bool
    gave_up: bool
    found: Repriced | None


@dataclass(frozen=True)
class Used:
    """What came in the days `first` to `last`, in UTC, both included, in every environment. By provider and model."""

    first: date
    last: date
    models: Mapping[Name, AttemptSums]
    unpriced_since: Mapping[Name, date]
    """The first day with an attempt that lacks a price."""

    @property
    def commonest(self) -> list[Name]:
        """Those with the most attempts first."""
        return sorted(self.models, key=lambda name: (-self.models[name].attempts, name))


@dataclass(frozen=True)
class PricesFacts(Used):
    now: datetime
    listed: Mapping[Name, tuple[Listed, ...]]
    origins: Mapping[int, Origin]
    own: Sequence[OwnPrice]
    discounts: Sequence[Discount]
    again: Again | None


@dataclass(frozen=True)
class PricesOn:
    """The list on one day. `models`: how many came, with a price or without."""

    models: int
    listed: Mapping[Name, tuple[Listed, ...]]
    origins: Mapping[int, Origin]


def used(deployment: Deployment, *, now: datetime) -> Used:
    first, last = days_to(now)
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    sums = attempts_by("provider", "model", **place, start=first, end=last, environment=None)
    models = {(provider, model): one for (provider, model), one in sums.items()}
    since = unpriced_since(**place) if any(one.unpriced for one in models.values()) else {}
    return Used(first, last, models, since)


def prices_of(deployment: Deployment, *, now: datetime) -> PricesFacts:
    """As many statements as there are kinds of facts, however many models there are."""
    came = used(deployment, now=now)
    found = _listed(came.commonest[:MOST_MODELS], since=_midnight(came.first), until=now + AHEAD)
    return PricesFacts(
        first=came.first,
        last=came.last,
        now=now,
        models=came.models,
        unpriced_since=came.unpriced_since,
        listed=found,
        origins=_origins(found),
        own=own_prices(deployment.organization),
        discounts=discounts(deployment.organization),
        again=again_of(deployment),
    )


def prices_on(deployment: Deployment, day: date, *, now: datetime) -> PricesOn:
    """Of all models that came in the usual window, however rarely."""
    came = used(deployment, now=now)
    found = _listed(came.commonest, since=_midnight(day), until=_midnight(day + timedelta(days=1)))
    return PricesOn(len(came.models), found, _origins(found))


def measured_tokens_per_hour(organization: Organization, *, provider: str, model: str, now: datetime) -> int | None:
    """Tokens an hour, day and night, over the complete days of the window since it was first used; None without any."""
    name = canonical_name(provider, model)
    first, last = days_to(now)
    yesterday = last - timedelta(days=1)
    found = tokens_of(
        organization_id=organization.pk,
        provider=name.provider or "",
        model=name.model or "",
        start=first,
        end=yesterday,
    )
    if found is None:
        return None
    tokens, since = found
    return max(1, round(tokens / (((yesterday - since).days + 1) * HOURS_A_DAY)))


def again_of(deployment: Deployment) -> Again | None:
    """Null: nobody asked for it yet."""
    row = reprice.state_of(organization_id=deployment.organization_id, deployment_id=deployment.pk)
    if row is None:
        return None
    gave_up = row.quarantined_at is not None
    waits = not gave_up and (row.priced_at is None or row.priced_at < row.asked_at)
    return Again(row.asked_at, row.priced_at, waits, gave_up, reprice.answer_of(row))


def _listed(names: Sequence[Name], *, since: datetime, until: datetime) -> dict[Name, tuple[Listed, ...]]:
    try:
        return listing(names, since=since, until=until)
    except NoPricesError:
        return {}


def _origins(found: Mapping[Name, tuple[Listed, ...]]) -> Mapping[int, Origin]:
    return origins([one.edition for some in found.values() for one in some])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
