"""Ask for pages as the web server does, in a process with its rights; reads and writes JSON.

    {"email": ..., "token": ..., "paths": [...], "rounds": 20}  ->  {path: {"queries", "bytes", "seconds": [...]}, ...}

`select 1` is asked beside them, on the same connection.
"""

import gzip
import json
import sys
from collections.abc import Callable
from math import nan
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

SELECT_1 = "select 1"
WARM_UP = 2


def main() -> None:
    import django

    django.setup()
    json.dump(visited(json.load(sys.stdin)), sys.stdout)


def visited(asked: dict[str, Any]) -> dict[str, Any]:
    """Raises RuntimeError for an answer other than 200."""
    from django.test import Client
    from django.utils.module_loading import import_string

    from apps.accounts.models import User
    from apps.dashboards.api.view import TokenThrottle

    TokenThrottle.rate = "1000000/min"  # it counts as ever, and never too many
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=asked["email"]))
    client.get(asked["paths"][0])
    import_string("tollmark.memory.freeze")()  # as gunicorn does; no app may import the platform
    found = {SELECT_1: {"queries": 1, "bytes": 0, **_timed(_select_1, asked["rounds"])}}
    for path in asked["paths"]:
        headers = {"Authorization": f"Bearer {asked['token']}"} if path.startswith("/api/") else {}

        def ask(path: str = path, headers: dict[str, str] = headers) -> bytes:
            response = client.get(path, headers=headers)
            if response.status_code != 200:
                raise RuntimeError(f"{path} answered {response.status_code}")
            return response.content

        timed = _timed(ask, asked["rounds"])
        queries, body = _counted(ask)  # of a process that knows the price book already
        found[path] = {"queries": queries, "bytes": len(gzip.compress(body, 6)), **timed}
    return found


def _select_1() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _counted(ask: Callable[[], bytes]) -> tuple[int, bytes]:
    """Statements, those that name the person and the organization included, and without BEGIN and COMMIT."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        body = ask()
    return sum(one["sql"] not in ("BEGIN", "COMMIT") for one in captured), body


def _timed(ask: Callable[[], object], rounds: int) -> dict[str, list[float]]:
    """Seconds of each: wall, CPU of this process, and of its session in Postgres; what others do is in the first alone."""
    wall, cpu, database = [], [], []
    session = _session()
    for number in range(rounds + WARM_UP):
        began, busy, asked = perf_counter(), process_time(), _busy(session)
        ask()
        if number >= WARM_UP:
            wall.append(perf_counter() - began)
            cpu.append(process_time() - busy)
            database.append(_busy(session) - asked)
    return {"seconds": wall, "cpu": cpu, "database": database}


def _session() -> int:
    """The process that serves our statements."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _busy(process: int) -> float:
    """Seconds of CPU so far, to the nanosecond; not a number where it does not run on this machine."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else nan


if __name__ == "__main__":
    main()
