"""What a caller of LiteLLM's proxy says of its request beside what it asks: a dictionary in Python's notation, or JSON.

Of its own level, and of its list of tags, the few names are read that may be kept; what lies deeper, such as headers, is not
looked at. Nothing is evaluated.
"""

import re
from typing import Any

from apps.ingest.adapters import kept
from apps.ingest.adapters.exports import labels
from apps.ingest.adapters.glimpse import MOST_TEXT

_SIGN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\[\]{}(),:]""", re.DOTALL)
_LIST = "tags"


def said_by(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001  # one signature for all glimpses
    pairs, tags = _own_level(text[:MOST_TEXT])
    found = labels.merged(labels.of_tags(tags), labels.of_pairs(pairs))
    said = {
        kept.TASK: found.task,
        kept.ROUTE: found.route,
        kept.POLICY: found.policy,
        kept.ENVIRONMENT: found.environment,
        **{f"{kept.TAG}{name}": value for name, value in (found.tags or {}).items()},
    }
    return {name: value for name, value in said.items() if value is not None}


def _own_level(text: str) -> tuple[dict[str, str], list[str]]:
    """(names with the texts they have, tags). What is escaped is no label."""
    pairs: dict[str, str] = {}
    tags: list[str] = []
    depth, name, is_value = 0, "", False
    for sign in _SIGN.findall(text):
        if sign in ("{", "[", "("):
            depth += 1
        elif sign in ("}", "]", ")"):
            depth -= 1
        elif sign in (",", ":"):
            is_value = is_value if depth != 1 else sign == ":"
        elif "\\" in sign:
            continue
        elif depth == 1 and not is_value:
            name = sign[1:-1]
        elif depth == 1:
            pairs.setdefault(name, sign[1:-1])
        elif depth == 2 and is_value and name == _LIST:
            tags.append(sign[1:-1])
    return pairs, tags
