"""Fixtures for all tests. A test says what it needs, and only that is started:

`services`        a throw-away Postgres and Valkey of this run (session)
`database`        `services`, with roles made and migrations applied (session). Queries run as the **web** role, as in the
                  running platform: without a scope of apps.organizations.access they see no tenant's rows.
                      pytestmark = pytest.mark.usefixtures("database")
`as_worker`, `as_web`, `as_owner`, `as_benchmark`
                  `database`, and the `default` connection has that role's rights during the test. For a part of a test:
                      from tests.connections import acting_as
                      with acting_as("worker"): ...
`live_platform`   a real gunicorn and a real Celery worker on that database; `live_platform.url` (session).
                  `live_platform_with_beat` has beat as well.
`smtp_server`     a real SMTP server; Django's mail goes to it during the test, `smtp_server.messages` holds what came
`browser`         Chromium through Playwright (session); `page` a fresh page of it. Mark such tests `browser`.

Tests neither roll back nor truncate: they commit, as the platform does, so that constraints, policies, COPY and other
processes are met as they are. Each test therefore makes organizations of its own, with names nobody else uses
(`tests.names.unique("acme")`): that tenants do not see each other is the product. Do not mark tests `django_db`.

Markers: browser, kills (processes are killed), clients (client libraries in environments of their own), public_data
(the public data sets, in ../shared). Tests with one of them run with `manage.py test --all`. In CI, where the variable
CI is set, a skipped test is a failure.

    python3 manage.py test tests/ingest -q -k conflict      # pytest's arguments
"""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

import tollmark.celery  # noqa: F401  # tasks sent by tests go to the broker of this run
from tests import environment
from tests.connections import acting_as
from tollmark.embedded import services as embedded
from tollmark.embedded.postgres import Postgres
from tollmark.embedded.valkey import Valkey
from tollmark.logins import Role


@pytest.fixture(scope="session")
def services() -> Iterator[None]:
    """Postgres and Valkey on the ports that the settings already name."""
    postgres = Postgres(environment.HOME, durable=False, port=environment.port_of(environment.POSTGRES_PORT))
    valkey = Valkey(environment.HOME, durable=False, port=environment.port_of(environment.VALKEY_PORT))
    with (environment.HOME / "servers.log").open("ab") as log:
        for service in (postgres, valkey):
            service.start(log.fileno())
        try:
            for service in (postgres, valkey):
                service.wait()
            embedded.make_roles(os.environ | {"DATABASE_ADMIN_URL": postgres.url()})
            yield
        finally:
            _kill(postgres.process, signal.SIGQUIT)
            _kill(valkey.process, signal.SIGKILL)
            postgres.remove()


def _kill(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is not None:
        process.send_signal(how)
        process.wait(20)


@pytest.fixture(scope="session")
def database(services: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from django.core.management import call_command

    with django_db_blocker.unblock():
        with acting_as("owner"):
            call_command("migrate", verbosity=0)
        yield
        _close_connections()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture
def as_worker(database: None) -> Iterator[None]:
    yield from _acting("worker")


@pytest.fixture
def as_web(database: None) -> Iterator[None]:
    yield from _acting("web")


@pytest.fixture
def as_owner(database: None) -> Iterator[None]:
    yield from _acting("owner")


@pytest.fixture
def as_benchmark(database: None) -> Iterator[None]:
    yield from _acting("benchmark")


def _acting(role: Role) -> Iterator[None]:
    with acting_as(role):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture `database` instead of the marker django_db")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI nothing is skipped: what cannot run there has not been shown to work."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report
