"""Plotly's script among the static files, out of the installed package: of its folder nothing else is served."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME = "plotly.min.js"
PREFIX = "plotly"


def folder() -> Path:
    """Where the package keeps it; found without importing the package, which takes long."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package plotly is not installed")
    return Path(spec.origin).parent / "package_data"


class PlotlyScript(BaseFinder):
    """`plotly/plotly.min.js`."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # Django's signature
        found = [str(folder() / NAME)] if path == f"{PREFIX}/{NAME}" else []
        return found if find_all else found[0] if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002
        storage = FileSystemStorage(location=folder())
        storage.prefix = PREFIX  # type: ignore[attr-defined]  # what collectstatic puts before the name
        yield NAME, storage
