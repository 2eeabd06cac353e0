"""Day cells as the rollups leave them, for tests of what is computed from them."""

from dataclasses import fields
from datetime import date, timedelta

from django.db import connection

from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.rollups.sums import RequestSums

LABELS = {"provider": "openai", "model": "gpt-4o-mini", "task": "", "route": "", "policy": ""}


def day_cell(
    deployment: Deployment,
    day: date,
    sums: RequestSums,
    *,
    completeness: str = "complete",
    environment: str = "production",
) -> None:
    """As the worker."""
    _day_cells(deployment, [day], sums, completeness=completeness, environment=environment)


def _day_cells(
    deployment: Deployment, days: list[date], sums: RequestSums, *, completeness: str, environment: str
) -> None:
    row = {
        "organization_id": deployment.organization_id,
        "deployment_id": deployment.pk,
        "environment": environment,
        "user_facing": True,
        "completeness": completeness,
        **LABELS,
        **{field.name: getattr(sums, field.name) or None for field in fields(sums)},
    }
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with access.scope(deployment.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO rollups_request_day (day, {columns}) SELECT day, {places} FROM unnest(%s::date[]) AS day",
            [*row.values(), days],
        )
    add_up(deployment)


def add_up(deployment: Deployment) -> None:
    """The sums of days as the cells that stand make them."""
    sums = [field.name for field in fields(RequestSums)]
    with access.scope(deployment.organization_id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rollups_whole_day WHERE deployment_id = %s", [deployment.pk])
        keys = "organization_id, deployment_id, day, environment, completeness"
        cursor.execute(
            f"INSERT INTO rollups_whole_day ({keys}, {', '.join(sums)}) "
            f"SELECT {keys}, {', '.join(f'sum({name})' for name in sums)} FROM rollups_request_day "
            f"WHERE deployment_id = %s GROUP BY {keys}",
            [deployment.pk],
        )


def traffic(*, retried: int = 10, failed: int = 2, requests: int = 100, token_nano: int = 8_000_000) -> RequestSums:
    """A day: everything known, retries cost as much as a tenth of the tokens for ten of a hundred."""
    served = requests - failed
    return RequestSums(
        requests=requests,
        outcome_known=requests,
        served=served,
        failed=failed,
        attempts=requests + retried,
        counted=requests,
        retried=retried,
        measurable=requests,
        served_dispatched=served,
        served_with_tokens=served,
        served_tokens=served * 1_000,
        served_tokens_priced=served * 1_000,
        fallback_known=served,
        priced=requests,
        billed_nano=token_nano + token_nano * retried // requests,
        split=requests,
        planned_nano=token_nano,
        token_nano=token_nano,
        wasted_nano=token_nano * retried // requests,
        published_split=requests,
        published_token_nano=token_nano,
        published_retry_nano=token_nano * retried // requests,
        retried_served=retried,
        retried_later_nano=token_nano * retried // requests,
        retried_planned_nano=token_nano * retried // requests,
        waiting=requests,
        waiting_delay_known=requests,
        retry_delay_known=retried,
        retry_delay_us=retried * 500_000,
    )


def fill(
    deployment: Deployment, sums: RequestSums, *, week: Week, days: int = 28, completeness: str = "complete"
) -> None:
    """The same cell on the last `days` days of the window."""
    last = [week.last_day - timedelta(days=back) for back in range(days)]
    _day_cells(deployment, last, sums, completeness=completeness, environment="production")
