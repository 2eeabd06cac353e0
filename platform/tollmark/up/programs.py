"""The processes of the platform: command lines and what each needs of the environment."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tollmark.__main__ import role_of
from tollmark.logins import Role
from tollmark.paths import ROOT
from tollmark.up.supervisor import Program

WORKER_GRACE_S = 35
"""A task may end in peace; what does not is sent again, since it is acknowledged late."""


def web(environment: Mapping[str, str], *, port: int) -> Program:
    settings = ROOT / "deploy" / "gunicorn.conf.py"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(settings),
        "--bind",
        f"127.0.0.1:{port}",
        "tollmark.wsgi",
    ]
    return Program("web", command, _as("web", environment), grace_s=35)


def worker(environment: Mapping[str, str], *, processes: int = 2) -> Program:
    """Killed when orphaned: a gentle end would wait for a broker that is gone."""
    options = ["--concurrency", str(processes), "--hostname", "worker@tollmark", "--without-gossip", "--without-mingle"]
    command = [*_CELERY, "worker", *options]
    # The pool is what runs side by side: threads of each process beside it would only wait for the same cores.
    variables = {"POLARS_MAX_THREADS": "1"} | _as("worker", environment)
    return Program("worker", command, variables, grace_s=WORKER_GRACE_S, when_orphaned=signal.SIGKILL)


def beat(environment: Mapping[str, str], *, data: Path) -> Program:
    command = [*_CELERY, "beat", "--schedule", str(data / "beat"), "--pidfile="]
    return Program("beat", command, _as("worker", environment))


def prepare(environment: Mapping[str, str]) -> Program:
    return Program("prepare", [sys.executable, "-m", "tollmark.up.prepare"], _as("owner", environment))


def command(name: str, *arguments: str, environment: Mapping[str, str]) -> Program:
    """One of `manage.py`'s commands."""
    return Program(name, [sys.executable, "-m", "tollmark", name, *arguments], _as(role_of(name), environment))


# It may run as root here: only JSON is accepted, so that a message cannot carry code.
_CELERY = [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--app", "tollmark", "--quiet"]


def _as(role: Role, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "TOLLMARK_ROLE": role, "PYTHONUNBUFFERED": "1"}
