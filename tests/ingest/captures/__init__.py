"""Reading the captures beside this file."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.ingest import otlp
from apps.ingest.derive import Unit, derive, units_of
from apps.ingest.limits import Limits
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request

HERE = Path(__file__).parent
TAKEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""Just after the captures were made."""


@dataclass(frozen=True)
class Capture:
    folder: Path

    @property
    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "case.json").read_text())
        return found

    @property
    def truth(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.case["truth"]["logical_requests"]
        return found

    @property
    def bodies(self) -> list[bytes]:
        named = [b["file"] for b in self.case["bodies"] if b["signal"] == "traces" and b["file"].endswith(".pb")]
        return [(self.folder / name).read_bytes() for name in named]

    def facts(self) -> list[SpanFact]:
        return [span for body in self.bodies for span in otlp.decode(body, now=TAKEN, limits=Limits()).spans]


def all_in(folder: Path) -> list[Capture]:
    return [Capture(path.parent) for path in sorted(folder.glob("*/case.json"))]


def requests_of(facts: list[SpanFact]) -> list[Request]:
    """As the tasks do it: every unit that the spans touch, from the facts of that unit."""
    units = sorted({unit for fact in facts for unit, _ in units_of(fact)})
    found = [request for unit in units for request in derive(unit, [f for f in facts if belongs(f, unit)])]
    return sorted(found, key=lambda r: (r.received_at, r.request_id))


def belongs(fact: SpanFact, unit: Unit) -> bool:
    return fact.lane == unit.lane if unit.lane else fact.trace_id == unit.key
