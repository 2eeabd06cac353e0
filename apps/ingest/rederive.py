"""Spans or scores came: derive the requests of their units anew, as the worker and under the walls.

What a unit yields is compared with what is stored of it by content, so deriving again what did not change writes nothing
and makes no hour stale.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from django.db import connection

from apps.ingest import calls, derivations, derived
from apps.ingest.derive import Told, derive
from apps.ingest.models import SetAside
from apps.ingest.resolve import LITELLM, OTLP, Owner, resolve
from apps.ingest.scores import evidence
from apps.ingest.stored_facts import MOST_FACTS, Stale, facts_of, stale_units
from apps.organizations import access
from apps.traces.models import StaleHour

MARKS_AT_ONCE = 2_000
MOST_AT_ONCE = 10
"""Transactions of one call, which may not last longer than a task; the sweep sends the next."""
UNDERIVABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
log = structlog.get_logger(__name__)


def waiting() -> list[tuple[int, int]]:
    """(organization id, deployment id) of every deployment with a marked unit, longest waiting first.

    Without those in quarantine, which wait for somebody to look.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT organization_id, deployment_id FROM traces_staletrace
            WHERE (organization_id, deployment_id) NOT IN (
                SELECT organization_id, deployment_id FROM ingest_derivation WHERE quarantined_at IS NOT NULL
            )
            GROUP BY 1, 2 ORDER BY min(marked_at)
            """
        )
        return [(organization_id, deployment_id) for organization_id, deployment_id in cursor.fetchall()]


def rederive(*, organization_id: int, deployment_id: int, now: datetime) -> int:
    """How many units were derived; 0 when there was nothing to do, another worker is at it, or it is in quarantine."""
    owner = Owner(organization_id, deployment_id)
    if not derivations.begin(owner, now=now):
        return 0
    try:
        return _rederive(owner, now)
    except Exception as error:
        derivations.fail(owner, error=error)
        raise


def _rederive(owner: Owner, now: datetime) -> int:
    done = 0
    for _ in range(MOST_AT_ONCE):
        more = False
        with access.scope(owner.organization_id):
            if not derivations.lock(owner):
                break
            stale = stale_units(owner, marks=MARKS_AT_ONCE)
            more = bool(stale) and _replace(stale, owner, now)
            derivations.finish(owner)
        done += len(stale)
        if not more and sum(len(one.marks) for one in stale) < MARKS_AT_ONCE:
            break
    return done


def _replace(stale: Sequence[Stale], owner: Owner, now: datetime) -> bool:
    """Derive, store, mark the hours that changed, and clear exactly the marks that asked for it.

    True when more is to be done at once: units that had no room, or with whose calls these have to be put together.
    """
    facts, asked = facts_of(stale, owner), len(stale)
    while len(stale) > 1 and sum(map(len, facts.values())) >= MOST_FACTS:
        stale = stale[: len(stale) // 2]
        facts = facts_of(stale, owner)
    found: dict[str, list[Told]] = {}
    for one in stale:
        try:
            found[one.unit.key] = derive(one.unit, facts.get(one.unit.key, ()))
        except UNDERIVABLE as error:
            _set_aside(one, error, owner, now)
    whole = [one for one in stale if one.unit.key in found]
    joined = calls.join(found, facts, owner, now=now)
    rows = [
        resolve(
            told.request,
            told.request.received_at,
            (),
            owner=owner,
            source=LITELLM if one.unit.is_of_rows else OTLP,
            now=now,
        )
        for one in whole
        for told in found[one.unit.key]
    ]
    replaced = derived.replace(whole, rows, owner)
    scored = evidence.reapply(rows, replaced.gone, owner, now=now)
    _mark_hours(owner, joined.times | replaced.times | scored, now)
    _clear([mark for one in stale for mark in one.marks])
    return joined.marked > 0 or len(stale) < asked


def _set_aside(stale: Stale, error: Exception, owner: Owner, now: datetime) -> None:
    """A unit that cannot be derived would stand in the way of others for ever."""
    name = type(error).__qualname__
    log.error("a unit could not be derived", error=name)
    SetAside.objects.create(
        organization_id=owner.organization_id,
        deployment_id=owner.deployment_id,
        unit=stale.unit.key,
        error=name,
        at=now,
    )


def _clear(marks: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_staletrace WHERE id = ANY(%s)", [list(marks)])


def _mark_hours(owner: Owner, times: set[datetime], now: datetime) -> None:
    hours = {datetime.fromtimestamp(number * 3_600, UTC) for number in {int(at.timestamp()) // 3_600 for at in times}}
    StaleHour.objects.bulk_create(
        StaleHour(organization_id=owner.organization_id, deployment_id=owner.deployment_id, hour=hour, marked_at=now)
        for hour in sorted(hours)
    )
