"""Alive: this process answers. Ready: what it needs answers too."""

from collections.abc import Callable

from celery import current_app
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tollmark.walls import GUARDED


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """503 with the reasons as long as one of the needs is not met; says nothing of addresses or versions."""
    checks = {name: check() for name, check in CHECKS.items()}
    failed = {name: reason for name, reason in checks.items() if reason}
    return JsonResponse({"ready": not failed, "reasons": failed}, status=503 if failed else 200)


def database() -> str | None:
    for alias in GUARDED:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return "does not answer"
        except ImproperlyConfigured:
            return "lets this process past the walls between tenants"
    return None


def migrations() -> str | None:
    try:
        executor = MigrationExecutor(connections["default"])
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (DatabaseError, ImproperlyConfigured):
        return "cannot be read"
    return f"{missing} not applied" if missing else None


def broker() -> str | None:
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except Exception:  # noqa: BLE001  # every transport raises errors of its own
        return "does not answer"
    return None


CHECKS: dict[str, Callable[[], str | None]] = {"database": database, "migrations": migrations, "broker": broker}

# Neither may need a transaction to answer that the database is away.
for view in (alive, ready):
    transaction.non_atomic_requests(view)
