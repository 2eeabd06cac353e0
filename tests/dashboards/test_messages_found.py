"""What is translated is written as `makemessages` finds it: it reads Python as text, and calls nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
AT_ONCE = {"gettext", "ngettext", "pgettext"}
FILES = [one for one in APPS.rglob("*.py") if "gettext" in one.read_text()]


def hidden(source: str) -> list[str]:
    """Messages that no catalogue would get: put together, escaped, or inside an f-string."""
    tree = ast.parse(source)
    formatted = {id(inner) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for inner in ast.walk(one)}
    return [
        ast.unparse(call)
        for call in _translations(tree)
        for said in call.args[: 2 if "ngettext" in ast.unparse(call.func) else 1]
        if not isinstance(said, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
        and (not isinstance(said, ast.Constant) or id(said) in formatted or _escaped(source, said))
    ]


def _translations(tree: ast.AST) -> Iterator[ast.Call]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in CALLS:
            yield one


def _escaped(source: str, said: ast.Constant) -> bool:
    written = ast.get_source_segment(source, said) or ""
    return any(escape in written for escape in (r"\u", r"\N", r"\x"))


def early(source: str) -> list[str]:
    """Messages translated while the module is imported, before anybody's language is known."""
    tree = ast.parse(source)
    imported = [one for one in tree.body if isinstance(one, ast.ImportFrom) and "translat" in (one.module or "")]
    names = {alias.asname or alias.name for one in imported for alias in one.names if alias.name in AT_ONCE}
    later = {
        id(inner)
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.Lambda)
        for part in (one.body if isinstance(one.body, list) else [one.body])
        for inner in ast.walk(part)
    }
    calls = [call for call in _translations(tree) if id(call) not in later]
    return [ast.unparse(call) for call in calls if isinstance(call.func, ast.Name) and call.func.id in names]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APPS)))
def test_every_message_is_one_plain_literal(path: Path) -> None:
    source = path.read_text()
    assert (hidden(source), early(source)) == ([], [])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("_('Nothing came in.')", 0),
        ("_('Nothing ' 'came in.')", 0),
        ("ngettext('{number} row', '{number} rows', number)", 0),
        ("_(metric.title)", 0),
        ("_('Nothing came ' + place)", 1),
        ("_(f'Nothing came {place}')", 1),
        ("f'{_(\"Nothing came in.\")} {why}'", 1),
        ("f'{_(metric.title)}: {value}'", 0),
        (r"_('A deployment\u2019s rows')", 1),
        ("_('one' if number == 1 else 'more')", 1),
        ("ngettext('a row', f'{number} rows', number)", 1),
    ],
)
def test_the_reader_of_python_finds_what_is_hidden_and_nothing_else(source: str, found: int) -> None:
    assert len(hidden(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("NAME = _('Name')", ["_('Name')"]),
        ("def ask(label: str = _('Name')) -> None: ...", ["_('Name')"]),
        ("class Asked:\n    label = _('Name')", ["_('Name')"]),
        ("def name() -> str:\n    return _('Name')", []),
        ("NAMES = Names({1: gettext_noop('Name')})\nsay = lambda: _('Name')", []),
    ],
)
def test_a_message_that_is_translated_too_early_is_found(source: str, found: list[str]) -> None:
    assert early(f"from django.utils.translation import gettext as _, gettext_noop\n{source}") == found
    assert early(f"from django.utils.translation import gettext_lazy as _, gettext_noop\n{source}") == []
