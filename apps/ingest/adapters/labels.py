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
_FIELDS = {
    kept.TASK: "task",
    kept.ROUTE: "route",
    kept.POLICY: "policy",
    kept.USER_FACING: "user_facing",
    kept.ENVIRONMENT: "environment",
}
_NAMES = frozenset({*_TAGS, *_FIELDS})


def labelled(made: Made, tree: Tree) -> Made:
    """The nearest that says something counts."""
    said: dict[str, Any] = {}
    for span in made.spans:
        if not span.attributes.keys().isdisjoint(_NAMES):
            said = span.attributes | said
    for span in tree.above(made.spans[0]) if made.spans else ():
        if not span.attributes.keys().isdisjoint(_NAMES):
            said = span.attributes | said
    changes = {field: said[name] for name, field in _FIELDS.items() if said.get(name) is not None}
    if tags := {tag: said[name] for name, tag in _TAGS.items() if name in said}:
        changes["tags"] = tags
    if not changes:
        return made
    request: Request = msgspec.structs.replace(made.request, **changes)
    return Made(request, made.spans)
