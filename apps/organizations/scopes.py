"""What a token may read. Unknown words in a stored scope open nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    FIGURES = "figures", _("Figures: deployments, cost (by tag too), prices, metrics, standing, what was declared")
    REQUESTS = "requests", _("Requests: single ones, with their attempts and tags")
    INGESTION = "ingestion", _("Ingestion: what came in, what was turned down, keys and files by name")


EVERYTHING = " ".join(Scope.values)
"""As it is stored: the words, with a space between."""


def stored(scopes: list[str] | tuple[str, ...]) -> str:
    """In one order, each once. Raises ValueError for a word that is none, or for nothing at all."""
    asked = {Scope(one) for one in scopes}
    if not asked:
        raise ValueError("a token that may read nothing is no token")
    return " ".join(one.value for one in Scope if one in asked)
