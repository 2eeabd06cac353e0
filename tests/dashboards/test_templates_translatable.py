"""Templates hold no word that a catalogue could not answer; no server is needed to see it."""

import re
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, Token, TokenType

from tollmark.paths import TEMPLATE_FOLDER

NAMES = re.compile(r"\b(Tollmark|API|UTC|p50|p95|p99)\b|&#?\w+;")
ASSEMBLED = {"allauth/elements/button.html", "allauth/layouts/entrance.html", "allauth/layouts/manage.html"}
"""They make parts of tags, which no reader of HTML follows, and say nothing of their own."""
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
SPOKEN = {
    "aria-label",
    "title",
    "alt",
    "placeholder",
    "data-says",
    "summary",
    "data-lost",
    "data-copy-word",
    "data-copied-word",
    "data-by-hand",
}
LITERAL = re.compile(r"""\|default(?:_if_none)?:"([^"]*)"|\|yesno:"([^"]*)"|\|pluralize|\w+="([A-Z][^"]*)\"""")
FILES = sorted(
    str(one.relative_to(TEMPLATE_FOLDER)) for one in TEMPLATE_FOLDER.rglob("*") if one.suffix in {".html", ".txt"}
)


def bare(source: str) -> list[str]:
    """Texts, spoken attributes and literals with letters, outside `translate`, `blocktranslate` and comments."""
    kept, found, inside = [], list[str](), ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(" ", 1)[0] if token.token_type is TokenType.BLOCK else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in {"blocktranslate", "comment"}:
            inside = name
        elif token.token_type is TokenType.TEXT:
            kept.append(token.contents)
        else:
            found += _literals(token)
            kept.append(HOLE)
    texts = [text.strip(f" \n{HOLE}") for text in Shown("".join(kept)).texts]
    return found + [text for text in texts if re.search("[A-Za-z]", NAMES.sub("", text))]


def _literals(token: Token) -> list[str]:
    if token.token_type is TokenType.COMMENT or token.contents.startswith(("extends", "load", "translate")):
        return []
    said = LITERAL.finditer(token.contents)
    return [one.group(0) for one in said if re.search("[A-Za-z]", NAMES.sub("", one.group(0).partition('"')[2]))]


class Shown(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[str] = []
        self._code = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in {"code", "pre", "script", "style"}
        self.texts += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "pre", "script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.texts.append(data)


@pytest.mark.parametrize("name", [one for one in FILES if one not in ASSEMBLED])
def test_no_word_of_a_template_stands_outside_a_catalogue(name: str) -> None:
    assert bare((TEMPLATE_FOLDER / name).read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Nothing came in</p>", ["Nothing came in"]),
        ('<p aria-label="What came in">{% translate "Nothing" %}</p>', ["What came in"]),
        ("{% if came %}<b>{{ page.name }}</b>, since ever{% endif %}", [", since ever"]),
        ('{{ page.name|default:"nobody" }}', ['|default:"nobody"']),
        ('{% include "a.html" with what="Route" %}', ['what="Route"']),
        ("{% comment %}For whoever reads this.{% endcomment %}{# And this. #}", []),
        ("<p>{% blocktranslate with n=one.n %}Rule {{ n }}{% endblocktranslate %}&nbsp;<code>manage.py</code></p>", []),
        ('<p class="note" data-says="{% translate "seen" %}">Tollmark</p>', []),
        ('{% include "a.html" with what=_("Route") kind="token" %}{{ one.sum|default:"–" }}', []),
    ],
)
def test_the_reader_of_templates_finds_what_is_outside_and_nothing_else(source: str, found: list[str]) -> None:
    assert bare(source) == found
