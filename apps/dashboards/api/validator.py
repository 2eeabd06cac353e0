"""Whether a program still has what it would be told: weak entity tags (RFC 9110, 8.8), from a state or from the answer."""

import hashlib
from functools import cache
from pathlib import Path

from django.utils.http import parse_etags
from rest_framework.request import Request

APPS = Path(__file__).parents[2]


class Unchanged(Exception):
    """The program has it already."""


def tag(request: Request, *state: object) -> str:
    """Of this address, in this format, by this code, while `state` lasts: two states that print alike are one."""
    renderer = getattr(request, "accepted_renderer", None)
    said = repr((request.get_full_path(), getattr(renderer, "format", ""), _code(), state))
    return f'W/"{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """By the weak comparison, which is that of If-None-Match."""
    named = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in named or tag.removeprefix("W/") in {one.removeprefix("W/") for one in named}


@cache
def _code() -> str:
    """What computes the answers: a new release answers anew."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(APPS.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
