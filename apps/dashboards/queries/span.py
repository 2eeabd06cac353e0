"""Which days and which environment a page or a program asks for."""

from dataclasses import dataclass
from datetime import date

from apps.deployments.models import Deployment
from apps.rollups.by_label import environments

ALL = "all"


@dataclass(frozen=True)
class Span:
    """Days in UTC, both included. `environment`: None for all of them."""

    start: date
    end: date
    environment: str | None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def environments_in(deployment: Deployment, span: Span) -> list[str]:
    """That requests of these days name."""
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    return environments(**place, start=span.start, end=span.end)
