"""Which files are served: the clone's own, and of the package of charts its script alone."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder

OF_PACKAGES = ("plotly.min.js",)


class Finder(FileSystemFinder):
    """Folders with a prefix are of packages, which bring data that nobody is to be served."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        for path, storage in super().list(ignore_patterns):
            if not getattr(storage, "prefix", None) or path in OF_PACKAGES:
                yield path, storage
