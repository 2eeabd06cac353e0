"""What a page or an API said to somebody is kept by no cache, shared or the browser's own, after they signed out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Unstored:
    """Stands inside the middleware that serves static files, whose answers may be kept; others say so themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
