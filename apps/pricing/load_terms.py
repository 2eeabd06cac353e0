"""Read the terms of an organization from the database; needs the organization to be open."""

from pathlib import Path

from django.db import connection
from psycopg import sql

from apps.pricing.models import OWN_RATES
from apps.pricing.terms import NO_TERMS, Off, Own, Terms
from apps.pricing.unfold import SOURCE

SQL = Path(__file__).parent / "sql" / "terms.sql"


def load_terms(organization_id: int, *, source: str = SOURCE) -> tuple[Terms, int | None]:
    """With the newest edition of the price book, None before any list was imported.

    One statement: a tenant has few terms, a rebuild asks once, and so does each page that prices something.
    """
    rates = sql.SQL(", ").join(map(sql.Identifier, OWN_RATES))
    no_rates = sql.SQL(", ").join([sql.SQL("NULL")] * len(OWN_RATES))
    query = sql.SQL(SQL.read_text()).format(rates=rates, no_rates=no_rates)
    own: list[Own] = []
    off: list[Off] = []
    newest: int | None = None
    with connection.cursor() as cursor:
        cursor.execute(query, {"organization": organization_id, "source": source})
        for edition, provider, model, since, ended, multiplier, *found in cursor.fetchall():
            if model is None:
                newest = edition
            elif multiplier is None:
                told = None if ended else dict(zip(OWN_RATES, found, strict=True))
                own.append(Own(provider, model, since, told))
            else:
                off.append(Off(provider, model, since, None if ended else multiplier))
    return Terms.of(own, off) if own or off else NO_TERMS, newest
