"""What pages count, in one and in many: a language may have more forms than these two."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from django.utils.translation import ngettext

Noun = Literal[
    "answer",
    "attempt",
    "bill",
    "day",
    "deployment",
    "different model",
    "failed attempt",
    "file",
    "hour",
    "item",
    "label",
    "model",
    "more key",
    "more model",
    "older day",
    "outcome",
    "period",
    "post",
    "prompt",
    "request",
    "row",
    "rule",
    "scored request",
    "served request",
    "task",
    "time",
    "unit",
    "user-facing request",
    "week",
]
COUNTED: Mapping[Noun, Callable[[int], str]] = MappingProxyType(
    {
        "answer": lambda n: ngettext("{number} answer", "{number} answers", n),
        "attempt": lambda n: ngettext("{number} attempt", "{number} attempts", n),
        "bill": lambda n: ngettext("{number} bill", "{number} bills", n),
        "day": lambda n: ngettext("{number} day", "{number} days", n),
        "deployment": lambda n: ngettext("{number} deployment", "{number} deployments", n),
        "different model": lambda n: ngettext("{number} different model", "{number} different models", n),
        "failed attempt": lambda n: ngettext("{number} failed attempt", "{number} failed attempts", n),
        "file": lambda n: ngettext("{number} file", "{number} files", n),
        "hour": lambda n: ngettext("{number} hour", "{number} hours", n),
        "item": lambda n: ngettext("{number} item", "{number} items", n),
        "label": lambda n: ngettext("{number} label", "{number} labels", n),
        "model": lambda n: ngettext("{number} model", "{number} models", n),
        "more key": lambda n: ngettext("{number} more key", "{number} more keys", n),
        "more model": lambda n: ngettext("{number} more model", "{number} more models", n),
        "older day": lambda n: ngettext("{number} older day", "{number} older days", n),
        "outcome": lambda n: ngettext("{number} outcome", "{number} outcomes", n),
        "period": lambda n: ngettext("{number} period", "{number} periods", n),
        "post": lambda n: ngettext("{number} post", "{number} posts", n),
        "prompt": lambda n: ngettext("{number} prompt", "{number} prompts", n),
        "request": lambda n: ngettext("{number} request", "{number} requests", n),
        "row": lambda n: ngettext("{number} row", "{number} rows", n),
        "rule": lambda n: ngettext("{number} rule", "{number} rules", n),
        "scored request": lambda n: ngettext("{number} scored request", "{number} scored requests", n),
        "served request": lambda n: ngettext("{number} served request", "{number} served requests", n),
        "task": lambda n: ngettext("{number} task", "{number} tasks", n),
        "time": lambda n: ngettext("{number} time", "{number} times", n),
        "unit": lambda n: ngettext("{number} unit", "{number} units", n),
        "user-facing request": lambda n: ngettext("{number} user-facing request", "{number} user-facing requests", n),
        "week": lambda n: ngettext("{number} week", "{number} weeks", n),
    }
)
