"""What happened to a deployment in some days: what was marked, and the prices that changed of what it used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.dashboards.queries.compare import annotations_of
from apps.dashboards.queries.span import Span
from apps.deployments.models import Annotation, Deployment
from apps.pricing.listing import Listed, listing
from apps.pricing.load import NoPricesError
from apps.pricing.models import Discount, OwnPrice
from apps.pricing.queries import begun_between
from apps.rollups.by_label import attempts_by

MOST_MODELS = 20
"""Of which price changes are looked up, those with the most attempts first."""
Name = tuple[str, str]


@dataclass(frozen=True)
class Happened:
    """`listed`: by provider and model, what held at some time in the span or just before it. Terms began in the span."""

    span: Span
    annotations: Sequence[Annotation] = ()
    listed: Mapping[Name, Sequence[Listed]] | None = None
    terms: Sequence[OwnPrice | Discount] = ()
    models: int = 0
    """That were used in the span."""


def happened_in(deployment: Deployment, span: Span, used: Mapping[Name, int] | None = None) -> Happened:
    """`used`: attempts of these days by provider and model, if already read."""
    counts = _used(deployment, span) if used is None else used
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return Happened(
        span=span,
        annotations=annotations_of(deployment, span),
        listed=_listed(names[:MOST_MODELS], span),
        terms=_terms(deployment, names, span),
        models=len(names),
    )


def _used(deployment: Deployment, span: Span) -> dict[Name, int]:
    found = attempts_by(
        "provider",
        "model",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=span.start,
        end=span.end,
        environment=span.environment,
    )
    return {(provider, model): sums.attempts for (provider, model), sums in found.items()}


def begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _listed(names: Sequence[Name], span: Span) -> Mapping[Name, Sequence[Listed]]:
    since, until = begins(span.start) - timedelta(microseconds=1), begins(span.end) + timedelta(days=1)
    try:
        return listing(names, since=since, until=until)
    except NoPricesError:
        return {}


def _terms(deployment: Deployment, names: Sequence[Name], span: Span) -> list[OwnPrice | Discount]:
    """Of what was used: a discount without a model is of everything that its provider sells."""
    used = {*names, *((provider, "") for provider, _ in names)}
    found = begun_between(deployment.organization, span.start, span.end)
    return [one for one in found if (one.provider, one.model) in used]
