"""The only door to tenant data.

A transaction sees the rows of one organization, named by a transaction-local setting that the row-level security
policies read (apps.organizations.walls). Nothing here uses a plain `SET`: behind a transaction pooler it would reach the
next client.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Case, Func, TextField, Value, When
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.organizations.models import Membership, Organization, Role


@dataclass(frozen=True)
class Entry:
    """A person who was let in: where, and as what."""

    organization: Organization
    membership: Membership
    memberships: Sequence[Membership]
    """All of the person's, by the name of the organization."""

    def require(self, role: Role) -> None:
        """Raises PermissionDenied unless the member has at least `role`."""
        if not self.membership.may(role):
            said = _("This needs the role {role} in {organization}.")
            named = str(role.label).split(":")[0].lower()
            raise PermissionDenied(said.format(role=named, organization=self.organization.name))


@contextmanager
def scope(organization_id: int, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One transaction that sees one organization, and afterwards none; scopes do not nest across organizations."""
    with transaction.atomic(using=using):
        before = _get("app.organization", using=using)
        if before not in ("", str(organization_id)):
            raise RuntimeError(f"a scope of organization {before} is open; close it before another is opened")
        _set("app.organization", str(organization_id), using=using)
        with structlog.contextvars.bound_contextvars(organization=organization_id):
            yield
        _set("app.organization", before, using=using)


@contextmanager
def snapshot_scope(organization_id: int) -> Iterator[None]:
    """As `scope`, in one REPEATABLE READ snapshot; no transaction may be open yet, since its snapshot would be older.

    Raises OperationalError (could not serialize) where another transaction has changed a row since the snapshot.
    """
    with transaction.atomic(durable=True):
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _set("app.organization", str(organization_id))
        with structlog.contextvars.bound_contextvars(organization=organization_id):
            yield


@contextmanager
def transaction_of(organization: Organization | None) -> Iterator[None]:
    """A transaction for a verb that founds the organization when there is none yet, and else works inside it."""
    with transaction.atomic() if organization is None else scope(organization.pk):
        yield


@contextmanager
def user_scope(user_id: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One transaction that sees this person's memberships and the organizations they lead to."""
    with transaction.atomic(using=using):
        _set("app.user", str(user_id), using=using)
        yield
        _set("app.user", "", using=using)


def recognise(user: User) -> None:
    """Let the rest of this transaction see the memberships of `user`; called once a web request."""
    _set("app.user", str(user.pk))


def memberships(user: User) -> list[Membership]:
    """The organizations a person belongs to, by name; needs `recognise`."""
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__name"))


def enter(user: User, slug: str, *, role: Role = Role.VIEWER) -> Entry:
    """Open the organization `slug` for the rest of this transaction; needs `recognise`.

    Raises Http404 alike for an organization that does not exist and for one that this person is not a member of, and
    PermissionDenied when the membership does not carry `role`.
    """
    known = _memberships_opening(user, slug)
    membership = next((one for one in known if one.organization.slug == slug), None)
    if membership is None:
        raise Http404("No such organization.")
    _tell_the_log(membership.organization_id)
    entry = Entry(organization=membership.organization, membership=membership, memberships=known)
    entry.require(role)
    return entry


def _memberships_opening(user: User, slug: str) -> list[Membership]:
    """As `memberships`, and the same statement opens `slug` where it stands in a row that the person may see.

    Every page asks this. A name that no membership leads to opens nothing, as the walls show no row for it.
    """
    _refuse_outside_a_transaction(DEFAULT_DB_ALIAS)
    names = Value("app.organization"), Cast("organization_id", TextField()), Value(value=True)
    opened = Case(When(organization__slug=slug, then=Func(*names, function="set_config", output_field=TextField())))
    found = Membership.objects.filter(user=user).select_related("organization").annotate(opened=opened)
    return list(found.order_by("organization__name"))


def open_organization(organization_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """For callers that have proved their right otherwise (a token, a key) inside a transaction of their own."""
    _set("app.organization", str(organization_id), using=using)
    _tell_the_log(organization_id)


def _tell_the_log(organization_id: int) -> None:
    structlog.contextvars.bind_contextvars(organization=organization_id)  # until the request or task ends


def _set(name: str, value: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    _refuse_outside_a_transaction(using)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _refuse_outside_a_transaction(using: str) -> None:
    if not connections[using].in_atomic_block:
        raise RuntimeError("tenant scoping outside a transaction would reach nothing")


def _get(name: str, *, using: str = DEFAULT_DB_ALIAS) -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])
