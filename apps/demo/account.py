"""The demo's sign-in: one person, with a password of this installation alone.

A fixed, documented password would open the demo, and its ingestion keys, on any server that somebody made reachable. So
it is derived from the server's pepper: nobody else's, the same at every start, stored nowhere but as Django's hash.
"""

import base64
import hmac

from django.conf import settings

from apps.accounts.models import User
from apps.accounts.people import ensure_user

EMAIL = "ines.moreau@demo.example"
NAME = "Ines Moreau"
OWNERS = r"^owner@demo-[a-z0-9-]+\.example$"
"""Everybody else of the demo. `.example` is a reserved name, which nobody can have an address under (RFC 2606)."""


def owner_of(organization: str) -> str:
    """The address of the owner of an organization of the demo; nobody signs in with it."""
    return f"owner@{organization}.example"


def ensure() -> User:
    """The person who looks around in the demo."""
    user, _ = ensure_user(email=EMAIL, password=password(), name=NAME)
    return user


def password() -> str:
    """20 base-32 characters in groups, 100 bits of the pepper."""
    digest = hmac.digest(settings.KEY_PEPPER.encode(), b"demo sign-in", "sha256")
    text = base64.b32encode(digest)[:20].decode().lower()
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def sign_in() -> str:
    """One line that says how to get in."""
    user = User.objects.by_email(EMAIL)
    known = user is not None and user.check_password(password())
    return f"{EMAIL} with " + (f"the password {password()}" if known else "the password that was set for it since")
