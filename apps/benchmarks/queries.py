"""Where a deployment stands, for page, API and mail: the one way from a frozen table to somebody's eyes.

Everything here is read with the rights of one organization: public tables, its own values, its own band of others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, Model, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from apps.benchmarks.disclosure.gates import Gate, failed
from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.verdict import Verdict, judge
from apps.benchmarks.disclosure.view import NOT_ENOUGH, View, view
from apps.benchmarks.disclosure.yardsticks import EFFICIENCY_SCOPES, YARDSTICKS, Yardstick, efficiency, strata_of
from apps.benchmarks.models import Candidate, Contribution, Freeze, Place, Snapshot
from apps.benchmarks.stored import load, table_of
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment

NOT_FROZEN = "not_frozen"
"""No week of this pool was frozen yet."""
NOT_COUNTED = "not_counted"
"""The organization or the deployment came after the freeze; the next one has it."""
NOT_MEASURABLE = "not_measurable"
"""Its own value is not known, or of no one kind: see the failed gates."""
NOT_ENOUGH_PEERS = "not_enough_peers"
NOT_POOLED = "not_pooled"
"""The week was frozen under a policy that did not pool this metric yet; the next freeze does."""


@dataclass(frozen=True)
class Standing:
    """One metric of one deployment in one frozen week, and what it may see of its peers."""

    yardstick: Yardstick
    week: Week | None
    own: float | None
    stratum: str | None
    """The part of the pool it is compared with, '' the whole; None when it belongs in no part."""
    eligible: bool
    """Whether its own value was in the pool."""
    gates: tuple[Gate, ...]
    """Of the organization, then of the deployment before this metric; passed ones too."""
    shown: View
    verdict: Verdict | None
    missing: str
    """Why no peers are shown: one of the constants above, '' when they are."""
    frozen_at: datetime | None = None
    algorithm: str = ""
    cohort: str = Snapshot.ALL
    snapshot: UUID | None = None

    @property
    def metric(self) -> str:
        return self.yardstick.metric

    @property
    def failed(self) -> tuple[Gate, ...]:
        return failed(self.gates)

    @property
    def gap(self) -> float | None:
        """Own value less the median, in the metric's unit."""
        return None if self.own is None or self.shown.median is None else self.own - self.shown.median


def freeze_of(pool: str, week: Week) -> Freeze | None:
    return Freeze.objects.filter(pool=pool, week=str(week)).first()


def standings(*, deployment: Deployment, pool: str, week: Week | None = None) -> Mapping[str, Standing]:
    """By metric, in the order of the registry; of the last frozen week unless `week` says which."""
    return standings_of_all(deployments=[deployment], pool=pool, week=week)[deployment.pk]


def standings_of_all(
    *, deployments: Sequence[Deployment], pool: str, week: Week | None = None
) -> dict[int, Mapping[str, Standing]]:
    """The same of several deployments of one organization, by deployment."""
    if not deployments:
        return {}
    frozen, tables = _tables(pool, week, deployments)
    if frozen is None:
        unknown = {metric: _unknown(yardstick, week, NOT_FROZEN) for metric, yardstick in YARDSTICKS.items()}
        return {one.pk: unknown for one in deployments}
    seen = _look(frozen, tables)
    own = {(one.deployment_id, table.metric): one for table in tables for one in table.own}
    return {
        one.pk: {
            metric: _standing(yardstick, seen, own.get((one.pk, metric))) for metric, yardstick in YARDSTICKS.items()
        }
        for one in deployments
    }


def standing(*, deployment: Deployment, pool: str, metric: str, week: Week | None = None) -> Standing:
    """Raises KeyError for a metric that is not benchmarked."""
    return standings(deployment=deployment, pool=pool, week=week)[metric]


@dataclass(frozen=True)
class ShownWeek:
    """What one organization is shown of a frozen week's table."""

    week: Week
    shown: View


def weeks_shown(*, organization_id: int, pool: str, metric: str, stratum: str, since: date) -> tuple[ShownWeek, ...]:
    """Of one table, the frozen weeks from the one with the day `since` on that have a median for this organization."""
    place = Place.objects.filter(
        organization_id=organization_id,
        **{name: OuterRef(name) for name in ("week", "cohort", "metric", "stratum")},
    )
    rows = Snapshot.objects.filter(
        pool=pool, cohort=Snapshot.ALL, metric=metric, stratum=stratum, week__gte=str(Week.of(since))
    ).annotate(others=Subquery(place.values("others")))
    seen = (
        ShownWeek(Week.parse(row.week), view(table_of(row), row.others))
        for row in rows.order_by("week")
        if row.others is not None
    )
    return tuple(one for one in seen if one.shown.median is not None)


def headline(found: Mapping[str, Standing], scope: str = "") -> Standing:
    """Routing efficiency in the `scope` that is asked for, else in the widest that the deployment has; the narrowest, with
    its gates, where it has none."""
    if scope:
        return found[efficiency(scope).metric]
    scopes = [found[efficiency(scope).metric] for scope in EFFICIENCY_SCOPES]
    return next((one for one in scopes if one.own is not None), scopes[-1])


