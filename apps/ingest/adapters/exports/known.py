"""Which export a file is, by the names of its columns; and how its rows are read."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from apps.ingest.adapters.exports import helicone, langfuse, litellm_spendlogs, openrouter, opentracy, portkey
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request

Read = Callable[[Row], Request]


class Export(NamedTuple):
    """`marks`: sets of columns of which one whole set must be there."""

    name: str
    marks: tuple[frozenset[str], ...]
    read: Read


EXPORTS: Mapping[str, Export] = {
    "litellm_spendlogs": Export(litellm_spendlogs.NAME, (litellm_spendlogs.MARKS,), litellm_spendlogs.read),
    "helicone": Export(helicone.NAME, (helicone.MARKS,), helicone.read),
    "portkey": Export(portkey.NAME, (portkey.MARKS,), portkey.read),
    "opentracy": Export(opentracy.NAME, (opentracy.MARKS,), opentracy.read),
    "openrouter": Export(openrouter.NAME, (openrouter.MARKS, openrouter.RECORD_MARKS), openrouter.read),
    "langfuse": Export(langfuse.NAME, (langfuse.MARKS, langfuse.TABLE_MARKS), langfuse.read),
}


def recognise(columns: Iterable[str]) -> str | None:
    """The key of EXPORTS of which every mark is among these columns."""
    there = set(columns)
    return next((key for key, one in EXPORTS.items() if any(marks <= there for marks in one.marks)), None)
