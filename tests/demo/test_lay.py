"""The demo is laid once, continued where it stopped, and taken away without a trace."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from apps.demo import account
from apps.demo.due import since
from apps.demo.lay import Place, began, lay
from apps.demo.remove import remove, tenant_tables
from apps.demo.simulate.cast import DAYS
from apps.demo.simulate.happen import longest_us
from apps.deployments.create import create_deployment
from apps.deployments.models import Assumptions, Deployment, StaleSince
from apps.organizations import access
from apps.organizations.found import found
from apps.organizations.members import join
from apps.organizations.models import Membership, Organization, Role
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


@pytest.fixture(scope="module", autouse=True)
def taken_away_at_last(database: None) -> Iterator[None]:
    """Laying takes seconds, so tests share a demo; after one that removes it, the next lays it again.

    What other tests left in the demo's pool goes first.
    """
    with acting_as("worker"):
        remove()
    yield
    with acting_as("worker"):
        remove()


LAID: list[Place] = []


@pytest.fixture
def laid(now: datetime) -> list[Place]:
    if not demo():
        LAID[:] = lay(now=now)
    return list(LAID)


def demo() -> list[Organization]:
    return list(Organization.objects.filter(pool=Organization.Pool.DEMO))


def overlap(place: Place) -> timedelta:
    return timedelta(microseconds=longest_us(place.profile))


def store(place: Place, at: datetime) -> None:
    """A stored request, as small as can be; by the worker, who may write through the parent."""
    with access.scope(place.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_request (organization_id, deployment_id, day, request_id, received_at, ingested_at,"
            " environment, operation, cache_hit, parallel, completeness, grouping, attempt_count, source, content_hash)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'production', 'chat', false, false, 'complete', 'explicit', 0, 'native', '')",
            [place.organization_id, place.deployment_id, at.date(), unique("r"), at, at],
        )


def test_it_lays_sixty_organizations_that_share_no_member_but_the_two_shown(laid: list[Place], now: datetime) -> None:
    assert len(demo()) == 60
    assert all(organization.vouched for organization in demo())
    assert began(now=now) == now.date() - timedelta(days=DAYS)
    members: dict[str, list[str]] = {}
    for organization in demo():
        with access.scope(organization.pk):
            for membership in Membership.objects.filter(organization=organization).select_related("user"):
                members.setdefault(membership.user.email, []).append(organization.slug)
    assert members.pop(account.EMAIL) == ["demo-acme", "demo-borealis"]
    assert sorted(map(len, members.values())) == [1] * 58


def test_repeating_it_changes_nothing(laid: list[Place], now: datetime) -> None:
    marks = StaleSince.objects.count()
    assert lay(now=now + timedelta(days=3)) == laid
    assert StaleSince.objects.count() == marks
    assert began(now=now + timedelta(days=3)) == now.date() - timedelta(days=DAYS)


def test_declarations_are_in_force_from_the_first_day(laid: list[Place], now: datetime) -> None:
    chat = next(place for place in laid if place.profile.key == "demo-acme/support-chat")
    with access.scope(chat.organization_id):
        declared = Assumptions.objects.filter(deployment_id=chat.deployment_id).latest("effective_from")
    assert declared.effective_from == now.date() - timedelta(days=DAYS)
    assert declared.value_per_1000_nano == 12 * 10**9
    assert declared.maintenance_hours == Decimal("0.01")


def test_the_person_can_sign_in_with_the_password_of_this_installation(laid: list[Place]) -> None:
    user = authenticate(email=account.EMAIL, password=account.password())
    assert isinstance(user, User)
    assert user.email == account.EMAIL
    assert account.password() in account.sign_in()


def test_the_password_depends_on_the_servers_secret(settings: object) -> None:
    before = account.password()
    settings.KEY_PEPPER = "another pepper, which is as long as the other one"  # type: ignore[attr-defined]
    assert account.password() != before


def test_a_password_that_was_changed_is_not_printed(laid: list[Place]) -> None:
    user = User.objects.by_email(account.EMAIL)
    assert user is not None
    user.set_password("something of their own")
    user.save()
    assert account.password() not in account.sign_in()
    user.set_password(account.password())
    user.save()


def test_nobody_signs_in_as_an_owner_of_the_others(laid: list[Place]) -> None:
    owners = User.objects.filter(email__regex=account.OWNERS)
    assert len(owners) == 58
    assert not any(owner.has_usable_password() for owner in owners)


def test_each_deployment_is_continued_shortly_before_its_last_request(laid: list[Place], now: datetime) -> None:
    recent, silent, *_ = laid
    store(recent, now - timedelta(days=3))
    store(recent, now - timedelta(days=2))
    store(silent, now - timedelta(days=35))
    first_day = began(now=now)
    due = dict(since(places=laid, began=first_day, now=now))
    assert due.pop(recent) == now - timedelta(days=2) - overlap(recent)
    assert due.pop(silent) == now - timedelta(days=35) - overlap(silent)
    assert set(due.values()) == {datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)}
    assert len(due) == len(laid) - 2


def test_removing_leaves_no_row_of_the_demo_and_every_row_of_others(laid: list[Place], now: datetime) -> None:
    with access.transaction_of(None):
        kept = found(slug=unique("kept"), name="Kept", now=now)
        create_deployment(organization=kept, slug="one", name="one", user_facing=True, now=now, actor=None)
    store(laid[0], now - timedelta(days=1))
    ids = {place.organization_id for place in laid}
    gone = remove()
    assert (gone.organizations, gone.people, gone.people_kept) == (60, 59, 0)
    assert gone.rows > 60 * 4
    assert not demo()
    assert not User.objects.filter(email__endswith="@demo.example").exists()
    assert rows_of(ids) == {}
    with access.scope(kept.pk):
        assert Deployment.objects.filter(organization=kept).count() == 1
    again = remove()
    assert (again.organizations, again.rows, again.people) == (0, 0, 0)


def test_a_person_of_the_demo_who_belongs_elsewhere_by_now_stays(laid: list[Place], now: datetime) -> None:
    user = User.objects.get(email=account.EMAIL)
    with access.transaction_of(None):
        elsewhere = found(slug=unique("elsewhere"), name="Elsewhere", now=now)
        join(organization=elsewhere, user=user, role=Role.OWNER, now=now)
    gone = remove()
    assert (gone.people, gone.people_kept) == (58, 1)
    with access.scope(elsewhere.pk):
        Membership.objects.filter(organization=elsewhere).delete()
    assert remove().people == 1


def test_people_with_addresses_of_their_own_are_not_the_demos(laid: list[Place], now: datetime) -> None:
    user, _ = ensure_user(email=f"{unique('me')}@example.org")
    with access.scope(demo()[0].pk):
        join(organization=demo()[0], user=user, role=Role.VIEWER, now=now)
    remove()
    assert User.objects.filter(pk=user.pk).exists()


def test_an_organization_of_somebody_else_is_never_taken_for_the_demos(now: datetime) -> None:
    remove()
    with access.transaction_of(None):
        found(slug="demo-acme", name="Not the demo's", now=now)
    try:
        with pytest.raises(RuntimeError, match="demo-acme is not the demo's"):
            lay(now=now)
    finally:
        theirs = Organization.objects.get(slug="demo-acme")
        with access.scope(theirs.pk):
            Organization.objects.filter(pk=theirs.pk).update(slug=unique("not-demo"))


def test_every_table_of_tenants_is_emptied_before_what_it_refers_to(as_worker: None) -> None:
    names = [table.name for table in tenant_tables()]
    assert names.index("deployments_ingestkey") < names.index("deployments_deployment")
    assert {"traces_request", "traces_attempt", "traces_span", "traces_stalehour"} <= set(names)
    assert all_tenant_tables() - set(names) <= {"benchmarks_place"}


def all_tenant_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        return {name for (name,) in cursor.fetchall()}


def rows_of(ids: set[int]) -> dict[str, int]:
    """Rows left by table, counted inside each organization's walls."""
    left: dict[str, int] = {}
    for identity in ids:
        with access.scope(identity), connection.cursor() as cursor:
            for table in tenant_tables():
                cursor.execute(f"SELECT count(*) FROM {table.name} WHERE organization_id = %s", [identity])
                (number,) = cursor.fetchone()
                if number:
                    left[table.name] = left.get(table.name, 0) + number
    return left
