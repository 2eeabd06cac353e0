"""The description of the API itself: valid OpenAPI, and of every operation what a caller has to know."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]


def test_it_is_valid_and_generated_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_every_operation_says_who_may_ask_and_how_it_refuses(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        assert operation["security"], name
        assert {"401", "429"} <= set(operation["responses"]) or name == "get /api/v1/imports/{id}", name
        assert operation.get("summary") or operation.get("description"), name


def test_every_example_is_what_its_schema_says(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for kind, body in ((kind, body) for one in bodies for kind, body in one.get("content", {}).items()):
            examples = [one["value"] for one in body.get("examples", {}).values()]
            examples += [body["example"]] if "example" in body else []
            assert examples, f"{name}: {kind}"
            if "json" not in kind or kind == "application/x-ndjson":
                continue
            for example in examples:
                jsonschema.validate(example, {**body["schema"], "components": schema["components"]})
