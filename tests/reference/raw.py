"""Raw rows of a deployment as the reference's nouns, and answers of the plain-SQL oracle. Inside a tenant's scope."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from tests.reference.labels import RULES, called
from tests.reference.nouns import Attempt, Model, Request, Usage

SQL = Path(__file__).parent / "sql"
Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """A request of the reference, with what it is counted under and what it says of itself."""

    request: Request
    row: Row
    tries: tuple[Row, ...]

    @property
    def day(self) -> date:
        day: date = self.row["day"]
        return day


def ask(question: str, deployment_id: int) -> list[Row]:
    """Rows of `sql/<question>.sql`."""
    return select((SQL / f"{question}.sql").read_text(), deployment_id)


def select(statement: str, deployment_id: int) -> list[Row]:
    """Rows of a statement about %(deployment)s; sums that Postgres gives as numeric become whole numbers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"deployment": deployment_id})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, map(_whole, values), strict=True)) for values in cursor.fetchall()]


def _whole(value: Any) -> Any:
    return int(value) if type(value).__name__ == "Decimal" and value == value.to_integral_value() else value


def facts(deployment_id: int) -> list[Facts]:
    """All requests of a deployment with their attempts, called as its labels say."""
    tries: dict[tuple[date, str], list[Row]] = defaultdict(list)
    for row in ask("attempts", deployment_id):
        tries[row["day"], row["request_id"]].append(row)
    rows, rules = ask("requests", deployment_id), select(RULES, deployment_id)
    return [_facts(row, tries[row["day"], row["request_id"]], rules) for row in rows]


def _facts(row: Row, tries: list[Row], rules: list[Row]) -> Facts:
    planned = tries[0]["model"] if tries else None
    return Facts(_request(row, tries), called(row, planned, rules), tuple(tries))


def _request(row: Row, tries: list[Row]) -> Request:
    return Request(
        attempts=tuple(map(_attempt, tries)),
        outcome=row["outcome"],
        serving=row["serving_attempt"],
        received_us=row["received_us"],
        operation=row["operation"],
        user_facing=row["user_facing"],
        completeness=row["completeness"],
        cache_hit=row["cache_hit"],
        parallel=row["parallel"],
        overhead_us=row["routing_overhead_us"],
        overhead_basis=row["overhead_basis"],
    )


def _attempt(row: Row) -> Attempt:
    usage = Usage(
        row["input_tokens"],
        row["cache_read_input_tokens"],
        row["cache_write_input_tokens"],
        row["cache_write_1h_input_tokens"],
        row["output_tokens"],
        row["reasoning_output_tokens"],
    )
    model = Model(row["provider"], row["model"], row["service_tier"], row["raw_model"])
    failure = row["status"], row["error_type"]
    return Attempt(model, usage, row["start_offset_us"], *failure, row["reported_cost_nano"], row["currency"])
