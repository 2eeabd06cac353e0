"""Brings database, static files and prices up to the code, and makes a place for a first trace; one process, by `up`."""

import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from tollmark.logins import derived
from tollmark.up import first_trace

FIRST_DAYS = 95
"""Of partitions, enough for the demo; the rest of the accept window is made once everything runs."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("partitions", days=FIRST_DAYS, stdout=StringIO())
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _become_worker()
    call_command("prices", "import", stdout=StringIO())
    _make_place(Path(settings.DATA_DIR))
    return 0


def _make_place(data: Path) -> None:
    if first_trace.load(data):
        return
    from apps.deployments.provision import provision

    password = derived(settings.SECRET_KEY, "first sign-in")[:16]
    made = provision(
        organization=first_trace.ORGANIZATION,
        deployment=first_trace.DEPLOYMENT,
        email=first_trace.EMAIL,
        password=password,
        contributes=False,
        now=timezone.now(),
    )
    first_trace.save(data, first_trace.Place(first_trace.EMAIL, password, made.ingest_key, made.api_token))


def _become_worker() -> None:
    """Migrations need the owner; whatever concerns a tenant is done with the rights, and behind the walls, of the worker."""
    from tollmark.settings import database

    connections["default"].close()
    connections["default"].settings_dict.update(database("worker"))


if __name__ == "__main__":
    sys.exit(main())