@dataclass(frozen=True)
class _Own:
    """What one deployment brought of one metric."""

    deployment_id: int
    value: float | None
    stratum: str
    eligible: bool
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class _Frozen:
    """A frozen week as one organization sees it; tables and bands by (metric, stratum)."""

    freeze: Freeze
    week: Week
    tables: Mapping[tuple[str, str], Snapshot]
    others: Mapping[tuple[str, str], str]
    gates: tuple[Gate, ...]


def _tables(pool: str, week: Week | None, deployments: Sequence[Deployment]) -> tuple[Freeze | None, Sequence[Any]]:
    """The freeze of a week, or the last one, and its tables, each with what this organization has beside it.

    One statement: a pool without a table may still be frozen, and one that is not has none.
    """
    last = Freeze.objects.filter(pool=pool).order_by("-week").values("week")[:1]
    found = Freeze.objects.filter(pool=pool, week=str(week) if week else Subquery(last)).annotate(
        of_all=FilteredRelation("snapshots", condition=Q(snapshots__cohort=Snapshot.ALL)), **_beside(deployments)
    )
    of_freeze, of_table = _columns(Freeze), _columns(Snapshot)
    rows = list(found.values_list(*of_freeze, *(f"of_all__{name}" for name in of_table), *_BESIDE))
    n, width = len(of_freeze), len(of_table)
    freeze = Freeze(**dict(zip(of_freeze, rows[0][:n], strict=True))) if rows else None
    return freeze, [
        _table(dict(zip(of_table, row[n : n + width], strict=True)), *row[n + width :])
        for row in rows
        if row[n] is not None
    ]


_BESIDE = ("others", "organization_gates", "own")


def _beside(deployments: Sequence[Deployment]) -> dict[str, Any]:
    """Of one organization, beside a table: the band of its others, its gates, and what its deployments brought."""
    organization_id, of_table = deployments[0].organization_id, ("week", "cohort", "metric", "stratum")
    place = Place.objects.filter(
        organization_id=organization_id, **{name: OuterRef(f"of_all__{name}") for name in of_table}
    )
    candidate = Candidate.objects.filter(organization_id=organization_id, week=OuterRef("week"))
    brought = Contribution.objects.filter(
        deployment__in=deployments, week=OuterRef("week"), metric=OuterRef("of_all__metric")
    )
    told = JSONObject(**{name: name for name in ("deployment_id", "value", "stratum", "eligible", "gates")})
    return {
        "others": Subquery(place.values("others")),
        "organization_gates": Subquery(candidate.values("gates")),
        "own": ArraySubquery(brought.values(told=told)),
    }


def _table(
    values: dict[str, Any], others: str | None, gates: list[Any] | None, own: Sequence[Mapping[str, Any]]
) -> Any:
    table: Any = Snapshot(**values)
    table.others, table.organization_gates, table.own = others, gates, [_own(**one) for one in own]
    return table


def _own(*, deployment_id: int, value: float | None, stratum: str, eligible: bool, gates: list[Any]) -> _Own:
    """JSON writes a whole number without its point."""
    return _Own(deployment_id, None if value is None else float(value), stratum, eligible, load(gates))


def _columns(model: type[Model]) -> list[str]:
    """The key first."""
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001  # Django's documented way to them


def _look(frozen: Freeze, tables: Sequence[Any]) -> _Frozen:
    gates = next((one.organization_gates for one in tables), None)
    return _Frozen(
        freeze=frozen,
        week=Week.parse(frozen.week),
        tables={(row.metric, row.stratum): row for row in tables},
        others={(row.metric, row.stratum): row.others for row in tables if row.others is not None},
        gates=load(gates) if gates else (),
    )


def _standing(yardstick: Yardstick, seen: _Frozen, own: _Own | None) -> Standing:
    if not any((yardstick.metric, stratum) in seen.tables for stratum in strata_of(yardstick)):
        return _unknown(yardstick, seen.week, NOT_POOLED)
    if own is None:
        return _unknown(yardstick, seen.week, NOT_COUNTED)
    key = (yardstick.metric, own.stratum)
    snapshot, band = seen.tables.get(key), seen.others.get(key)
    shown = view(table_of(snapshot), band) if snapshot and band is not None else NOT_ENOUGH
    return Standing(
        yardstick=yardstick,
        week=seen.week,
        own=own.value,
        stratum=own.stratum if snapshot else None,
        eligible=own.eligible,
        gates=seen.gates + own.gates,
        shown=shown,
        verdict=None if own.value is None else judge(own.value, shown, yardstick),
        missing=_missing(own, snapshot, band, shown),
        frozen_at=seen.freeze.frozen_at,
        algorithm=seen.freeze.algorithm,
        snapshot=snapshot.id if snapshot else None,
    )


def _missing(own: _Own, snapshot: Snapshot | None, band: str | None, shown: View) -> str:
    if own.value is None or snapshot is None:
        return NOT_MEASURABLE
    if band is None:
        return NOT_COUNTED
    return NOT_ENOUGH_PEERS if shown.level is Level.NOTHING else ""


def _unknown(yardstick: Yardstick, week: Week | None, why: str) -> Standing:
    return Standing(
        yardstick=yardstick,
        week=week,
        own=None,
        stratum=None,
        eligible=False,
        gates=(),
        shown=NOT_ENOUGH,
        verdict=None,
        missing=why,
    )
