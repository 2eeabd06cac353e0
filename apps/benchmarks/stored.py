"""Gates and tables as they lie in rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from apps.benchmarks.disclosure.gates import Gate
from apps.benchmarks.disclosure.table import Table
from apps.benchmarks.models import Snapshot


def dump(gates: Iterable[Gate]) -> list[list[Any]]:
    """Names and figures; the words come from the code of the day on which they are read."""
    return [[gate.name, gate.passed, gate.measured, gate.needed] for gate in gates]


def load(rows: Iterable[Sequence[Any]]) -> tuple[Gate, ...]:
    return tuple(Gate(*row) for row in rows)


def table_of(snapshot: Snapshot) -> Table:
    return Table(**{name: getattr(snapshot, name) for name in Table.__dataclass_fields__})
