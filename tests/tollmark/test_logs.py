"""Logs say what happened, and nothing of what a request carried."""

import json
import logging
from collections.abc import Callable, Iterator

import django.db
import psycopg
import pytest
import redis
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from tollmark import logs
from tollmark.faults import describe

SECRET = "the-prompt-of-a-tenant"


@transaction.non_atomic_requests
def fails(request: HttpRequest, token: str) -> HttpResponse:
    raise LookupError("there is no such thing")


@transaction.non_atomic_requests
def refuses(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


@transaction.non_atomic_requests
def is_away(request: HttpRequest) -> HttpResponse:
    raise django.db.OperationalError(SECRET)


@transaction.non_atomic_requests
def has_no_broker(request: HttpRequest) -> HttpResponse:
    raise redis.ConnectionError(SECRET)


@transaction.non_atomic_requests
def is_full(request: HttpRequest) -> HttpResponse:
    raise redis.exceptions.OutOfMemoryError(SECRET)


class Forgetful:
    """A middleware that cannot write down what it should."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        raise django.db.OperationalError(SECRET)


handler500 = "tollmark.outages.failed"
urlpatterns = [
    path("fails/<str:token>", fails),
    path("away", is_away),
    path("broker", has_no_broker),
    path("refuses", refuses),
    path("full", is_full),
]


@pytest.fixture
def asking(settings: Settings) -> Client:
    """A client that gets Django's answer to an exception instead of the exception."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    yield
    logs.configure("WARNING")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line_with_its_route_and_without_its_address(
    asking: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    answer = asking.get(f"/fails/{SECRET}?q={SECRET}", headers={"X-Request-ID": "given-by-client"})
    assert answer.status_code == 500
    fault, line = _lines(capsys)
    assert (line["method"], line["route"], line["status"]) == ("GET", "fails/<str:token>", 500)
    assert line["http_request"] == fault["http_request"] == "given-by-client"
    assert "LookupError: there is no such thing" in str(fault["exception"])
    assert SECRET not in json.dumps([fault, line])


@pytest.mark.parametrize("address", ["/away", "/broker", "/full"])
def test_a_server_of_ours_that_is_away_is_answered_with_try_again(asking: Client, address: str) -> None:
    answer = asking.get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert SECRET not in answer.content.decode()


def test_that_a_middleware_met_it_makes_no_difference(asking: Client, settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Forgetful"]
    answer = asking.get("/away")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert asking.get("/fails/x").status_code == 503


def test_what_a_database_says_is_left_out_since_it_quotes_rows() -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation(f"Key (id)=({SECRET}) already exists.")
        except psycopg.Error as cause:
            raise django.db.IntegrityError(str(cause)) from cause
    except django.db.Error as error:
        said = describe(error)
    assert SECRET not in said
    assert "psycopg.errors.UniqueViolation (SQLSTATE 23505)" in said
    assert said.endswith("django.db.utils.IntegrityError")


@pytest.mark.parametrize(("address", "host", "status"), [("/refuses", "localhost", 403), ("/away", SECRET, 400)])
def test_a_refusal_is_one_line_and_no_traceback(
    asking: Client, capsys: pytest.CaptureFixture[str], address: str, host: str, status: int
) -> None:
    logs.configure("INFO")
    assert asking.get(address, headers={"Host": host}).status_code == status
    (line,) = _lines(capsys)
    assert (line["status"], SECRET in json.dumps(line)) == (status, False)


def test_a_post_of_another_site_is_one_line_without_its_address(
    asking: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    asking.handler.enforce_csrf_checks = True
    assert asking.post(f"/fails/{SECRET}").status_code == 403
    (line,) = _lines(capsys)
    assert (line["status"], SECRET in json.dumps(line)) == (403, False)


def test_logs_of_libraries_are_lines_of_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING")
    logging.getLogger("some.library").warning("%s happened", "something")
    (line,) = _lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("something happened", "some.library", "warning")
