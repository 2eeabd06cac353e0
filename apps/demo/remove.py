"""Taking the demo away: every row of its organizations in every table, and its people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from psycopg import sql

from apps.accounts.models import User
from apps.benchmarks.forget import forget_demo
from apps.demo import account
from apps.organizations import access
from apps.organizations.models import Organization

TENANT_TABLES = """
    SELECT c.relname, c.relkind = 'p'
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND has_table_privilege(c.oid, 'DELETE')
"""
REFERENCES = """
    SELECT DISTINCT referring.relname, referred.relname FROM pg_constraint
    JOIN pg_class referring ON referring.oid = conrelid JOIN pg_class referred ON referred.oid = confrelid
    WHERE contype = 'f' AND conrelid <> confrelid
"""


@dataclass(frozen=True)
class Removed:
    """How much is gone."""

    organizations: int
    rows: int
    people: int
    people_kept: int
    """Of the demo's people, those who have since come to belong to another organization."""


@dataclass(frozen=True)
class Table:
    """A table with rows of tenants."""

    name: str
    partitioned: bool


def remove() -> Removed:
    """Runs as the worker role, whose walls are opened for one organization at a time; repeating finds nothing."""
    ids = list(Organization.objects.filter(pool=Organization.Pool.DEMO).values_list("pk", flat=True))
    forget_demo()
    tables = tenant_tables()
    rows = sum(_remove_organization(identity, tables) for identity in ids)
    # A rebuild that had begun before may have put its figures in place since.
    late = [table for table in tables if not table.partitioned]
    rows += sum(_remove_rows(identity, late) for identity in ids)
    people, kept = _remove_people()
    return Removed(organizations=len(ids), rows=rows, people=people, people_kept=kept)


def tenant_tables() -> list[Table]:
    """Tables with an `organization_id` that this role may delete from, those that refer to others first."""
    with connection.cursor() as cursor:
        cursor.execute(TENANT_TABLES)
        found = {name: Table(name, partitioned) for name, partitioned in cursor.fetchall()}
        cursor.execute(REFERENCES)
        order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
        for referring, referred in cursor.fetchall():
            if referring in found and referred in found:
                order.add(referred, referring)
    return [found[name] for name in order.static_order()]


TRIES = 5
"""A freeze or a rebuild that is under way may write a row between ours; it has no reason to write many."""


def _remove_organization(identity: int, tables: Sequence[Table]) -> int:
    rows = 0
    for left in reversed(range(TRIES)):
        rows += _remove_rows(identity, tables)
        try:
            with access.scope(identity), connection.cursor() as cursor:
                cursor.execute("DELETE FROM organizations_organization WHERE id = %s", [identity])
        except IntegrityError:
            if not left:
                raise
        else:
            break
    return rows + 1


def _remove_rows(identity: int, tables: Iterable[Table]) -> int:
    rows = 0
    with access.scope(identity), connection.cursor() as cursor:
        for table in tables:
            statement = sql.SQL("DELETE FROM {} WHERE organization_id = %s").format(sql.Identifier(table.name))
            cursor.execute(statement.as_string(), [identity])
            rows += cursor.rowcount
    return rows


def _remove_people() -> tuple[int, int]:
    """(removed, kept). Whether somebody belongs elsewhere is not ours to read; the foreign keys know."""
    removed = kept = 0
    for user in User.objects.filter(Q(email=account.EMAIL) | Q(email__regex=account.OWNERS)):
        try:
            _remove_person(user)
            removed += 1
        except IntegrityError:
            kept += 1
    return removed, kept


def _remove_person(user: User) -> None:
    """Not by Django's collector, which would look for the user in tenants' tables and change the audit trail there.

    Raises IntegrityError, with nothing done, when some organization's row still speaks of the user.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [user.pk])
        connection.check_constraints()
