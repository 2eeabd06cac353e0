"""Reading the captures beside this file: rows of callbacks and exports."""

import json
from pathlib import Path
from typing import Any

from apps.ingest.adapters.exports.known import EXPORTS, recognise
from apps.ingest.adapters.litellm_callback import derive, facts
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request
from tests.ingest.captures import Capture, all_in

HERE = Path(__file__).parent
CALLBACKS = [c for c in all_in(HERE) if "generic-api" in c.folder.name]
EXPORTED = [c for c in all_in(HERE) if "generic-api" not in c.folder.name]


def rows_of(capture: Capture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for body in capture.case["bodies"]:
        text = (capture.folder / body["file"]).read_text()
        found += json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
    return found


def facts_of(capture: Capture) -> list[SpanFact]:
    return [facts.fact_of(row) for row in rows_of(capture)]


def requests_of_facts(found: list[SpanFact]) -> list[Request]:
    units = sorted({fact.trace_id for fact in found})
    return [r for unit in units for r, _ in derive.derive([f for f in found if f.trace_id == unit], unit=unit)]


def requests_of(capture: Capture) -> list[Request]:
    if capture in CALLBACKS:
        return requests_of_facts(facts_of(capture))
    rows = rows_of(capture)
    export = EXPORTS[recognise(rows[0]) or ""]
    return [export.read(row) for row in rows]
