"""Deployments of an organization with their window, their standings, and how they report; of those on a page, their weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from apps.benchmarks.queries import Standing, standings_of_all
from apps.costing.efficiency import Evidence
from apps.dashboards.queries.heard import Heard, heard_of
from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.queries import all_assumptions_of
from apps.organizations.models import Organization
from apps.rollups.by_tag import LabelsOfDeployments, labels_of_deployments
from apps.rollups.parts import Declared
from apps.rollups.queries import PRODUCTION
from apps.rollups.weekly import Weekly, evidence_by_week, evidence_of
from apps.rollups.window import (
    DeploymentWindow,
    declared_in,
    deployment_windows,
    deployment_windows_by_environment,
)

TREND = 13
"""Complete ISO weeks over which an efficiency is drawn."""


@dataclass(frozen=True)
class Listed:
    """One deployment, or what one environment of it sent; without a window when nothing ever came."""

    slug: str
    name: str
    user_facing: bool
    created_at: datetime
    last_seen: datetime | None
    """Of the whole deployment."""
    window: DeploymentWindow | None
    standings: Mapping[str, Standing]
    """Of production, the one environment that is compared."""
    environment: str | None = PRODUCTION
    """None: all of them, or with `apart` none, since nothing came in these days."""
    apart: bool = False
    """Whether each environment stands in a row of its own."""
    heard: Heard | None = None
    tag: str = ""
    """Of the key that was asked for, the value that most of its requests carry; empty: they carry none."""

    @property
    def place(self) -> tuple[str, str | None]:
        """What tells its row from the others: the short name, and the environment."""
        return self.slug, self.environment


Trend = Sequence[Evidence | None]
"""Of TREND weeks, the oldest first; None where no request came."""
Trends = Mapping[tuple[str, str | None], Trend]
"""By the `place` of a row."""


@dataclass(frozen=True)
class Found:
    """`environments`: that requests of these days name; `tag_keys`: that they carry."""

    rows: Sequence[Listed]
    environments: Sequence[str]
    tag_keys: Sequence[str]


def listed(
    organization: Organization,
    deployments: Sequence[Deployment],
    span: Span,
    *,
    apart: bool,
    tag_key: str = "",
    now: datetime,
) -> Found:
    """In the order given; as many statements for a hundred as for one. `apart`: by environment, whichever is asked for.

    `tag_key`: of which tag the value is told that stands for a deployment.
    """
    heard = heard_of(organization.pk, deployments, now=now)
    there = [one for one in deployments if one.pk in heard]
    assumptions = all_assumptions_of(deployments)
    windows = _windows(organization.pk, there, span, declared_in(assumptions), apart=apart)
    places = standings_of_all(deployments=there, pool=organization.pool)
    labels = _labels(organization.pk, there, span, tag_key)
    today = now.astimezone(UTC).date()
    in_force = {row.deployment_id: row for row in assumptions if row.effective_from <= today}
    rows: list[Listed] = []
    for one in deployments:
        known = heard.get(one.pk)
        whole = Listed(
            slug=one.slug,
            name=one.name,
            user_facing=one.pk not in in_force or in_force[one.pk].user_facing,
            created_at=one.created_at,
            last_seen=known.last_seen if known else None,
            window=None,
            standings={},
            environment=None,
            apart=apart,
            heard=known,
            tag=labels.dominant.get(one.pk, ""),
        )
        rows += [
            replace(
                whole,
                environment=name,
                window=window,
                standings=places.get(one.pk, {}) if name == PRODUCTION else {},
            )
            for name, window in windows.get(one.pk, {}).items()
        ] or [whole]
    return Found(rows, labels.environments, labels.keys)


def trends_of(rows: Sequence[Listed], deployments: Sequence[Deployment], span: Span, *, now: datetime) -> Trends:
    """Of rows of one organization; one statement. Weeks are most of what a row costs: ask for a page of them."""
    slugs = {one.slug for one in rows if one.window}
    there = [one for one in deployments if one.slug in slugs]
    first, weeks = last_weeks(span, now=now)[0], _weeks(there, span, now=now)
    ids = {one.slug: one.pk for one in there}
    return {one.place: _trend(weeks.get(ids[one.slug], {}), one.environment, first) for one in rows if one.window}


def weeks_of(deployment: Deployment, span: Span, *, now: datetime) -> list[tuple[date, Evidence | None]]:
    """TREND Mondays, the oldest first, each with its week in the environment of the span; None where no request came."""
    first = last_weeks(span, now=now)[0]
    weeks = _weeks([deployment], span, now=now).get(deployment.pk, {})
    found = _trend(weeks, span.environment, first)
    return [(first + timedelta(weeks=n), week) for n, week in enumerate(found)]


def last_weeks(span: Span, *, now: datetime) -> tuple[date, date]:
    """The first day of TREND complete weeks, and the last, which is no later than the end of the span."""
    end = min(span.end, now.astimezone(UTC).date() - timedelta(days=1))
    sunday = end - timedelta(days=end.isoweekday() % 7)
    return sunday - timedelta(days=7 * TREND - 1), sunday


def _windows(
    organization_id: int,
    there: Sequence[Deployment],
    span: Span,
    declared: Mapping[int, Sequence[Declared]],
    *,
    apart: bool,
) -> dict[int, dict[str | None, DeploymentWindow]]:
    """By deployment, and by the environment that it is of."""
    ids, days = [one.pk for one in there], (span.start, span.end)
    if not apart:
        found = deployment_windows(
            organization_id,
            ids,
            *days,
            span.environment,
            with_quantiles=False,
            with_attempts=False,
            with_days=False,
            declared=declared,
        )
        return {one: {span.environment: window} for one, window in found.items()}
    windows: dict[int, dict[str | None, DeploymentWindow]] = {}
    each = deployment_windows_by_environment(organization_id, ids, *days, declared=declared)
    for (one, name), window in each.items():
        windows.setdefault(one, {})[name] = window
    return windows


def _weeks(
    there: Sequence[Deployment], span: Span, *, now: datetime
) -> Mapping[int, Mapping[str, Mapping[date, Weekly]]]:
    if not there:
        return {}
    start, end = last_weeks(span, now=now)
    ids = [one.pk for one in there]
    return evidence_by_week(organization_id=there[0].organization_id, deployment_ids=ids, start=start, end=end)


def _labels(organization_id: int, there: Sequence[Deployment], span: Span, key: str) -> LabelsOfDeployments:
    return labels_of_deployments(
        key,
        organization_id=organization_id,
        deployment_ids=[one.pk for one in there],
        start=span.start,
        end=span.end,
        environment=span.environment,
    )


def _trend(weeks: Mapping[str, Mapping[date, Weekly]], environment: str | None, first: date) -> Trend:
    """Of one environment, or of all of them together."""
    wanted = [some for name, some in weeks.items() if environment in (None, name)]
    mondays = [first + timedelta(weeks=n) for n in range(TREND)]
    found = [[some[monday] for some in wanted if monday in some] for monday in mondays]
    return tuple(evidence_of(some) if some else None for some in found)
