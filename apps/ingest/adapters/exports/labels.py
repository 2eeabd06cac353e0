"""What a tenant's own tags and properties may say here: where a request belongs, by a few names. Everything else, such as
addresses, people and free text, is not looked at."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from apps.ingest.adapters.allowed import label

FIELDS = {
    "task": "task",
    "route": "route",
    "policy": "policy",
    "environment": "environment",
    "env": "environment",
}
TAGS = ("team", "feature", "service", "product", "project")


class Labels(NamedTuple):
    task: str | None = None
    route: str | None = None
    policy: str | None = None
    environment: str | None = None
    tags: dict[str, str] | None = None


def of_pairs(*sources: Mapping[str, Any]) -> Labels:
    """Of objects with names and values; the first that says something counts."""
    said: dict[str, str] = {}
    for source in sources:
        for name, value in source.items():
            key = str(name).lower().removeprefix("helicone-property-")
            if (key in FIELDS or key in TAGS) and (kept := label(key, value)) is not None:
                said.setdefault(FIELDS.get(key, key), kept)
    return Labels(
        said.get("task"),
        said.get("route"),
        said.get("policy"),
        said.get("environment"),
        {name: said[name] for name in TAGS if name in said} or None,
    )


def of_tags(tags: Iterable[Any]) -> Labels:
    """Of `name:value` tags."""
    return of_pairs(dict(tag.split(":", 1) for tag in tags if isinstance(tag, str) and ":" in tag))


def of_caller(said: Mapping[str, Any]) -> Labels:
    """Of what a caller of LiteLLM says beside its request: pairs, and a list of tags among them."""
    tags = said.get("tags")
    return merged(of_tags(tags if isinstance(tags, list) else ()), of_pairs(said))


def merged(first: Labels, second: Labels) -> Labels:
    return Labels(
        first.task or second.task,
        first.route or second.route,
        first.policy or second.policy,
        first.environment or second.environment,
        {**(second.tags or {}), **(first.tags or {})} or None,
    )
