"""The rights under which a test talks to the database, and which database that is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from tollmark import settings
from tollmark.logins import Role

_port: int | None = None


@contextmanager
def acting_as(role: Role) -> Iterator[None]:
    """The `default` connection has the rights and timeouts of `role` meanwhile, from a connection of its own."""
    connection = connections["default"]
    connection.close()
    before: dict[str, Any] = connection.settings_dict
    wanted = settings.database(role, atomic_requests=before["ATOMIC_REQUESTS"])
    if _port is not None:
        wanted["PORT"] = _port
    connection.settings_dict = before | wanted
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


@contextmanager
def reaching(port: int) -> Iterator[None]:
    """`acting_as` leads to another server meanwhile, whose roles were made with this run's secret."""
    global _port  # noqa: PLW0603  # tests run one after the other in a process
    before, _port = _port, port
    try:
        yield
    finally:
        _port = before
