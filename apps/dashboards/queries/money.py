"""What "Where does the money go?" is built from: the window, its parts over time, and by one label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from apps.benchmarks.queries import Standing, standings
from apps.dashboards.forms.money import Asked
from apps.deployments.bills import bills_of
from apps.deployments.models import Deployment, ProviderBill
from apps.rollups.breakdown import Slice, Stretch, breakdown, over_time
from apps.rollups.parts import Declared
from apps.rollups.queries import attempts_by_month, environments
from apps.rollups.sums import AttemptSums
from apps.rollups.window import DeploymentWindow, declarations, deployment_windows


@dataclass(frozen=True)
class Money:
    window: DeploymentWindow
    stretches: Sequence[Stretch]
    slices: Sequence[Slice]
    environments: Sequence[str]
    standings: Mapping[str, Standing]
    """Of the last freeze, whatever the window."""


@dataclass(frozen=True)
class Month:
    """What one provider did in a month, and its bill; either may be missing."""

    first: date
    provider: str
    sums: AttemptSums | None
    bill: ProviderBill | None


def money_of(deployment: Deployment, asked: Asked) -> Money:
    window = deployment_windows(
        deployment.organization_id,
        [deployment.pk],
        asked.start,
        asked.end,
        asked.environment,
        with_quantiles=False,
    )[deployment.pk]
    declared = declarations([deployment.pk]).get(deployment.pk, [])
    return Money(
        window=window,
        stretches=over_time(window.days, declared, start=asked.start, end=asked.end, step=asked.step),
        slices=slices_of(deployment, asked, declared),
        environments=environments(
            organization_id=deployment.organization_id,
            deployment_id=deployment.pk,
            start=asked.start,
            end=asked.end,
        ),
        standings=standings(deployment=deployment, pool=deployment.organization.pool),
    )


def slices_of(deployment: Deployment, asked: Asked, declared: Sequence[Declared] | None = None) -> list[Slice]:
    """By environment all of them are told, whichever is asked for: one row would say nothing. `declared`: if already read."""
    return breakdown(
        asked.by,
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=asked.start,
        end=asked.end,
        environment=None if asked.by == "environment" else asked.environment,
        declared=declarations([deployment.pk]).get(deployment.pk, []) if declared is None else declared,
    )


def months_of(deployment: Deployment, *, first: date, last: date) -> list[Month]:
    """The newest month first, in each the dearest provider; whole calendar months (UTC) from `first` on, until `last`."""
    counted = attempts_by_month(
        organization_id=deployment.organization_id, deployment_id=deployment.pk, start=first, end=last
    )
    bills = {(one.month, one.provider): one for one in bills_of(deployment, first=first, last=last)}
    keys = sorted({*counted, *bills}, key=lambda key: (-key[0].toordinal(), -_billed(counted.get(key)), key[1]))
    return [Month(*key, counted.get(key), bills.get(key)) for key in keys]


def _billed(sums: AttemptSums | None) -> int:
    return sums.billed_nano if sums else 0
