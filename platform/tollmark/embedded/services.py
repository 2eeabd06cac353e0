"""The servers a data folder needs: those the environment names are used, the others are started here."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from apps.organizations import roles
from tollmark.embedded.children import secret
from tollmark.embedded.postgres import Postgres
from tollmark.embedded.valkey import Valkey
from tollmark.logins import url_of, urls_of_roles

Service = Postgres | Valkey


class Services:
    """What has to be started for a data folder, and the variables that lead to all of it."""

    def __init__(self, home: Path, environment: Mapping[str, str], *, durable: bool = True) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.variables = {"SECRET_KEY": environment.get("SECRET_KEY") or secret(home / "secret_key")}
        self.variables["TOLLMARK_DATA"] = str(home)
        self.started: list[Service] = []
        if not environment.get("DATABASE_URL"):
            self._add_postgres(home, environment, durable)
        if not environment.get("REDIS_URL") and not (environment.get("BROKER_URL") and environment.get("CACHE_URL")):
            valkey = Valkey(home, durable=durable)
            self.started.append(valkey)
            self.variables["REDIS_URL"] = valkey.url()

    @property
    def has_postgres(self) -> bool:
        return any(isinstance(service, Postgres) for service in self.started)

    @property
    def has_new_cluster(self) -> bool:
        """True until Postgres has been started for the first time."""
        return any(isinstance(service, Postgres) and not service.has_cluster for service in self.started)

    def _add_postgres(self, home: Path, environment: Mapping[str, str], durable: bool) -> None:
        postgres = Postgres(home, durable=durable)
        self.started.append(postgres)
        self.variables["DATABASE_ADMIN_URL"] = postgres.url()
        self.variables["TOLLMARK_DATABASE_DISK"] = environment.get("TOLLMARK_DATABASE_DISK") or str(postgres.cluster)
        self.variables["DATABASE_URL"] = url_of("owner", url=postgres.url(), secret_key=self.variables["SECRET_KEY"])


def make_roles(variables: Mapping[str, str]) -> None:
    """Owner, web, ingest, worker and benchmark, with the passwords of their URLs; changes nothing the second time.

    Without an administrator's URL the owner has to be one who may make roles.
    """
    owner_url = variables["DATABASE_URL"]
    admin_url = variables.get("DATABASE_ADMIN_URL") or owner_url
    roles.ensure(admin_url=admin_url, owner_url=owner_url, role_urls=urls_of_roles(variables))


@contextmanager
def running(services: Services, log: Path) -> Iterator[Mapping[str, str]]:
    """The services for the time of one command, without supervision; their output goes to `log`."""
    with log.open("ab") as output:
        try:
            for service in services.started:
                service.start(output.fileno())
            for service in services.started:
                service.wait()
            if services.has_postgres:
                make_roles(services.variables)
            yield services.variables
        finally:
            for service in reversed(services.started):
                _stop(service)


def _stop(service: Service) -> None:
    process = service.process
    if process is None or process.poll() is not None:
        return
    throw_away = not service.durable
    process.send_signal(signal.SIGQUIT if throw_away else service.stop_signal)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
