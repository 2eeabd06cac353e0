"""A server of ours that is away is not a fault of the request: try again, instead of "internal error"."""

from collections.abc import Callable

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

AWAY = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)
RETRY_AFTER_S = 5


class Outage:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AWAY):
            return None
        answer = HttpResponse("A part of the platform is away for a moment. Try again.\n", "text/plain", status=503)
        answer["Retry-After"] = str(RETRY_AFTER_S)
        return answer
