"""Text in the language of whoever reads: figures and wording take it from here, and pages Django's own functions.

`makemessages` finds what these names are called with, so it is always a literal.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from django.utils.translation import gettext, gettext_noop, ngettext

from apps.dashboards.wording.signs import NBSP

__all__ = ["Names", "gettext", "gettext_noop", "glued", "ngettext"]
"""With what figures need, which know nothing of Django."""

K = TypeVar("K")


class Names(Mapping[K, str]):
    """Names by key, marked with `gettext_noop` and translated when they are read: plain strings, in JSON too."""

    def __init__(self, names: Mapping[K, str]) -> None:
        self._names = dict(names)

    def __getitem__(self, key: K) -> str:
        return gettext(self._names[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __or__(self, others: "Names[K]") -> "Names[K]":
        return Names(self._names | others._names)


def glued(text: str) -> str:
    """What stands behind a figure stays on its line; text to be translated has a plain space, which anybody can type."""
    return text.replace("} ", "}" + NBSP)
