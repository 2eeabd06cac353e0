"""The start is refused, and every connection, when a role could read past the walls between tenants."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

GUARDED = ("default", "ingest")
CAN_BYPASS = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def guard() -> None:
    """Look at each connection once, when it is opened; and at once at those that can be opened now.

    A database that does not answer does not keep the process from starting: it is alive, not ready, and whatever it
    connects to later is looked at then. Raises ImproperlyConfigured.
    """
    connection_created.connect(_refuse_if_unwalled)
    for alias in GUARDED:
        try:
            connections[alias].ensure_connection()
        except OperationalError:
            continue
        finally:
            connections[alias].close()


def _refuse_if_unwalled(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CAN_BYPASS)
        row = cursor.fetchone()
    if row is None or row[0]:
        connection.close()
        user = connection.settings_dict["USER"]
        raise ImproperlyConfigured(
            f"The database role {user} is a superuser or has BYPASSRLS, so that tenants would see each other. "
            "Make the roles with `manage.py roles`, or give this process the URL of another role."
        )
