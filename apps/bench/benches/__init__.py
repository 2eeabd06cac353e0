"""One module a bench, found by its name: `HELP`, `add_arguments(parser)` and `run(options) -> Result`."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any, Protocol, cast

from django.core.management.base import CommandParser

from apps.bench.result import Result


class Bench(Protocol):
    """What a module of this folder has."""

    HELP: str

    def add_arguments(self, parser: CommandParser) -> None: ...
    def run(self, options: Mapping[str, Any]) -> Result: ...


def found() -> dict[str, Bench]:
    """By name, in the order of the alphabet."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Bench, importlib.import_module(f"{__name__}.{name}")) for name in names}
