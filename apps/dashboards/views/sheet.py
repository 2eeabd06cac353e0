"""Rows as a CSV file to keep."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse


def sheet(rows: Iterable[Sequence[object]], *, name: str) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response).writerows(rows)
    return response
