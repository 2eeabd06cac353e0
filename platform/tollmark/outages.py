"""A server of ours that is away, or cannot, is not a fault of the request: try again, instead of "internal error"."""

import sys
from collections.abc import Callable

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error
from kombu.exceptions import OperationalError as BrokerError

AWAY = (OperationalError, InterfaceError, redis.RedisError, BrokerError)
"""Also Redis' refusals: it is full, cannot write to its disk, or still loads."""
RETRY_AFTER_S = 5


class Outage:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return try_again() if isinstance(exception, AWAY) else None


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500, which is called where the exception is handled; those of middleware come here alone."""
    return try_again() if isinstance(sys.exception(), AWAY) else server_error(request)


def try_again() -> HttpResponse:
    answer = HttpResponse("A part of the platform is away for a moment. Try again.\n", "text/plain", status=503)
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
