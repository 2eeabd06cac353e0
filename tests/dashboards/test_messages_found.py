"""What is translated is written as `makemessages` finds it: it reads Python as text, and calls nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APPS)))
def test_every_message_is_one_plain_literal(path: Path) -> None:
    assert hidden(path.read_text()) == []


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
