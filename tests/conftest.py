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

Day partitions of the last 40 days and the next 8 are there; for others: `apps.traces.partitions.maintain` as owner.

Tests neither roll back nor truncate: they commit, as the platform does, so that constraints, policies, COPY and other
processes are met as they are. Each test therefore makes organizations of its own, with names nobody else uses
(`tests.names.unique("acme")`): that tenants do not see each other is the product. Do not mark tests `django_db`.

Markers: browser, kills (processes are killed), clients (client libraries in environments of their own), servers
(Debian's nginx, pgbouncer, RabbitMQ, systemd, Compose), schema (what the API's description allows, and more), public_data
(the public data sets, in ../shared), load (much is moved, or a bench runs in small). Tests with one of them run with
`manage.py test --all`. In CI, where the variable CI is set, a skipped test is a failure.

    python3 manage.py test tests/ingest -q -k conflict      # pytest's arguments
"""

import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

import tollmark.celery  # noqa: F401  # tasks sent by tests go to the broker of this run
from apps.pulse import counters
from tests import environment, live, order, pooler, smtp
from tests.connections import acting_as
from tests.live import LivePlatform
from tests.smtp import SmtpServer
from tollmark.embedded import services as embedded
from tollmark.embedded.postgres import Postgres
from tollmark.embedded.valkey import Valkey
from tollmark.logins import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Each person that a test makes has a password: at the strength of the platform it would take 100 MB and a fifth of a second.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data sets beside the project."""
    folder = Path(os.environ.get("TOLLMARK_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}")
    return folder


@pytest.fixture(scope="session")
def services() -> Iterator[Postgres]:
    """Postgres and Valkey on the ports that the settings already name; `services.url()` is the superuser's."""
    postgres = Postgres(environment.HOME, durable=False, port=environment.port_of(environment.POSTGRES_PORT))
    valkey = Valkey(environment.HOME, durable=False, port=environment.port_of(environment.VALKEY_PORT))
    with (environment.HOME / "servers.log").open("ab") as log:
        for service in (postgres, valkey):
            service.start(log.fileno())
        try:
            for service in (postgres, valkey):
                service.wait()
            embedded.make_roles(os.environ | {"DATABASE_ADMIN_URL": postgres.url()})
            with pooler.before(postgres) if environment.THROUGH_POOLER else nullcontext():
                yield postgres
            counters.hand_on()  # nothing is left that would look for Redis once it is gone
        finally:
            _kill(postgres.process, signal.SIGQUIT)
            _kill(valkey.process, signal.SIGKILL)
            postgres.remove()


def _kill(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is not None:
        process.send_signal(how)
        process.wait(20)


@pytest.fixture(scope="session")
def database(services: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from django.core.management import call_command

    with django_db_blocker.unblock():
        with acting_as("owner"):
            call_command("migrate", verbosity=0)
            call_command("partitions", days=40, stdout=StringIO())
        READY.append(services.url())
        yield
        READY.clear()
        _close_connections()


READY: list[str] = []
"""The superuser's address of the database, while there is one."""
WAITING = ("traces_stalehour", "traces_staletrace", "deployments_stalesince", "rollups_rebuild")


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_to_do() -> Iterator[None]:
    """What a file leaves to be computed is forgotten with it: workers, sweeps and freezes of later ones would look after it."""
    yield
    for url in READY:
        with psycopg.connect(url, autocommit=True) as connection:
            for table in WAITING:
                connection.execute(f"DELETE FROM {table}")


@pytest.fixture(autouse=True)
def _no_dead_connections() -> None:
    """What a test broke, or its server ended, is opened anew for the next, as Django does for each request."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.in_atomic_block and not connection.is_usable():
            connection.close()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="session")
def live_platform(database: None) -> Iterator[LivePlatform]:
    with live.platform() as running:
        yield running


@pytest.fixture
def live_platform_with_beat(database: None) -> Iterator[LivePlatform]:
    with live.platform(with_beat=True) as running:
        yield running


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    with smtp.serving() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from tests import chromium

    executable = chromium.find()
    if executable is None:
        pytest.skip("no Chromium here; on Debian: apt-get install -y chromium")
    # Playwright leaves an event loop in this thread, where Django then refuses its connections; nothing here is async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium.launched(executable) as browser:
        yield browser


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context(locale="en-US", timezone_id="UTC")
    yield context.new_page()
    context.close()


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


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bodies are named by their place in the list: their bytes may tell the time, and every process must say the same."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture `database` instead of the marker django_db")
    if "PYTEST_XDIST_WORKER" in os.environ:
        order.longest_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is skipped: what cannot run there has not been shown to work."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report
