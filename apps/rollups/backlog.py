"""How much work waits for the worker, of all tenants together; for any role, and naming nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections


@dataclass(frozen=True)
class Backlog:
    """`marks` of each kind are counted up to the bound that was asked for; `oldest`: None without any."""

    marks: int
    oldest: datetime | None


def look(*, most: int, using: str = DEFAULT_DB_ALIAS) -> Backlog:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT marks, oldest FROM rollups_backlog(%s)", [most])
        return Backlog(*cursor.fetchone())


def set_aside(*, using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """How many: deployments in quarantine by task (`rebuild`, `derive`), and `unit`s of spans."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT task, number FROM rollups_set_aside()")
        return dict(cursor.fetchall())
