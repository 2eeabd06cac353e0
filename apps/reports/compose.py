"""A week's report of one organization, from its standings and totals; reads, and writes nothing."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from apps.advice.fixes import Fix
from apps.advice.stored import advice_of
from apps.benchmarks.queries import freeze_of, headline, standings
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.organizations.models import Organization
from apps.reports.figures import Windows, last_request, parts, windows
from apps.reports.report import Report, Section
from apps.reports.wording import one_line

METRICS = ("retry_rate", "effective_cost_uplift", "routing_overhead_ms_p50", "failure_rate", "cache_read_share")
"""Beside the efficiency; one that was not measured is left out of the mail and stands on the page."""
FIX_AROUND = timedelta(days=7)
SILENT_AFTER = timedelta(hours=24)


def compose(*, organization: Organization, week: Week) -> Report | None:
    """None when no production request came in either window; needs the organization's scope."""
    found = [(deployment, windows(deployment, week=week)) for deployment in _deployments(organization)]
    told = [(deployment, seen) for deployment, seen in found if seen.requests or seen.requests_before]
    if not told:
        return None
    told.sort(key=lambda each: (-each[1].requests, each[0].slug))
    frozen = freeze_of(organization.pool, week)
    return Report(
        organization=one_line(organization.name),
        slug=organization.slug,
        demo=organization.is_demo,
        week=week,
        frozen_at=frozen.frozen_at if frozen else None,
        url=settings.SITE_URL + reverse("standing", args=[organization.slug, told[0][0].slug]),
        sections=tuple(_section(deployment, seen, organization.pool, week) for deployment, seen in told),
    )


def _deployments(organization: Organization) -> list[Deployment]:
    return list(Deployment.objects.filter(organization=organization).order_by("slug"))


def _section(deployment: Deployment, seen: Windows, pool: str, week: Week) -> Section:
    found = standings(deployment=deployment, pool=pool, week=week)
    efficiency = headline(found)
    sums = seen.now.totals.requests
    return Section(
        name=one_line(deployment.name),
        slug=deployment.slug,
        requests=seen.requests,
        requests_before=seen.requests_before,
        efficiency=efficiency,
        efficiency_before=seen.before.metrics[efficiency.metric].value,
        parts=parts(seen),
        metrics=tuple(found[metric] for metric in METRICS if found[metric].own is not None),
        silent_since=_silent_since(deployment, week),
        unpriced=1 - sums.priced / sums.requests if sums.requests else None,
        billing_unknown=sums.unknown_attempts,
        fix=_fix(deployment, week),
    )


def _fix(deployment: Deployment, week: Week) -> Fix | None:
    """One of the days around the week's end; an older one may have been followed, or be true no more."""
    found = advice_of(organization_id=deployment.organization_id, deployment_id=deployment.pk)
    if found is None or not found.fixes or abs(found.last - week.last_day) > FIX_AROUND:
        return None
    return found.fixes[0]


def _silent_since(deployment: Deployment, week: Week) -> datetime | None:
    """The last request, when there was none for a day before the week ended."""
    last = last_request(deployment, week=week)
    end = week.freeze_at
    return last if last is not None and end - last > SILENT_AFTER else None
