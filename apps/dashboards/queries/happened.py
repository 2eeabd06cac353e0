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
from apps.pricing.queries import discounts, own_prices
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


def happened_in(deployment: Deployment, span: Span) -> Happened:
    used = attempts_by(
        "provider",
        "model",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=span.start,
        end=span.end,
        environment=span.environment,
    )
    names = sorted(used, key=lambda name: (-used[name].attempts, name))
    return Happened(
        span=span,
        annotations=annotations_of(deployment, span),
        listed=_listed([(str(provider), str(model)) for provider, model in names[:MOST_MODELS]], span),
        terms=_terms(deployment, names, span),
        models=len(names),
    )


def begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _listed(names: Sequence[Name], span: Span) -> Mapping[Name, Sequence[Listed]]:
    since, until = begins(span.start) - timedelta(microseconds=1), begins(span.end) + timedelta(days=1)
    try:
        return listing(names, since=since, until=until)
    except NoPricesError:
        return {}


def _terms(deployment: Deployment, names: Sequence[tuple[str, ...]], span: Span) -> list[OwnPrice | Discount]:
    """Of what was used: a discount without a model is of everything that its provider sells."""
    found: list[OwnPrice | Discount] = [*own_prices(deployment.organization), *discounts(deployment.organization)]
    used = {*names, *((provider, "") for provider, _ in names)}
    return [one for one in found if span.start <= one.effective_from <= span.end and (one.provider, one.model) in used]
