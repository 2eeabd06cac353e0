"""What of the posts of a measurement is in the database: as the worker, under the walls."""

from dataclasses import dataclass

from django.core.management import CommandError
from django.db import connection

from apps.bench.result import Ratio
from apps.ingest.resolve import Owner
from apps.organizations import access


@dataclass(frozen=True)
class Stored:
    posted: int
    """Requests that came as such; a worker may be deriving others from spans meanwhile."""
    requests: int
    attempts: int
    spans: int
    hour_marks: int
    unit_marks: int


def stored(owner: Owner) -> Stored:
    tables = ("traces_request", "traces_attempt", "traces_span", "traces_stalehour", "traces_staletrace")
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        asked = ", ".join(f"(SELECT count(*) FROM {table} WHERE organization_id = %s)" for table in tables)  # noqa: S608
        posted = "(SELECT count(*) FROM traces_request WHERE organization_id = %s AND source = 'native')"
        cursor.execute(f"SELECT {posted}, {asked}", [owner.organization_id] * (1 + len(tables)))
        return Stored(*cursor.fetchone())


def check(what: str, *, sent: int, found: int) -> Ratio:
    """Figures of what was not stored would be worth nothing. Raises CommandError."""
    if found != sent:
        raise CommandError(f"{sent:,} {what} were sent and acknowledged, and {found:,} are stored.")
    return Ratio(f"{what} stored / sent ({sent:,})", (1.0,), 1.0)
