"""Whether what was committed is on disk, whether the clocks agree, and whether the tables are as new as the code."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.operations.doctor.finding import FAIL, OK, WARN, Finding, graded

MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")
SKEW_WARN_S, SKEW_FAIL_S = 1.0, 60.0
"""Times of both clocks are compared when leases and claims end; clients may be ten minutes off."""


def durability(_now: datetime) -> Iterator[Finding]:
    """Of this session, and wherever a role or a database is given another value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(MUST_BE_ON)])
        settings = cursor.fetchall()
        cursor.execute(
            "SELECT DISTINCT split_part(one, '=', 1) FROM pg_db_role_setting, unnest(setconfig) one "
            "WHERE one = ANY(%s) AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [[f"{name}={value}" for name in MUST_BE_ON for value in ("off", "false", "no", "0")]],
        )
        overridden = {name for (name,) in cursor.fetchall()}
    for name, value in settings:
        level = FAIL if value == "off" or name in overridden else OK
        said = "off for a role or database" if name in overridden else value
        yield graded(
            f"Postgres {name}",
            level,
            said,
            f"Turn it on: with {name} off, what was acknowledged is lost with the power.",
        )


def clock(_now: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    yield skew_of("clock of the database", theirs, before, datetime.now(UTC))


def skew_of(name: str, theirs: datetime, before: datetime, after: datetime) -> Finding:
    """Nothing is skewed that lies between question and answer."""
    seconds = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    level = FAIL if seconds >= SKEW_FAIL_S else WARN if seconds >= SKEW_WARN_S else OK
    return graded(name, level, f"{seconds:.1f} s from this host's", "Run a time service such as chrony on both hosts.")


def migrations(_now: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    said = f"{missing} not applied" if missing else "all applied"
    yield graded("migrations", FAIL if missing else OK, said, "Run `manage.py migrate`.")
