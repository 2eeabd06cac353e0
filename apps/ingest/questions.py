"""The questions of `sql/`, and how they name a deployment."""

from functools import cache
from pathlib import Path

from apps.ingest.resolve import Owner


@cache
def sql(question: str) -> str:
    return (Path(__file__).parent / "sql" / f"{question}.sql").read_text()


def place(owner: Owner) -> dict[str, int]:
    return {"organization": owner.organization_id, "deployment": owner.deployment_id}
