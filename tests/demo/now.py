"""The moment at which the demo of these tests is looked at."""

from datetime import UTC, date, datetime, timedelta

from apps.demo.simulate.cast import DAYS, cast
from apps.demo.simulate.profile import Deployment, Organization

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
BEGAN: date = NOW.date() - timedelta(days=DAYS)
START = datetime(BEGAN.year, BEGAN.month, BEGAN.day, tzinfo=UTC)
SEED = 1
CAST: tuple[Organization, ...] = cast(seed=SEED, began=BEGAN)


def find(key: str) -> Deployment:
    """The deployment of the cast with this key, `organization/deployment`."""
    return next(one for organization in CAST for one in organization.deployments if one.key == key)
