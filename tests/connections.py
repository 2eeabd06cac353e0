"""The rights under which a test talks to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from tollmark import settings
from tollmark.logins import Role


@contextmanager
def acting_as(role: Role) -> Iterator[None]:
    """The `default` connection has the rights and timeouts of `role` meanwhile, from a connection of its own."""
    connection = connections["default"]
    connection.close()
    before: dict[str, Any] = connection.settings_dict
    wanted = settings.database(role, atomic_requests=before["ATOMIC_REQUESTS"])
    connection.settings_dict = before | wanted
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
