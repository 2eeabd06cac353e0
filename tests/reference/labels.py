"""What a request is called, by the definition: merges first, then the first rule that matches, else what was sent.

An empty label is none. Nothing of the product is imported: rules are read from their table.
"""

import json
from typing import Any

Row = dict[str, Any]
RULES = """
    SELECT kind, field, tag, match, value, label FROM deployments_labelrule
    WHERE deployment_id = %(deployment)s ORDER BY position
"""


def called(row: Row, model: str | None, rules: list[Row]) -> Row:
    """The row of a request, with task and route as they are to be read."""
    found = row | {kind: _merged(row[kind], kind, rules) for kind in ("route", "task")}
    for rule in rules:
        if rule["kind"] == "rule" and _matches(rule, _looked_at(rule, found, model)):
            return found | {"task": rule["label"]}
    return found


def _merged(sent: str, kind: str, rules: list[Row]) -> str:
    for rule in rules:
        if rule["kind"] == kind and rule["value"] == sent:
            return str(rule["label"])
    return sent


def _looked_at(rule: Row, row: Row, model: str | None) -> str | None:
    field = rule["field"]
    if field == "model":
        return model
    if field in ("tag", "service", "agent"):
        tags: dict[str, str] = json.loads(row["tags"] or "{}")
        return tags.get(rule["tag"] if field == "tag" else field)
    text: str | None = row[field]
    return text


def _matches(rule: Row, text: str | None) -> bool:
    value: str = rule["value"]
    if not text:
        return False
    if rule["match"] == "equals":
        return text == value
    return text.startswith(value) if rule["match"] == "starts_with" else value in text
