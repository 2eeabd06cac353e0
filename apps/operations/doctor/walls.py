"""Whether the walls between tenants stand: roles that cannot pass them, and tables that have them."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection

from apps.operations.doctor.finding import FAIL, OK, Finding, graded

WHO_PASSES = """
SELECT role.rolname,
    EXISTS (
        SELECT FROM pg_roles other WHERE (
            other.rolsuper OR other.rolbypassrls
            OR other.oid = (SELECT relowner FROM pg_class WHERE oid = 'traces_request'::regclass)
        ) AND pg_has_role(role.oid, other.oid, 'MEMBER')
    )
FROM pg_roles role WHERE role.rolname = ANY(%s)
"""
UNWALLED = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
ORDER BY 1
"""


def roles(_now: datetime) -> Iterator[Finding]:
    """Of the users that the processes sign in as, by the environment of this command."""
    users = settings.DATABASE_USERS
    with connection.cursor() as cursor:
        cursor.execute(WHO_PASSES, [list(users.values())])
        passing = dict(cursor.fetchall())
    for role, user in sorted(users.items()):
        if user not in passing:
            yield Finding(f"role {role}", FAIL, f"{user} does not exist", "Run `manage.py roles`.")
        else:
            yield graded(
                f"role {role}",
                FAIL if passing[user] else OK,
                f"{user} {'can' if passing[user] else 'cannot'} pass the walls between tenants",
                "It is a superuser, has BYPASSRLS, owns the tables, or is a member of one who does: take that away.",
            )


def tables(_now: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(UNWALLED)
        unwalled = [name for (name,) in cursor.fetchall()]
    said = ", ".join(unwalled) + " without forced row-level security" if unwalled else "every table of tenants has them"
    yield graded("walls", FAIL if unwalled else OK, said, "Run `manage.py migrate`; nobody else should alter tables.")
