"""The allow-list: the only attributes of a span that are kept, each with the one form it may have.

Whatever is not named here is dropped before anything is stored or logged. Free text never passes: a value that does not
have its form is dropped too, and a measurement that cannot be one rejects its span.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from apps.ingest.refusals import ItemError

MAX_TOKENS = 100_000_000
MAX_COST = 10_000.0
MAX_SECONDS = 86_400.0
MOST_PATH = 512
"""Characters of a path or a host that is looked at."""
MOST_LABEL = 256
_LABEL = re.compile(r"[^\x00-\x1f\x7f]{1,256}")
_TIERS = {"flex": "flex", "priority": "priority", "batch": "batch"}
_HOSTS = (
    ("api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
    ("api.groq.com", "groq"),
    ("api.mistral.ai", "mistral"),
    ("api.deepseek.com", "deepseek"),
    ("api.together.xyz", "together"),
    ("api.together.ai", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.cohere.com", "cohere"),
    ("api.cohere.ai", "cohere"),
    ("api.x.ai", "x-ai"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cerebras.ai", "cerebras"),
    ("api.deepinfra.com", "deepinfra"),
    ("api.moonshot.ai", "moonshotai"),
    ("openrouter.ai", "openrouter"),
    (".openai.azure.com", "azure"),
    (".services.ai.azure.com", "azure"),
    ("generativelanguage.googleapis.com", "google"),
    ("aiplatform.googleapis.com", "google"),
    (".amazonaws.com", "aws"),
)
"""Ends of the host names of the providers' own APIs. A client library says its flavour, a host says who was asked."""
_CLASS = re.compile(r"[A-Za-z_][\w.:]{0,99}")
_WORD = re.compile(r"[\w.-]{1,64}")
_OPERATIONS = (
    (":generatecontent", "chat"),
    (":streamgeneratecontent", "chat"),
    ("/converse", "chat"),
    ("/converse-stream", "chat"),
    ("/chat/completions", "chat"),
    ("/completions", "completion"),
    ("/embeddings", "embeddings"),
    ("/responses", "responses"),
    ("/messages", "chat"),
    ("/rerank", "rerank"),
    ("/images/generations", "image_generation"),
    ("/images/edits", "image_generation"),
    ("/audio/transcriptions", "transcription"),
    ("/audio/speech", "speech"),
    ("/moderations", "moderation"),
)


def label(key: str, value: Any) -> str | None:  # noqa: ARG001  # one signature for all forms
    """A name: of a model, a provider, a group."""
    if not isinstance(value, str) or not value:
        return None
    # What is printable needs no pattern, which costs five times as much.
    return value if (value.isprintable() and len(value) <= MOST_LABEL) or _LABEL.fullmatch(value) else None


def class_name(key: str, value: Any) -> str | None:  # noqa: ARG001
    """A class of errors; what looks like a sentence is not one."""
    return value if isinstance(value, str) and _CLASS.fullmatch(value) else None


def word(key: str, value: Any) -> str | None:  # noqa: ARG001
    text = str(value) if isinstance(value, int) else value
    return text if isinstance(text, str) and _WORD.fullmatch(text) else None


def flag(key: str, value: Any) -> bool | None:  # noqa: ARG001
    return value if isinstance(value, bool) else None


def operation(key: str, value: Any) -> str | None:  # noqa: ARG001
    """What a path of an LLM API asks for; the path itself is not kept."""
    return _operation(value) if isinstance(value, str) and len(value) <= MOST_PATH else None


@lru_cache(maxsize=1_024)
def _operation(path: str) -> str | None:
    asked = path.partition("?")[0].rstrip("/").lower()
    return next((name for ending, name in _OPERATIONS if asked.endswith(ending)), None)


def host(key: str, value: Any) -> str | None:  # noqa: ARG001
    """The provider whose own host this is; a name of anybody else's machine is nobody's business."""
    return _host(value) if isinstance(value, str) and len(value) <= MOST_PATH else None


@lru_cache(maxsize=1_024)
def _host(name: str) -> str | None:
    asked = name.lower()
    return next((provider for ending, provider in _HOSTS if asked.endswith(ending)), None)


def tier(key: str, value: Any) -> str | None:  # noqa: ARG001
    """Only tiers with another price than the standard one."""
    return _TIERS.get(value) if isinstance(value, str) else None


def cut(key: str, value: Any) -> bool | None:  # noqa: ARG001
    """Whether a stream broke off: a finish reason says `error` then."""
    return True if isinstance(value, list) and "error" in value else None


def spelled_flag(key: str, value: Any) -> bool | None:
    """A flag that a client writes out."""
    return {"True": True, "true": True, "False": False, "false": False}.get(str(value), flag(key, value))


def spelled_cost(key: str, value: Any) -> float | None:
    """A cost that may be text; what is no number is not known."""
    if isinstance(value, str):
        try:
            value = float(value) if len(value) <= 40 else None
        except ValueError:
            return None
    return cost(key, value)


def milliseconds(key: str, value: Any) -> float | None:
    """Kept as seconds."""
    return seconds(key, value / 1_000) if _is_number(value) else None


def tokens(key: str, value: Any) -> int | None:
    if type(value) is int and 0 <= value <= MAX_TOKENS:
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    checked: int = _bounded(key, value, MAX_TOKENS)
    return checked


def status(key: str, value: Any) -> int | None:  # noqa: ARG001
    return value if isinstance(value, int) and 100 <= value <= 599 else None


def cost(key: str, value: Any) -> float | None:
    if type(value) is float and 0 <= value <= MAX_COST:
        return value
    return float(_bounded(key, value, MAX_COST)) if _is_number(value) else None


def seconds(key: str, value: Any) -> float | None:
    return float(_bounded(key, value, MAX_SECONDS)) if _is_number(value) else None


def number(key: str, value: Any) -> float | None:  # noqa: ARG001
    return float(value) if _is_number(value) and math.isfinite(value) else None


def ordinal(key: str, value: Any) -> int | None:  # noqa: ARG001
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bounded(key: str, value: Any, most: float) -> Any:
    if not math.isfinite(value) or value > most:
        raise ItemError("out_of_range", f"{key} is larger than any measurement.")
    if value < 0:
        raise ItemError("negative_value", f"{key} is negative.")
    return value


Form = Callable[[str, Any], Any]

FIELDS: dict[Form, str] = {
    label: "string_value",
    class_name: "string_value",
    word: "string_value",
    operation: "string_value",
    flag: "bool_value",
    tokens: "int_value",
    status: "int_value",
    ordinal: "int_value",
    cost: "double_value",
    seconds: "double_value",
}
"""Where in an attribute's value a form most often finds it."""
