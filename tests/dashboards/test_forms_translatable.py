"""What a form asks, explains and refuses comes through a catalogue, on pages that no test fills in as well."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.forms import ChoiceField, Field, Form

from apps.dashboards import forms
from tests.dashboards.marked_language import spoken

MODULES = [import_module(f"{forms.__name__}.{one.name}") for one in iter_modules(forms.__path__)]
FORMS: list[type[Form]] = sorted(
    {
        one
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form) and one.__module__ == module.__name__
    },
    key=lambda one: one.__qualname__,
)
NAMES = re.compile(
    r"\b(?:ms|US|USD|EUR|GBP|CHF|JPY|CNY|INR|NDJSON|JSON|CSV|ISO|UTC|azure|openrouter)\b|<code>.*?</code>"
    r"|[a-z]+(?:_[a-z]+)+|\{\w+\}|%\(\w+\)\w"
)


def said(field: Field) -> Iterator[str]:
    """Codes of choices that say nothing but themselves are left out."""
    yield str(field.label or "")  # posted by a button, it has none
    yield str(field.help_text)
    yield str(getattr(field, "unit", ""))
    yield from map(str, field.error_messages.values())
    if isinstance(field, ChoiceField):
        choices: Any = field.choices
        yield from (str(words) for code, words in choices if words != code)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__qualname__)
def test_no_word_of_a_form_stands_outside_a_catalogue(form: type[Form]) -> None:
    with spoken():
        fields = {name: one for name, one in form.base_fields.items() if not one.widget.is_hidden}
        texts = [text for one in fields.values() for text in said(one)]
    assert [text for text in texts if re.search("[A-Za-z]{2,}", NAMES.sub("", text))] == []
