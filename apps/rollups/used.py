"""Which models were used, and which of them lack a price; all need an open organization."""

from datetime import date

from django.db import connection


def tokens_of(*, organization_id: int, provider: str, model: str, start: date, end: date) -> tuple[int, date] | None:
    """Input and output tokens of a model in all deployments of an organization, and the first of these days it was used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))::bigint, min(day) "
            "FROM rollups_attempt_day WHERE organization_id = %s AND provider = %s AND model = %s "
            "AND day BETWEEN %s AND %s",
            [organization_id, provider, model, start, end],
        )
        tokens, first = cursor.fetchone()
    return (tokens, first) if tokens else None


def unpriced_since(*, organization_id: int, deployment_id: int) -> dict[tuple[str, str], date]:
    """By provider and model, the first day with an attempt that lacks a price."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provider, model, min(day) FROM rollups_attempt_day "
            "WHERE organization_id = %s AND deployment_id = %s AND unpriced > 0 GROUP BY 1, 2",
            [organization_id, deployment_id],
        )
        return {(provider, model): day for provider, model, day in cursor.fetchall()}
