"""How long a role may take, in milliseconds: said at each connection, and kept by the database with the role.

A pooler in transaction mode passes no start-up options on, so that there only what the database keeps holds.
"""

from collections.abc import Mapping

from tollmark.logins import Role

SECOND = 1_000
STATEMENT: Mapping[Role, int] = {
    "owner": 0,  # a migration takes as long as it takes
    "web": 15 * SECOND,
    "ingest": 15 * SECOND,
    "worker": 240 * SECOND,  # less than the hard limit of a task
    "benchmark": 240 * SECOND,
}
IDLE_IN_TRANSACTION = 60 * SECOND
LOCK = 5 * SECOND


def of(role: Role) -> dict[str, int]:
    """By the name of Postgres' parameter; 0 is without end."""
    return {
        "statement_timeout": STATEMENT[role],
        "lock_timeout": LOCK,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
    }
