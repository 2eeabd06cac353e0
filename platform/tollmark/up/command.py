"""`manage.py up`: what was asked for, and whether it can be done here."""

import argparse
import socket
from collections.abc import Sequence
from pathlib import Path

from tollmark.embedded import adopt
from tollmark.embedded.children import ServiceError
from tollmark.paths import DATA
from tollmark.up.launch import Platform
from tollmark.up.supervisor import GaveUp, Supervisor


def up(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    supervisor = Supervisor()
    supervisor.obey_signals()
    try:
        refuse_taken_port(options.port)
        with adopt.hold(options.data):
            demo = not options.no_demo and not options.smoke
            Platform(supervisor, data=options.data, port=options.port, demo=demo).run(smoke=options.smoke)
        return 0
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
