"""Whoever is turned down is told what to do: every code that stands in the code has its advice."""

import ast
from collections.abc import Iterator
from pathlib import Path

from apps.ingest import advice, faults, pressure

ROOT = Path(advice.__file__).parent
WARNINGS_IN = "accept.py"


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path.name, node, ast.unparse(node.func)


def texts(of: str, place: int) -> set[str]:
    """The text that stands at a place of every such call, where it is written there."""
    found = [call.args[place] for _, call, name in calls() if name.split(".")[-1] == of and len(call.args) > place]
    return {one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_code_has_advice_and_no_advice_is_of_no_code() -> None:
    items = texts("ItemError", 0) | {code for _, code, _ in faults._PATTERNS}
    whats = {
        word.value.value
        for _, call, name in calls()
        if name.endswith("too_many")
        for word in call.keywords
        if isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }
    posts = texts("PostError", 1) | set(pressure.REASONS) | {f"too_many_{what}" for what in {"items", *whats}}
    warned = {
        argument.value
        for path, call, name in calls()
        if path == WARNINGS_IN and name == "warnings.append"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    assert len(items) > 15
    assert len(warned) > 4
    assert items == set(advice.ITEMS)
    assert posts == set(advice.POSTS)
    assert warned == set(advice.WARNINGS)
