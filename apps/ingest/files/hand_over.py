"""A file is handed over, given up, taken up again; by the web as a person's, or by a key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction

from apps.accounts.models import User
from apps.ingest.adapters.exports.columns import mapping_of
from apps.ingest.files import dialects, storage
from apps.ingest.files.storage import Stored
from apps.ingest.models import Import
from apps.ingest.refusals import PostError
from apps.ingest.resolve import Owner

State = Import.State
STOPPABLE = (State.UNREAD, State.COLUMNS, State.WAITING, State.RUNNING)
RESUMABLE = (State.CANCELLED, State.FAILED)
MOST_OPEN = 50
"""Files of a deployment that are not read yet."""
LONGEST_NAME = 200


def hand_over(
    *,
    owner: Owner,
    stored: Stored,
    name: str,
    now: datetime,
    mapping: Mapping[str, Any] | None = None,
    replay_set: str | None = None,
    actor: User | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> tuple[Import, bool]:
    """(the import, whether anything is done by it): inside a transaction that sees the organization. With a `replay_set`
    its rows are outcomes of that set.

    The same file again is the import of before, which goes on when it had stopped. Raises PostError, and ItemError for a
    mapping that is none.
    """
    if mapping is not None:
        mapping_of(mapping)
    known = _same(owner, stored, using)
    if known is None:
        _check_room(owner, using)
        try:
            with transaction.atomic(using=using):
                made = _new(owner, stored, name=name, mapping=mapping, actor=actor, now=now)
                if replay_set is not None:
                    made.dialect, made.mapping = dialects.OUTCOMES, {"replay_set": replay_set}
                made.save(using=using)
                return made, True
        except IntegrityError:  # it was handed over a second time in the same moment
            known = _same(owner, stored, using)
            if known is None:
                raise
    if known.state not in RESUMABLE:
        storage.delete(stored.name)
        return known, False
    storage.delete(known.stored)
    known.stored = stored.name
    if mapping is not None:
        known.mapping, known.dialect = dict(mapping), dialects.COLUMNS
    _go_on(known, using)
    return known, True


def cancel(one: Import, *, now: datetime) -> bool:
    """Whether it was still to be stopped; what was stored stays."""
    done = Import.objects.filter(pk=one.pk, state__in=STOPPABLE).update(
        state=State.CANCELLED, finished_at=now, claim=None, claimed_until=None
    )
    return done > 0


def resume(one: Import) -> bool:
    """Whether it goes on, from the row behind the last that was stored."""
    if one.state not in RESUMABLE or not one.stored:
        return False
    _go_on(one, DEFAULT_DB_ALIAS)
    return True


def name_columns(one: Import, mapping: Mapping[str, Any]) -> bool:
    """Whether it was waiting for that. Raises ItemError for a mapping that is none."""
    mapping_of(mapping)
    done = Import.objects.filter(pk=one.pk, state=State.COLUMNS).update(
        state=State.WAITING, mapping=dict(mapping), dialect=dialects.COLUMNS
    )
    return done > 0


def _same(owner: Owner, stored: Stored, using: str) -> Import | None:
    return Import.objects.using(using).filter(**owner._asdict(), digest=stored.digest).first()


def _check_room(owner: Owner, using: str) -> None:
    waiting = Import.objects.using(using).filter(**owner._asdict(), state__in=STOPPABLE).count()
    if waiting >= MOST_OPEN:
        raise PostError(429, "too_many_files", f"{waiting} files of this deployment wait to be read. Send it later.")


def _new(
    owner: Owner, stored: Stored, *, name: str, mapping: Mapping[str, Any] | None, actor: User | None, now: datetime
) -> Import:
    return Import(
        **owner._asdict(),
        name=_shown(name),
        digest=stored.digest,
        size=stored.size,
        stored=stored.name,
        state=State.UNREAD,
        packing="",
        format="",
        dialect="" if mapping is None else dialects.COLUMNS,
        mapping=None if mapping is None else dict(mapping),
        fault="",
        created_at=now,
        created_by=actor,
    )


def _go_on(one: Import, using: str) -> None:
    one.state = State.WAITING if one.format and one.dialect else State.UNREAD
    one.fault, one.claim, one.claimed_until, one.finished_at = "", None, None, None
    one.save(using=using)


def _shown(name: str) -> str:
    """The last part of a path, without what cannot be shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:LONGEST_NAME] or "file"
