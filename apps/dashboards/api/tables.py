"""Lists as tables: CSV for spreadsheets and NDJSON for programs, chosen by `Accept` or `?format=`, sent as they are made."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from apps.dashboards.api.view import ReadView
from apps.dashboards.pages.files import as_cell

Row = type[serializers.Serializer[dict[str, Any]]]
Nested = serializers.BaseSerializer
FORMAT = OpenApiParameter(
    "format", OpenApiTypes.STR, enum=["json", "csv", "ndjson"], description="Instead of `Accept`; `json` by default."
)


class Csv(JSONRenderer):
    """Rows are streamed; what is rendered here is the problem instead of them."""

    media_type = "text/csv"
    format = "csv"


class Ndjson(JSONRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"


class TableView(ReadView):
    renderer_classes = (JSONRenderer, Csv, Ndjson)

    @property
    def wants_table(self) -> bool:
        return self.request.accepted_renderer.format != JSONRenderer.format

    def table(self, row: Row, rows: Iterable[dict[str, Any]], *, following: str | None = None) -> StreamingHttpResponse:
        """`rows` as the serializer takes them; `following` is where the list goes on."""
        says = row()  # once: its fields are copied with each
        said = (dict(says.to_representation(one)) for one in rows)
        if self.request.accepted_renderer.format == Csv.format:
            answer = StreamingHttpResponse(as_csv(row, said), content_type="text/csv; charset=utf-8; header=present")
        else:
            answer = StreamingHttpResponse(as_ndjson(said), content_type=Ndjson.media_type)
        if following:
            answer["Link"] = f'<{following}>; rel="next"'
        return answer


def described(answer: Row, example: OpenApiExample) -> OpenApiResponse:
    """An answer in JSON with its example."""
    return OpenApiResponse(answer, examples=[example])


def tables(row: Row, one: Mapping[str, Any]) -> dict[tuple[int, str], OpenApiResponse]:
    """How the description tells of both formats; `one` is a row as it is said."""
    lines = "".join(as_csv(row, [one]))
    return {
        (200, Csv.media_type): OpenApiResponse(
            OpenApiTypes.STR, examples=[OpenApiExample("A header and a row", value=lines)]
        ),
        (200, Ndjson.media_type): OpenApiResponse(row, examples=[OpenApiExample("One line", value=one)]),
    }


def as_ndjson(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


class _Line:
    """What csv.writer takes for a file: it holds one line."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def as_csv(row: Row, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A column for each field, those of an object beside each other as `object_field`; lists are JSON in a cell."""
    columns, line = columns_of(row), _Line()
    writer = csv.writer(line)
    writer.writerow(["_".join(path) for path in columns])
    yield line.text
    for one in rows:
        writer.writerow([cell(_at(one, path)) for path in columns])
        yield line.text


def columns_of(row: Row, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, field in row().get_fields().items():
        if isinstance(field, serializers.Serializer):
            found += columns_of(type(field), (*before, name))
        else:
            found.append((*before, name))
    return found


def cell(value: Any) -> str:
    """Empty for what is not known; what a sender named cannot become a formula, and numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal | date | datetime):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return as_cell(json.dumps(value, cls=JSONEncoder, ensure_ascii=False))
    return as_cell(value)


def _at(row: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = row
    for name in path:
        found = None if found is None else found[name]
    return found
