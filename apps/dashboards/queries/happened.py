"""What happened to a deployment in some days: what was marked, and the prices that changed of what it used."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from apps.accounts.models import User
from apps.dashboards.queries.span import Span
from apps.deployments.models import Annotation, Deployment
from apps.pricing.listing import Listed, listing
from apps.pricing.models import Discount, OwnPrice
from apps.pricing.unfold import SOURCE
from apps.rollups.by_label import attempts_by

SQL = Path(__file__).parent.parent / "sql" / "happened.sql"
MOST_MODELS = 20
"""Of which price changes are looked up, those with the most attempts first."""
MOST_MARKS = 200
Name = tuple[str, str]
Row = TypeVar("Row", bound=Model)


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
    told = _told(deployment, span)
    own, off = _rows(OwnPrice, told["own"], "declared_by"), _rows(Discount, told["off"], "declared_by")
    ((edition, _teller),) = told["edition"]
    return Happened(
        span=span,
        annotations=_rows(Annotation, told["mark"], "told_by"),
        listed=_listed(names[:MOST_MODELS], span, edition),
        terms=_of_what_was_used([*own, *off], names),
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


def _told(deployment: Deployment, span: Span) -> Mapping[str, Sequence[tuple[Any, Mapping[str, Any]]]]:
    """By kind, what is told and who told it; one statement."""
    values: dict[str, Any] = {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "start": span.start,
        "end": span.end,
        "since": begins(span.start),
        "until": begins(span.end) + timedelta(days=1),
        "most": MOST_MARKS,
        "source": SOURCE,
    }
    found: dict[str, list[tuple[Any, Mapping[str, Any]]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SQL.read_text(), values)
        for kind, _place, told, teller in cursor.fetchall():
            found[kind].append((_loaded(told), _loaded(teller) or {}))
    return found


def _loaded(told: str | None) -> Any:
    return None if told is None else json.loads(told)


def _rows(model: type[Row], told: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], by: str) -> list[Row]:
    """Each with who told it under the name `by`, or nobody."""
    fields = model._meta.concrete_fields  # noqa: SLF001  # Django's documented way to them
    made = []
    for row, teller in told:
        one = model(**{field.attname: field.to_python(row[field.attname]) for field in fields})
        setattr(one, by, User(**teller) if teller.get("id") else None)
        made.append(one)
    return made


def _listed(names: Sequence[Name], span: Span, edition: int | None) -> Mapping[Name, Sequence[Listed]]:
    """Nothing before any list was imported."""
    since, until = begins(span.start) - timedelta(microseconds=1), begins(span.end) + timedelta(days=1)
    return {} if edition is None else listing(names, since=since, until=until, edition=edition)


def _of_what_was_used(terms: Sequence[OwnPrice | Discount], names: Sequence[Name]) -> list[OwnPrice | Discount]:
    """A discount without a model is of everything that its provider sells."""
    used = {*names, *((provider, "") for provider, _ in names)}
    return [one for one in terms if (one.provider, one.model) in used]
