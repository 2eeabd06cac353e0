"""Several hosts, and what happens to hosts: run by test_rehearsal.py inside namespaces of its own; tells it as JSON.

A web host, two worker hosts, RabbitMQ, and Postgres with a streaming replica that each commit waits for. Clients post all
the while. A worker host loses its power in the middle of a rebuild; one is cut off and comes back; the primary loses its
power and the replica is promoted.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.rehearsal import servers
from tests.rehearsal.client import Client
from tests.rehearsal.network import Host, build, wait
from tests.rehearsal.servers import Postgres
from tollmark.logins import url_of
from tollmark.paths import ROOT

ORGANIZATION = "rehearsal"
REBUILT_WITHIN_S = 400
"""The claim of a lost message (100 s), the rest after the rebuild before, which is twenty times what that took of the processor
and so minutes on a slow one, and a sweep."""
BLOCKED = (
    "SELECT client_addr::text FROM pg_stat_activity WHERE usename = 'tollmark_worker' AND wait_event_type = 'Lock'"
)
LAST_REBUILD = "SELECT extract(epoch FROM max(rebuilt_at))::float FROM rollups_rebuild"
STATE = "SELECT rebuilt_at, took_us, not_before, claimed_until, attempts, last_error, now() FROM rollups_rebuild"
WAITING = "SELECT (SELECT count(*) FROM traces_stalehour) + (SELECT count(*) FROM traces_staletrace)"


class Rehearsal:
    def __init__(self, home: Path) -> None:
        self.told: dict[str, object] = {}
        build()
        self.web, self.mq = Host("web", 11, home), Host("mq", 31, home)
        self.workers = [Host("worker1", 41, home), Host("worker2", 42, home)]
        self.primary = Postgres(Host("db1", 21, home), home)
        self.replica = Postgres(Host("db2", 22, home), home)
        self.home = home

    def set_up(self) -> None:
        self.primary.make()
        self.primary.start()
        self.primary.execute("CREATE DATABASE tollmark", database="postgres")
        broker = servers.start_rabbitmq(self.mq, self.home)
        self.variables = self._variables(broker, servers.start_valkey(self.mq, self.home))
        admin = {"DATABASE_ADMIN_URL": self.primary.url, "PYTHON": sys.executable}
        self.web.run(["sh", "deploy/prepare.sh"], self.variables | admin)
        self.replica.copy(self.primary)
        self.replica.start()
        self.primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.execute("SELECT pg_reload_conf()")
        wait("a replica that commits wait for", self._is_synchronous, seconds=30)
        words = [
            "--organization",
            ORGANIZATION,
            "--deployment",
            "chat",
            "--email",
            "a@example.com",
            "--password",
            "long enough",
        ]
        key = json.loads(self._manage("provision", *words))["ingest_key"]
        url = servers.start_ingest(self.web, self.variables)
        for host in self.workers:
            servers.start_worker(host, self.variables)
        self.clients = [Client("small", url, key, size=3), Client("large", url, key, size=40)]
        for client in self.clients:
            client.start()
        self._tell("first rebuild, s", self._until_rebuilt())

    def a_worker_host_dies_in_the_middle_of_a_rebuild(self) -> None:
        with psycopg.connect(self.primary.url) as connection:
            # Cells cannot be replaced meanwhile, so that a rebuild is met in its middle, holding what it has claimed.
            connection.execute("LOCK TABLE rollups_request_hour IN SHARE MODE")
            wait("a rebuild", lambda: self.primary.execute(BLOCKED), seconds=REBUILT_WITHIN_S)
            address = str(self.primary.one(BLOCKED)).removesuffix("/32")
            (died,) = [host for host in self.workers if host.address == address]
            died.lose_power()
        self._tell("rebuilt by the other host after, s", self._until_rebuilt())
        died.join()
        servers.start_worker(died, self.variables)

    def a_host_is_cut_off_and_comes_back(self) -> None:
        first, second = self.workers
        first.cut_off()
        time.sleep(30)
        self._tell("rebuilt while a host was cut off, s", self._until_rebuilt())
        first.join()
        second.cut_off()
        self._tell("rebuilt by the host that had come back, s", self._until_rebuilt())
        second.join()

    def the_replica_is_promoted(self) -> None:
        self.primary.host.lose_power()
        self.replica.execute("SELECT pg_promote()")
        self.primary = self.replica
        accepted = self._accepted()
        self._tell("first post stored after, s", wait("a post", lambda: self._accepted() > accepted, seconds=120))
        self._tell("rebuilt on the promoted replica after, s", self._until_rebuilt())

    def nothing_is_lost_and_nothing_twice(self) -> None:
        for client in self.clients:
            client.end()
        try:
            wait("the last rebuild", lambda: self.primary.one(WAITING) == 0, seconds=REBUILT_WITHIN_S)
        except TimeoutError:
            self._tell("rebuilds", [tuple(map(str, row)) for row in self.primary.execute(STATE)])
            raise
        sent, answered = sum(client.sent for client in self.clients), self._accepted()
        answered += sum(client.duplicate for client in self.clients)
        self._tell("batches sent again", sum(client.repeated for client in self.clients))
        self._tell("longest wait of a client, s", max(client.longest_wait_s for client in self.clients))
        self._tell("sent", sent)
        self._tell("answered for", answered)
        self._tell("refused or in conflict", sum(client.other for client in self.clients))
        self._tell("stored", self.primary.one("SELECT count(*) FROM traces_request"))
        self._tell(
            "different requests stored", self.primary.one("SELECT count(DISTINCT request_id) FROM traces_request")
        )
        self._tell("in day cells", self.primary.one("SELECT sum(requests)::bigint FROM rollups_request_day"))
        self._tell("verify", self._manage("verify").splitlines()[-1])

    def _accepted(self) -> int:
        return sum(client.accepted for client in self.clients)

    def _until_rebuilt(self) -> float:
        """Seconds until a rebuild ended that began after now."""
        now = time.time()
        return wait("a rebuild", lambda: self._last_rebuild() > now, seconds=REBUILT_WITHIN_S)

    def _last_rebuild(self) -> float:
        found = self.primary.one(LAST_REBUILD)
        return float(found) if isinstance(found, float) else 0.0

    def _is_synchronous(self) -> bool:
        return ("sync",) in self.primary.execute("SELECT sync_state FROM pg_stat_replication")

    def _manage(self, *words: str) -> str:
        return self.web.run([sys.executable, "-m", "tollmark", *words], self.variables)

    def _variables(self, broker: str, cache: str) -> dict[str, str]:
        key = "of the rehearsal, and of nothing else at all"
        hosts = f"{self.primary.host.address},{self.replica.host.address}"
        owner = url_of("owner", url=f"postgresql://{hosts}/tollmark?target_session_attrs=read-write", secret_key=key)
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": key,
            "DATABASE_URL": owner,
            "REDIS_URL": cache,
            "BROKER_URL": broker,
            "SITE_URL": f"http://{self.web.address}:8001",
            "TOLLMARK_DATA": str(self.home / "data"),
            "TOLLMARK_RAW_RETENTION_DAYS": "10",
            "TOLLMARK_LOG_LEVEL": "WARNING",
            "WEB_CONCURRENCY": "2",
        }

    def _tell(self, name: str, value: object) -> None:
        self.told[name] = round(value, 1) if isinstance(value, float) else value
        print(f"{name}: {self.told[name]}", file=sys.stderr, flush=True)


def main(home: Path) -> None:
    rehearsal = Rehearsal(home)
    acts: list[Callable[[], None]] = [
        rehearsal.set_up,
        rehearsal.a_worker_host_dies_in_the_middle_of_a_rebuild,
        rehearsal.a_host_is_cut_off_and_comes_back,
        rehearsal.the_replica_is_promoted,
        rehearsal.nothing_is_lost_and_nothing_twice,
    ]
    for act in acts:
        print(f"-- {act.__name__.replace('_', ' ')}", file=sys.stderr, flush=True)
        act()
    print(json.dumps(rehearsal.told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
