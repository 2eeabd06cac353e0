"""A message to the worker that there is something to do; what it is stands in Postgres, so a lost one costs delay."""

import time
from collections.abc import Callable

import structlog
from django.core.cache import cache

from apps.ingest.resolve import Owner

DEBOUNCE_SECONDS = 1
"""The message comes when the pause ends, so it covers every post that was committed meanwhile and sent none."""
QUIET_SECONDS = 30.0
"""After a failure no hint is tried for so long, since a broker that does not answer makes every post wait."""
log = structlog.get_logger(__name__)
_quiet_until = 0.0


def derive_soon(owner: Owner) -> None:
    """After commit, at most once a debounce and deployment; failures are nobody's problem but the delay's."""
    from apps.ingest.tasks import derive_traces

    def send() -> None:
        if cache.add(f"ingest:derive:{owner.organization_id}:{owner.deployment_id}", 1, timeout=DEBOUNCE_SECONDS):
            derive_traces.apply_async(owner, countdown=DEBOUNCE_SECONDS)

    send_or_leave(send)


def join_soon(owner: Owner) -> None:
    """After the commit of scores."""
    from apps.ingest.tasks import join_scores

    send_or_leave(lambda: join_scores.apply_async(owner, countdown=DEBOUNCE_SECONDS))


def read_soon(organization_id: int, import_id: int) -> None:
    """After the commit of a file that was handed over."""
    from apps.ingest.tasks import run_import

    send_or_leave(lambda: run_import.delay(organization_id, import_id))


def send_or_leave(send: Callable[[], object]) -> None:
    """For hints of the floors above too."""
    global _quiet_until  # noqa: PLW0603  # one a process, and nothing but a pause
    if time.monotonic() < _quiet_until:
        return
    try:
        send()
    except Exception as error:  # noqa: BLE001  # cache and broker raise errors of their own
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("no hint was sent", error=type(error).__qualname__)
