"""Organizations with members who get the mail."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from apps.organizations import access
from apps.organizations.found import found
from apps.organizations.members import join
from apps.organizations.models import Organization, Role
from apps.reports.models import Delivery
from tests.names import unique
from tests.reports.samples import WEEK

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
JOINED = NOW - timedelta(days=40)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Team:
    organization: Organization
    users: tuple[User, ...]

    @property
    def addresses(self) -> list[str]:
        return [user.email for user in self.users]


def team(members: int, *, name: str = "Acme", pool: str | None = None, domain: str = "example.com") -> Team:
    slug = unique("team")
    with access.transaction_of(None):
        organization = found(slug=slug, name=name, pool=pool or unique("pool"), vouched=True, now=JOINED)
        users = [ensure_user(email=f"{slug}-{i}@{domain}", password=None)[0] for i in range(members)]
        for user in users:
            join(organization=organization, user=user, role=Role.OWNER, now=JOINED)
    return Team(organization, tuple(users))


def states(organization: Organization) -> dict[str, str]:
    """The state of the week's deliveries by address."""
    with access.scope(organization.pk):
        rows = Delivery.objects.filter(organization=organization, week=str(WEEK))
        return dict(rows.values_list("user__email", "state"))
