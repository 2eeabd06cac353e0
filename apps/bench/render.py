"""A result as a table for people, or as JSON for programs. Pure."""

import json
from typing import Any

from apps.bench.result import Cell, Ratio, Result


def table(result: Result) -> str:
    lines = [*_columns(result.rows)] if result.rows else []
    if result.ratios:
        lines += ["", *_columns([_said(ratio) for ratio in result.ratios])]
    return "\n".join([*lines, *([""] if result.notes else []), *result.notes])


def as_json(result: Result) -> str:
    content: dict[str, Any] = {
        "bench": result.bench,
        "rows": result.rows,
        "ratios": [
            {
                "name": ratio.name,
                "value": ratio.value,
                "pairs": ratio.pairs,
                "goal": ratio.goal,
                "at_least": ratio.at_least,
                "reached": ratio.reached,
            }
            for ratio in result.ratios
        ],
        "notes": result.notes,
    }
    return json.dumps(content, indent=2)


def _said(ratio: Ratio) -> dict[str, Cell]:
    sign = ">=" if ratio.at_least else "<="
    return {
        "ratio": ratio.name,
        "median": ratio.value,
        "least": min(ratio.pairs),
        "most": max(ratio.pairs),
        "goal": None if ratio.goal is None else f"{sign} {ratio.goal:g}",
        "reached": {True: "yes", False: "NO", None: None}[ratio.reached],
    }


def _columns(rows: list[dict[str, Cell]]) -> list[str]:
    names = list(rows[0])
    texts = [names, *([_text(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[n]) for line in texts) for n in range(len(names))]
    numeric = [all(not isinstance(row.get(name), str) for row in rows) for name in names]
    return [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in texts
    ]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1_000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell
