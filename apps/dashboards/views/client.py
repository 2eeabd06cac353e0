"""The Python client of the API, for everybody, like the API's description."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from apps.dashboards.client.generate import client


def _tag(_request: HttpRequest) -> str:
    return f'"{hashlib.blake2b(client().encode(), digest_size=12).hexdigest()}"'


@require_safe
@condition(etag_func=_tag)
def python_client(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """`GET /api/v1/client.py`"""
    answer = HttpResponse(client(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tollmark_client.py"'
    return answer
