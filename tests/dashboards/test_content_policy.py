"""Templates keep to the strict content policy: no style attribute, no inline style or script, no handler attribute."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "reports" not in path.parts]
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", re.DOTALL)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"<[^>]*\son[a-z]+=", text)
    for attributes, body in SCRIPT.findall(text):
        assert "src=" in attributes or 'type="application/json"' in attributes
        assert "src=" not in attributes or not body.strip()


def test_the_stylesheet_loads_nothing_from_elsewhere() -> None:
    for path in (ROOT / "static" / "css").glob("*.css"):
        assert "url(" not in path.read_text()
        assert "@import" not in path.read_text()
