"""`manage.py up`: start everything, show where it is, watch it, stop it."""

import argparse
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tollmark.embedded import adopt
from tollmark.embedded.children import ServiceError
from tollmark.embedded.services import Services, make_roles
from tollmark.paths import DATA, ROOT
from tollmark.up import first_trace, programs, static_files
from tollmark.up.supervisor import GaveUp, Interrupted, Supervisor

READY_WITHIN_S = 90


def up(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    supervisor = Supervisor()
    supervisor.obey_signals()
    try:
        refuse_taken_port(options.port)
        with adopt.hold(options.data):
            return Platform(supervisor, options).run()
    except adopt.Busy as error:
        supervisor.say(f"{error} Use that one, or name another folder with --data and another port with --port.")
    except (ServiceError, GaveUp) as error:
        supervisor.say(str(error))
    return 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Run the whole platform on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="of the web server on 127.0.0.1 (8000)")
    parser.add_argument("--data", type=Path, default=DATA, help="where databases, files and secrets are kept (.data)")
    parser.add_argument("--no-demo", action="store_true", help="without the demo's organizations and traces")
    parser.add_argument(
        "--smoke", action="store_true", help="send one trace through to a rollup, print the times, stop"
    )
    options = parser.parse_args(arguments)
    options.data = options.data.resolve()
    return options


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServiceError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error


class Platform:
    """One run of `up`, from the first server to the last one stopped."""

    def __init__(self, supervisor: Supervisor, options: argparse.Namespace) -> None:
        self.supervisor = supervisor
        self.data: Path = options.data
        self.port: int = options.port
        self.smoke: bool = options.smoke
        self.demo = not options.no_demo and not options.smoke
        self.url = f"http://127.0.0.1:{self.port}"
        self.began = time.monotonic()
        self.environment: dict[str, str] = {}

    def run(self) -> int:
        try:
            self._start()
            if self.smoke:
                first_trace.smoke(self.supervisor, self._first(), self.url)
                return 0
            self._show()
            self.supervisor.run(programs.command("partitions", environment=self.environment))
            self.supervisor.watch()
        except Interrupted:
            pass
        finally:
            self.supervisor.say("stopping")
            self.supervisor.stop()
            self.supervisor.say("stopped")
        return 0

    def _start(self) -> None:
        services = Services(self.data, os.environ)
        self.supervisor.start_services(services.started)
        self.environment = {**os.environ, **services.variables}
        self.environment.setdefault("SITE_URL", self.url)
        self.environment.setdefault("TOLLMARK_LOG_LEVEL", "WARNING")  # a line a request would bury everything else
        make_roles(self.environment)
        names = " and ".join(service.name for service in services.started) or "the servers of the environment"
        self._progress(f"{names} ready")
        adopt.publish(self.data, {**services.variables, "SITE_URL": self.environment["SITE_URL"]})
        self._start_programs()

    def _start_programs(self) -> None:
        """The web server's start takes as long as the migrations' check: side by side, unless files are missing."""
        early = static_files.are_fresh(self.data / "static")
        web = programs.web(self.environment, port=self.port)
        if early:
            self.supervisor.keep(web)
        if self.supervisor.run(programs.prepare(self.environment)):
            raise ServiceError("The database or the static files could not be brought up to the code; see above.")
        self._progress("database and static files up to date")
        if not early:
            self.supervisor.keep(web)
        self.supervisor.keep(programs.worker(self.environment))
        self.supervisor.keep(programs.beat(self.environment, data=self.data))
        if not self.supervisor.wait_until(self._is_ready, seconds=READY_WITHIN_S):
            raise ServiceError(f"The web server was not ready within {READY_WITHIN_S} s; the lines above say why.")
        self._progress(f"{self.url} answers")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310  # our own address
                return bool(answer.status == 200)
        except OSError:
            return False

    def _show(self) -> None:
        sign_in = self._seed_demo() if self.demo else None
        lines = [
            "",
            f"Tollmark is at {self.url} after {self._seconds()} s.  Ctrl-C stops everything; {self.data} keeps the data.",
        ]
        if sign_in:
            lines += ["", "Look around in the demo:", f"    {sign_in}"]
        lines += ["", *first_trace.invitation(self._first(), self.url), ""]
        for line in lines:
            self.supervisor.say(line)

    def _first(self) -> first_trace.Place:
        place = first_trace.load(self.data)
        if place is None:
            raise ServiceError("No place for a first trace was made.")
        return place

    def _seed_demo(self) -> str | None:
        if not (ROOT / "apps" / "demo" / "management" / "commands" / "demo.py").exists():
            return None
        if self.supervisor.run(programs.command("demo", "seed", "--url", self.url, environment=self.environment)):
            self.supervisor.say("The demo is not complete; the platform runs on without.")
        return None

    def _progress(self, text: str) -> None:
        self.supervisor.say(f"{text} ({self._seconds()} s)")

    def _seconds(self) -> str:
        return f"{time.monotonic() - self.began:.1f}"


if __name__ == "__main__":
    sys.exit(up(sys.argv[1:]))
