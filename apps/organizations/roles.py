"""Makes the database roles: the walls between tenants are policies on these, so none of them may pass a wall.

Names carry the database's name, since roles belong to the whole server. Knows nothing of Django: it runs before the
first migration, which already needs the roles.
"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql


class UnsafeRole(RuntimeError):
    """A role could read past row-level security."""


def ensure(
    *, admin_url: str, owner_url: str, role_urls: Mapping[str, str], timeouts: Mapping[str, Mapping[str, int]]
) -> None:
    """Make the owner and the roles named in the URLs, or set their passwords; grant them the database, nothing in it.

    Idempotent. `role_urls` and `timeouts` (milliseconds by the name of Postgres' parameter, kept with the role in this
    database) are by role: web, ingest, worker, benchmark. Raises UnsafeRole when one of them is a superuser
    or has BYPASSRLS, and ValueError when a URL signs in as another role than the policies name.
    """
    with psycopg.connect(admin_url, connect_timeout=5) as connection:
        database = connection.info.dbname
        logins = {_user(owner_url): _password(owner_url)}
        for role, url in role_urls.items():
            if _user(url) != f"{database}_{role}":
                raise ValueError(f"the policies name {database}_{role}, but the URL of {role} signs in as {_user(url)}")
            logins[_user(url)] = _password(url)
        for user, password in logins.items():
            _ensure_login(connection, user, password)
        _own_database(connection, database, _user(owner_url))
        for user in logins:
            _grant_access(connection, database, user)
        for role, url in role_urls.items():
            _keep_timeouts(connection, database, _user(url), timeouts.get(role, {}))
        if "worker" in role_urls:
            _grant_temporary(connection, database, _user(role_urls["worker"]))
        _refuse_unsafe(connection, [_user(url) for url in role_urls.values()])


def _ensure_login(connection: psycopg.Connection, user: str, password: str) -> None:
    if user == connection.info.user:
        return
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user]).fetchone()
    verb = "ALTER" if known else "CREATE"
    # Only the verifier is sent: a statement may end up in the server's log.
    verifier = connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(sql.SQL(verb), sql.Identifier(user), sql.Literal(verifier))
    )


def _own_database(connection: psycopg.Connection, database: str, owner: str) -> None:
    """The owner of a database may create in its schema `public`; nobody else may connect unasked."""
    current = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database])
    if owner != connection.info.user and current.fetchone() != (owner,):
        _join(connection, owner)
        statement = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(owner)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))


def _join(connection: psycopg.Connection, owner: str) -> None:
    """One who is no superuser, as on managed databases, may give away only to a role that they belong to."""
    superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser != (True,):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner)))


def _grant_access(connection: psycopg.Connection, database: str, user: str) -> None:
    grants = ("GRANT CONNECT ON DATABASE {database} TO {user}", "GRANT USAGE ON SCHEMA public TO {user}")
    for grant in grants:
        connection.execute(sql.SQL(grant).format(database=sql.Identifier(database), user=sql.Identifier(user)))


def _keep_timeouts(connection: psycopg.Connection, database: str, user: str, timeouts: Mapping[str, int]) -> None:
    """Also for sessions that a pooler opened, which passes on nothing of what a client says at its start."""
    for name, value in timeouts.items():
        statement = sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}")
        connection.execute(
            statement.format(sql.Identifier(user), sql.Identifier(database), sql.Identifier(name), sql.Literal(value))
        )


def _grant_temporary(connection: psycopg.Connection, database: str, worker: str) -> None:
    """Cells go by way of a temporary table: COPY into one with row-level security is refused."""
    statement = sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}")
    connection.execute(statement.format(sql.Identifier(database), sql.Identifier(worker)))


def _refuse_unsafe(connection: psycopg.Connection, users: list[str]) -> None:
    unsafe = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls) ORDER BY 1", [users]
    ).fetchall()
    if unsafe:
        raise UnsafeRole("these roles pass the walls between tenants: " + ", ".join(name for (name,) in unsafe))


def _user(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")
