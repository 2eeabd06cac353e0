"""One lock a week and pool: tenants write under it together, the freeze holds it alone."""

from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable


class BusyError(Exception):
    """Somebody else holds the week, longer than one waits for a lock."""


_KEY = "hashtextextended(%s, 0)"


def writing(*, pool: str, week: str, using: str) -> None:
    """For the rest of this transaction, no freeze of the week can begin; waits for one that has. Raises BusyError."""
    _lock("pg_advisory_xact_lock_shared", pool=pool, week=week, using=using)


def closing(*, pool: str, week: str, using: str) -> None:
    """Waits for every tenant that is writing, and holds the others until this transaction has ended. Raises BusyError."""
    _lock("pg_advisory_xact_lock", pool=pool, week=week, using=using)


def _lock(function: str, *, pool: str, week: str, using: str) -> None:
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT {function}({_KEY})", [f"benchmarks {pool} {week}"])
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise BusyError(f"{week} of the pool {pool} is being written; try again") from error
        raise
