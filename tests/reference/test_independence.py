"""The reference and the oracle share nothing with what they prove: not one import, direct or through another module."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROVERS = (
    "nouns",
    "equation",
    "prices",
    "listed",
    "compare",
    "arbitrary",
    "raw",
    "labels",
    "totals",
    "cells",
    "operations",
    "selection",
    "choices",
)
"""The reference, the oracle, and the comparing of them with what was computed."""
PROVEN = ("apps.costing", "apps.pricing", "apps.rollups", "apps.benchmarks")


def imported(path: Path) -> set[str]:
    """Dotted names of all that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("name", PROVERS)
def test_a_prover_imports_only_provers_and_libraries(name: str) -> None:
    names = imported(HERE / f"{name}.py")
    assert not [one for one in names if one.startswith(("apps.", "tollmark"))]
    of_tests = [one.split(".")[2] for one in names if one.startswith("tests.reference.")]
    assert set(of_tests) <= {*PROVERS}
    assert not [one for one in names if one.startswith("tests.") and not one.startswith("tests.reference.")]


def test_every_other_module_that_knows_the_proven_is_a_bridge_or_a_test() -> None:
    knowing = {path.stem for path in HERE.glob("*.py") if any(one.startswith(PROVEN) for one in imported(path))}
    assert knowing == {
        "columns",
        "conftest",
        "test_decay",
        "test_labels",
        "test_metrics",
        "test_selection",
        "test_selection_cells",
    }
