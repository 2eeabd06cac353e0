"""Pages read from a streaming replica, as long as it is close behind; else, and when in doubt, from the primary.

Who somebody is, is always asked of the primary. For the time of a view, `default` then is the connection to the replica,
so that every query of the page goes there, and none needs to know of it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, PermissionDenied
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.http import Http404, HttpRequest, HttpResponse

ALIAS = "replica"
WROTE = "wrote"
"""Cookie of somebody who has just changed something, and is to see it."""
ASKED_EVERY_S = 1.0
AWAY_S = 5.0
"""A replica that failed is left alone for so long, since one that does not answer makes every page wait."""
SAFE = ("GET", "HEAD")
P = ParamSpec("P")
log = structlog.get_logger(__name__)


class _Asked(NamedTuple):
    until: float
    fit: bool


_asked = _Asked(0.0, fit=False)


def reads(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose GETs only read, and may be answered from the replica: they are repeated on the primary when it fails."""

    @wraps(view)
    def read(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in SAFE or WROTE in request.COOKIES or not _fit():
            return view(request, *args, **kwargs)
        bool(request.user.is_authenticated)  # read here, where sessions are written
        try:
            with _in_place_of_the_primary():
                return view(request, *args, **kwargs)
        except (Http404, PermissionDenied):
            pass  # what was made, or allowed, a moment ago is not there yet
        except DatabaseError as error:
            _leave_alone(error)
        return view(request, *args, **kwargs)

    return read


class RememberWrites:
    """Whoever has changed something reads from the primary until the replica has it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if ALIAS not in connections.settings:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 400:
            seconds = settings.REPLICA_LAG_S + ASKED_EVERY_S
            response.set_cookie(
                WROTE, "1", max_age=int(seconds) + 1, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response


def lag_s() -> float | None:
    """Seconds that the replica is behind, 0.0 when it has all there is; None when it cannot be said.

    By position: one that was cut off would otherwise look as if nothing had happened since.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() END::text")
        position = cursor.fetchone()[0]
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= %s::pg_lsn END,"
            " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float",
            [position],
        )
        has_it, seconds = cursor.fetchone()
    return 0.0 if has_it else seconds if has_it is False else None


def _fit() -> bool:
    global _asked  # noqa: PLW0603  # what one process knows, for a moment
    if ALIAS not in connections.settings:
        return False
    if _asked.until <= time.monotonic():
        try:
            lag = lag_s()
        except DatabaseError as error:
            _leave_alone(error)
            return False
        fit = lag is not None and lag <= settings.REPLICA_LAG_S
        if _asked.fit and not fit:
            log.warning("pages are read from the primary", replica_lag_s=lag)
        _asked = _Asked(time.monotonic() + ASKED_EVERY_S, fit)
    return _asked.fit


def _leave_alone(error: DatabaseError) -> None:
    global _asked  # noqa: PLW0603
    log.warning("pages are read from the primary", error=type(error).__qualname__)
    _asked = _Asked(time.monotonic() + AWAY_S, fit=False)


@contextmanager
def _in_place_of_the_primary() -> Iterator[None]:
    handler: Any = connections
    primary, copy = connections[DEFAULT_DB_ALIAS], connections[ALIAS]
    handler[DEFAULT_DB_ALIAS] = copy
    try:
        with transaction.atomic():
            yield
    finally:
        handler[DEFAULT_DB_ALIAS] = primary
