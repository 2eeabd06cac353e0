"""Walls between tenants, as SQL for migrations: who may touch a table, and which of its rows.

Every table with an `organization_id` has row-level security, enabled and forced, so that a query in which the scoping
was forgotten returns nothing. The settings that the policies read are transaction-local and set only by
`apps.organizations.access`. Without them `current_setting` gives '' after a `SET LOCAL` has ended, hence NULLIF.

Role names carry the database's name (`tollmark_web`), since roles belong to the whole server; they are composed in the
database, so that one migration serves a production, a test and a demo database.
"""

from collections.abc import Iterable

from django.db import migrations

ORGANIZATION = "NULLIF(current_setting('app.organization', true), '')::bigint"
USER = "NULLIF(current_setting('app.user', true), '')::uuid"


def for_roles(statement: str, roles: Iterable[str]) -> str:
    """Run `statement` once a role; `{role}` in it becomes the quoted name of that role in this database."""
    names = ", ".join(f"'{role}'" for role in roles)
    template = statement.replace("'", "''").replace("%", "%%").replace("{role}", "%1$I")
    return (
        f"DO $walls$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY[{names}] LOOP "
        f"EXECUTE format('{template}', current_database() || '_' || r); END LOOP; END $walls$;"
    )


def grant(table: str, **privileges: str) -> str:
    """`grant("x", web="SELECT", worker="SELECT, INSERT")`: exactly these, to these roles."""
    return "\n".join(for_roles(f"GRANT {what} ON {table} TO {{role}}", [role]) for role, what in privileges.items())


def grant_sequence(table: str, column: str, *roles: str) -> str:
    """Let roles draw a number before they insert the row that carries it; plain inserts need no such right."""
    return (
        f"DO $walls$ BEGIN EXECUTE (SELECT string_agg(format('GRANT USAGE ON SEQUENCE %s TO %I', "
        f"pg_get_serial_sequence('{table}', '{column}'), current_database() || '_' || r), '; ') "
        f"FROM unnest(ARRAY[{', '.join(repr(role) for role in roles)}]) r); END $walls$;"
    )


def enable(table: str) -> str:
    """Row-level security, the owner included."""
    return f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"


def tenant_policy(table: str, *roles: str) -> str:
    """Rows of the organization of this transaction, to read and to write; nothing without one."""
    condition = f"organization_id = {ORGANIZATION}"
    return enable(table) + "\n".join(policy(table, f"tenant_{role}", role, condition) for role in roles)


def owner_policy(table: str) -> str:
    """Lets functions of the owner find a row before the organization is known, such as a key by its public part."""
    return f"CREATE POLICY owner_finds ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);"


def policy(table: str, name: str, role: str, condition: str, *, command: str = "ALL") -> str:
    """One policy for one role; `condition` guards what is read and, where the command writes, what is written."""
    using = "" if command == "INSERT" else f" USING ({condition})"
    check = "" if command in ("SELECT", "DELETE") else f" WITH CHECK ({condition})"
    return for_roles(f"CREATE POLICY {name} ON {table} FOR {command} TO {{role}}{using}{check}", [role])


def find_function(name: str, table: str, columns: dict[str, str], *roles: str) -> str:
    """`name(key_id)` and `touch_<name>(key_id, at)`: find a key by its public part, note its use; for `roles` only.

    They run with the owner's rights, so they give away no more than `columns` of the one row asked for.
    """
    returns = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    fields = ", ".join(f"k.{column}" for column in columns)
    options = "SECURITY DEFINER SET search_path = public, pg_temp"
    return (
        f"CREATE FUNCTION {name}(wanted text) RETURNS TABLE ({returns}) LANGUAGE sql STABLE {options} "
        f"AS $find$ SELECT {fields} FROM {table} k WHERE k.key_id = wanted $find$;"
        f"CREATE FUNCTION {name}_used(wanted text, at timestamptz) RETURNS void LANGUAGE sql {options} "
        f"AS $used$ UPDATE {table} SET last_used_at = at WHERE key_id = wanted "
        f"AND (last_used_at IS NULL OR last_used_at < at - interval '1 minute') $used$;"
        f"REVOKE ALL ON FUNCTION {name}(text), {name}_used(text, timestamptz) FROM PUBLIC;"
        + for_roles(f"GRANT EXECUTE ON FUNCTION {name}(text), {name}_used(text, timestamptz) TO {{role}}", roles)
    )


def run(*statements: str) -> migrations.RunSQL:
    """A migration operation; going back is by restoring a backup, as for every wall."""
    return migrations.RunSQL("\n".join(statements), migrations.RunSQL.noop)
