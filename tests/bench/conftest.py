"""Benches run on the servers of the test run, in a server of their own, with tiny sizes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandParser

from apps.bench import benches, stack
from apps.bench.result import Result

Bench = Callable[..., Result]


@pytest.fixture
def bench(as_worker: None, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """`bench("ingest", "--batch", "10")`: as the command runs it, one round, on tables that are there."""
    monkeypatch.setattr(stack, "prepare", lambda *, days: None)  # noqa: ARG005

    def run(name: str, *arguments: str, rounds: int = 1) -> Result:
        module = benches.found()[name]
        parser = CommandParser()
        module.add_arguments(parser)
        options: dict[str, Any] = vars(parser.parse_args(arguments))
        return module.run({**options, "rounds": rounds})

    return run
