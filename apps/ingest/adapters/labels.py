"""What the spans of a request, and those above them, say about it as a whole: its task, its policy, where it ran."""

from typing import Any

import msgspec

from apps.ingest.adapters import kept
from apps.ingest.adapters.exports.labels import TAGS
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.tree import Tree
from apps.traces.nouns import Request

_TAGS = {kept.AGENT: "agent", kept.SERVICE: "service", **{f"{kept.TAG}{name}": name for name in TAGS}}
"""What says more comes later."""


def labelled(made: Made, tree: Tree) -> Made:
    """The nearest that says something counts."""
    said: dict[str, Any] = {}
    for span in made.spans:
        said = span.attributes | said
    for span in tree.above(made.spans[0]) if made.spans else ():
        said = span.attributes | said
    found: dict[str, Any] = {
        "task": said.get(kept.TASK),
        "route": said.get(kept.ROUTE),
        "policy": said.get(kept.POLICY),
        "user_facing": said.get(kept.USER_FACING),
        "environment": said.get(kept.ENVIRONMENT),
        "tags": {tag: said[name] for name, tag in _TAGS.items() if name in said} or None,
    }
    changes = {name: value for name, value in found.items() if value is not None}
    request: Request = msgspec.structs.replace(made.request, **changes)
    return Made(request, made.spans)
