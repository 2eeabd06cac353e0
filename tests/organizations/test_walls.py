"""What the database itself lets each role see; the code above it is not asked."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access
from apps.organizations.models import Membership, Organization
from tests.names import unique

TENANT_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relnamespace = 'public'::regnamespace
"""


@pytest.fixture
def two_tenants(as_worker: None) -> tuple[Organization, Organization]:
    slugs = [unique("walls") for _ in range(2)]
    for slug in slugs:
        provision(organization=slug, deployment="chat", email=f"{slug}@example.com", password=None, now=timezone.now())
    one, other = (Organization.objects.get(slug=slug) for slug in slugs)
    return one, other


@pytest.fixture
def web(two_tenants: object, as_web: None) -> None:
    """As the web role, where there is something to see."""


def test_every_table_of_a_tenant_has_forced_row_level_security(database: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{TENANT_TABLES} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)")
        assert cursor.fetchall() == []
        cursor.execute(TENANT_TABLES)
        assert len(cursor.fetchall()) >= 10


def test_every_unique_key_of_a_tenant_begins_with_the_organization(database: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND NOT i.indisprimary AND a.attname <> 'organization_id'
                AND i.indrelid IN (SELECT oid FROM pg_class WHERE relname IN ({TENANT_TABLES}))
            """
        )
        assert cursor.fetchall() == []


@pytest.mark.usefixtures("web")
def test_a_query_with_the_scoping_forgotten_sees_nothing() -> None:
    assert Deployment.objects.count() == 0
    assert Organization.objects.count() == 0
    assert Membership.objects.count() == 0


def test_a_scope_shows_its_organization_and_no_other(
    two_tenants: tuple[Organization, Organization], as_web: None
) -> None:
    one, other = two_tenants
    with access.scope(one.pk):
        assert {row.organization_id for row in Deployment.objects.all()} == {one.pk}
        assert not Deployment.objects.filter(organization_id=other.pk).exists()
    assert Deployment.objects.count() == 0


def test_a_row_of_another_organization_cannot_be_written(
    two_tenants: tuple[Organization, Organization], as_web: None
) -> None:
    one, other = two_tenants
    with pytest.raises(ProgrammingError, match="row-level security"), access.scope(one.pk):
        Deployment.objects.create(organization_id=other.pk, slug="x", name="x", created_at=timezone.now())


def test_a_member_of_one_organization_sees_that_one(
    two_tenants: tuple[Organization, Organization], as_web: None
) -> None:
    one, _ = two_tenants
    user = User.objects.get(email=f"{one.slug}@example.com")
    with access.user_scope(user.pk):
        assert [membership.organization.slug for membership in access.memberships(user)] == [one.slug]


def test_scopes_of_two_organizations_do_not_nest(two_tenants: tuple[Organization, Organization], as_web: None) -> None:
    one, other = two_tenants
    with access.scope(one.pk), pytest.raises(RuntimeError, match="scope of organization"), access.scope(other.pk):
        pass


def test_scoping_outside_a_transaction_is_an_error(as_web: None) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        access.open_organization(1)


@pytest.mark.parametrize(
    "table", ["deployments_ingestkey", "accounts_user", "traces_request", "organizations_apitoken"]
)
def test_the_ingest_role_may_not_read(database: object, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(using="ingest"),
        connections["ingest"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {table}")
