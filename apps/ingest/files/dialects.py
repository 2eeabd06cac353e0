"""How the rows of a file are read: as requests, or as facts of which requests are derived."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _

from apps.ingest import faults
from apps.ingest.adapters.exports import columns
from apps.ingest.adapters.exports.known import EXPORTS, recognise
from apps.ingest.adapters.litellm_callback import facts
from apps.ingest.outcomes.nouns import Accepted as Outcome
from apps.ingest.outcomes.nouns import accept_row as outcome_of
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request

NATIVE, CALLBACK, COLUMNS, OUTCOMES = "native", "litellm_callback", "columns", "outcomes"
TITLES: Mapping[str, str] = {
    NATIVE: _("Tollmark's own format"),
    CALLBACK: _("LiteLLM callback"),
    COLUMNS: _("Columns named by you"),
    OUTCOMES: _("Replay set"),
    **{key: one.name for key, one in EXPORTS.items()},
}
CALLS = frozenset({"litellm_spendlogs"})
"""Whose request ids are calls of LiteLLM, of which spans may tell too."""
_NATIVE_MARKS = frozenset({"request_id", "received_at"})
_NATIVE_FIELDS = frozenset(field.name for field in msgspec.structs.fields(Request))

Read = Callable[[Mapping[str, Any]], Request | SpanFact | Outcome]


def dialect_of(names: Iterable[str]) -> str:
    """Empty where a person has to say which column is what."""
    there = set(names)
    if there >= _NATIVE_MARKS and there <= _NATIVE_FIELDS:
        return NATIVE
    if there >= facts.MARKS:
        return CALLBACK
    return recognise(there) or ""


def reader_of(dialect: str, mapping: Any) -> Read:
    """Raises ItemError for a mapping that is none."""
    if dialect == CALLBACK:
        return facts.fact_of
    if dialect == OUTCOMES:
        return outcome_of
    if dialect == NATIVE:
        return _native
    read = columns.reader(columns.mapping_of(mapping)) if dialect == COLUMNS else EXPORTS[dialect].read
    return lambda row: checked(read(row))


def checked(request: Request) -> Request:
    """The request, when every field of it is within the bounds of the native format. Raises ItemError."""
    try:
        return msgspec.convert(msgspec.to_builtins(request), Request)
    except msgspec.ValidationError as error:
        raise faults.of_validation(error) from None


def _native(row: Mapping[str, Any]) -> Request:
    said = {name: value for name, value in row.items() if value not in (None, "")}
    try:
        request = msgspec.convert(said, Request, strict=False)
    except msgspec.ValidationError as error:
        raise faults.of_validation(error) from None
    if (refused := faults.of_text(msgspec.json.encode(said))) is not None:
        raise refused
    return request
