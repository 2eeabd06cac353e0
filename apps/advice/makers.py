"""Whose models are whose: makers count tokens their own way."""

from apps.advice.changes import Model
from apps.pricing.resolve import find_listed


def same_maker(one: Model, other: Model) -> bool:
    """False where the list does not know both."""
    first, second = _maker(one), _maker(other)
    return first is not None and first == second


def _maker(model: Model) -> str | None:
    """Whose own list has it; a seller of several makers' models says nothing."""
    found = find_listed(None, model.name)
    return None if found is None else found.provider
