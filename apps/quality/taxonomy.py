"""The public taxonomy of tasks: the only names under which quality leaves a tenant."""

from collections.abc import Mapping

from apps.deployments.labels import TAXONOMY


def public_task(task: str, kinds: Mapping[str, str]) -> str | None:
    """The task of the taxonomy that a tenant's own task is, by what it declared (`kinds`) or else by its name; None where
    neither says it, which is not `other`."""
    return kinds.get(task) or (task if task in TAXONOMY else None)
