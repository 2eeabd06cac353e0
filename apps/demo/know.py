"""What is known of the demo's models, as soon as a deployment's scores are there."""

from datetime import datetime

from apps.demo.lay import Place
from apps.quality.freeze import freeze


def know(place: Place, *, now: datetime) -> int:
    """Make the evidence of a deployment that scores answers; how many days were made.

    Beat would do so within ten minutes. Here its mark comes before the first rebuild, which then finds the evidence.
    """
    if not place.profile.source.scored:
        return 0
    return freeze(organization_id=place.organization_id, deployment_id=place.deployment_id, now=now)
