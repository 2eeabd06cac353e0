"""A language in which every message is in full-width letters: a word that stays narrow came through no catalogue."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

LANGUAGE = "en-x-marked"
_WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%[a-z%]|\{[^{}]*\}|<[^<>]*>|&#?\w+;)")
_SPOKEN = {
    "aria-label",
    "title",
    "alt",
    "placeholder",
    "data-says",
    "aria-description",
    "data-lost",
    "data-copy-word",
    "data-copied-word",
    "data-by-hand",
}
_WRITTEN = {"name", "text", "title", "hovertext"}
_SILENT = {"script", "style", "code", "pre", "textarea", "time"}


def marked(message: str) -> str:
    """Names of values, tags and entities stay as they are."""
    parts = _KEPT.split(message.rpartition(CONTEXT_SEPARATOR)[2])
    return "".join(part if number % 2 else part.translate(_WIDE) for number, part in enumerate(parts))


class Marked(DjangoTranslation):
    """The catalogue that knows every message."""

    def gettext(self, message: str) -> str:
        return marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return marked(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken() -> Iterator[None]:
    """Pages that this process renders meanwhile are in that language."""
    catalogues: dict[str, DjangoTranslation] = vars(trans_real)["_translations"]
    catalogues[LANGUAGE] = Marked(LANGUAGE)
    try:
        with translation.override(LANGUAGE):
            yield
    finally:
        del catalogues[LANGUAGE]


class Words(HTMLParser):
    """What a reader of the page meets: its texts, attributes that are read aloud or shown, and words in charts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent: list[str] = []
        self._chart = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]
        self._chart = tag == "script" and (dict(attrs).get("id") or "").startswith("figure-")
        if tag in _SILENT:
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._chart = False
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())
        elif self._chart:
            self.texts += _drawn(json.loads(data))


def _drawn(chart: Any) -> list[str]:
    """The names of lines and the notes in a chart, which a script draws from JSON."""
    if isinstance(chart, dict):
        said = [value for name, value in chart.items() if name in _WRITTEN]
        lines = [text for one in said for text in (one if isinstance(one, list) else [one]) if isinstance(text, str)]
        return lines + [text for value in chart.values() for text in _drawn(value)]
    return [text for one in chart for text in _drawn(one)] if isinstance(chart, list) else []
