"""Which command is meant, with which rights and which servers it runs."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tollmark.logins import Role
from tollmark.paths import DATA

OWNER_COMMANDS = frozenset(
    {"migrate", "makemigrations", "roles", "sqlmigrate", "showmigrations", "partitions", "dbshell"}
)
WITHOUT_SERVERS = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "help",
        "makemessages",
        "spectacular",
        "diffsettings",
        "findstatic",
        "upload",
        "client",
        "--help",
        "--version",
    }
)


def main(argv: list[str] | None = None) -> int:
    argv = list(argv or sys.argv)
    command = argv[1] if len(argv) > 1 else "help"
    if command == "up":
        from tollmark.up.command import up

        return up(argv[2:])
    if command == "test":
        from tollmark.checks import run_tests

        return run_tests(argv[2:])
    if command == "check-all":
        from tollmark.checks import check_all

        return check_all()
    return django(command, argv)


def role_of(command: str) -> Role:
    return "owner" if command in OWNER_COMMANDS else "worker"


def django(command: str, argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")
    os.environ.setdefault("TOLLMARK_ROLE", role_of(command))
    if command == "bench":
        os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as a worker in production has it
    with data_folder(argv) as data, servers(command, data) as variables:
        for name, value in variables.items():
            os.environ.setdefault(name, value)
        import tollmark.celery  # noqa: F401  # a command that sends a task needs our application to be the current one

        execute_from_command_line(argv)
    return 0


@contextmanager
def data_folder(argv: list[str]) -> Iterator[Path]:
    """The installation's; for a bench one that is gone afterwards, unless it is to measure the servers of a running `up`."""
    if argv[1:2] != ["bench"] or "--running" in argv:
        yield Path(os.environ.get("TOLLMARK_DATA", DATA))
        return
    with tempfile.TemporaryDirectory(prefix="tollmark-bench-") as folder:
        yield Path(folder)


@contextmanager
def servers(command: str, data: Path) -> Iterator[Mapping[str, str]]:
    """The variables that lead to the servers: the environment's own, those of a running `up`, or ones for this command."""
    from tollmark.embedded import adopt
    from tollmark.embedded.services import Services, running

    if os.environ.get("DATABASE_URL") and os.environ.get("SECRET_KEY"):
        yield {}
    elif command in WITHOUT_SERVERS or "--help" in sys.argv:
        yield adopt.NOWHERE
    else:
        with adopt.exclusively(data) as found:
            if found is not None:
                yield found
            else:
                with running(Services(data, os.environ), data / "servers.log") as variables:
                    yield variables


if __name__ == "__main__":
    sys.exit(main())
