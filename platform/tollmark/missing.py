"""An address that is none: a page for people, and below /api/ a problem document (RFC 9457) for programs."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found

NOT_FOUND = HTTPStatus.NOT_FOUND


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        return page_not_found(request, exception)
    document = {
        "type": "about:blank",
        "title": NOT_FOUND.phrase,
        "status": NOT_FOUND.value,
        "detail": "There is nothing at this address; /api/v1/docs names those that there are.",
    }
    return JsonResponse(document, status=NOT_FOUND, content_type="application/problem+json")
