"""One run of the whole platform, from the first server started to the last one stopped."""

import os
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from tollmark.embedded import adopt
from tollmark.embedded.children import ServiceError
from tollmark.embedded.services import Services, make_roles
from tollmark.up import demo, first_trace, programs
from tollmark.up.prepared import forget, is_prepared, mark_prepared
from tollmark.up.supervisor import Interrupted, Supervisor

READY_WITHIN_S = 90


class Platform:
    def __init__(self, supervisor: Supervisor, *, data: Path, port: int, demo: bool) -> None:
        self.supervisor = supervisor
        self.data = data
        self.port = port
        self.with_demo = demo
        self.url = f"http://127.0.0.1:{port}"
        self.began = time.monotonic()
        self.environment: dict[str, str] = {}

    def run(self, *, smoke: bool) -> None:
        """Until somebody asks for the end; with `smoke` until one trace is in the rollups."""
        try:
            fresh = self._start()
            if smoke:
                first_trace.smoke(self.supervisor, self._place(), self.url)
            else:
                self._show(whole_window=fresh)
                self.supervisor.watch()
        except Interrupted:
            pass
        finally:
            self.supervisor.say("stopping")
            self.supervisor.stop()
            self.supervisor.say("stopped")

    def _start(self) -> bool:
        """Servers, database, programs; whether anything had to be brought up to the code."""
        services = Services(self.data, os.environ)
        if services.has_new_cluster or not services.has_postgres:
            forget(self.data)  # what is prepared is not known of another database
        self.supervisor.start_services(services.started)
        self.environment = {**os.environ, **services.variables}
        self.environment.setdefault("SITE_URL", self.url)
        self.environment.setdefault("TOLLMARK_LOG_LEVEL", "WARNING")  # a line a request would bury everything else
        make_roles(self.environment)
        names = " and ".join(service.name for service in services.started) or "the servers of the environment"
        self._progress(f"{names} ready")
        adopt.publish(self.data, {**services.variables, "SITE_URL": self.environment["SITE_URL"]})
        fresh = self._prepare()
        self._start_programs()
        return fresh

    def _prepare(self) -> bool:
        today = datetime.now(UTC).date()
        if is_prepared(self.data, today=today):
            return False
        if self.supervisor.run(programs.prepare(self.environment)):
            raise ServiceError("The database or the static files could not be brought up to the code; see above.")
        mark_prepared(self.data, today=today)
        self._progress("database, static files and prices up to date")
        return True

    def _start_programs(self) -> None:
        """The web server alone at first: somebody waits for it, and starting takes a processor each."""
        self.supervisor.keep(programs.web(self.environment, port=self.port))
        if not self.supervisor.wait_until(self._is_ready, seconds=READY_WITHIN_S):
            raise ServiceError(f"The web server was not ready within {READY_WITHIN_S} s; the lines above say why.")
        self._progress(f"{self.url} answers")
        self.supervisor.keep(programs.worker(self.environment))
        self.supervisor.keep(programs.beat(self.environment, data=self.data))

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310  # our own address
                return bool(answer.status == 200)
        except OSError:
            return False

    def _show(self, *, whole_window: bool) -> None:
        """The first time with the demo already in it; later it is topped up afterwards, and nobody waits for that."""
        top_up = self.with_demo and demo.was_seeded(self.data)
        if self.with_demo and not top_up:
            self._seed_demo()
        self._welcome()
        if top_up:
            self._seed_demo()
        if whole_window:
            self.supervisor.run(programs.command("partitions", environment=self.environment))

    def _seed_demo(self) -> None:
        demo.seed(self.supervisor, self.environment, self.data, self.url)

    def _welcome(self) -> None:
        lines = [
            "",
            f"Tollmark is at {self.url} after {self._seconds()} s.  Ctrl-C stops everything; {self.data} keeps the data.",
            "",
            *demo.sign_in(self.data),
            *first_trace.invitation(self._place(), self.url),
            "",
        ]
        for line in lines:
            self.supervisor.say(line)

    def _place(self) -> first_trace.Place:
        place = first_trace.load(self.data)
        if place is None:
            raise ServiceError(
                f"{self.data} holds no key for a first trace, although it is prepared; remove the folder."
            )
        return place

    def _progress(self, text: str) -> None:
        self.supervisor.say(f"{text} ({self._seconds()} s)")

    def _seconds(self) -> str:
        return f"{time.monotonic() - self.began:.1f}"
