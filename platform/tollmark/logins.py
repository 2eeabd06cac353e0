"""Secrets derived from the secret key, and database URLs of the roles. Imported before the settings, so kept light."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

Role = Literal["owner", "web", "ingest", "worker", "benchmark"]
APPLICATION_ROLES: tuple[Role, ...] = ("web", "ingest", "worker", "benchmark")


def derived(secret_key: str, purpose: str) -> str:
    """A secret for one purpose, which tells nothing about the secret key."""
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256).hex()


def url_of(role: Role, *, url: str, secret_key: str) -> str:
    """The database of `url`, signed in as `<database>_<role>` with the password derived for that role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = quote(f"{parts.path.lstrip('/')}_{role}", safe="")
    return urlunsplit(parts._replace(netloc=f"{user}:{derived(secret_key, f'database role {role}')}@{host}"))


def urls_of_roles(variables: Mapping[str, str]) -> dict[str, str]:
    """What each role but the owner signs in with: its own variable, else derived from the owner's URL."""
    return {
        role: variables.get(f"DATABASE_{role.upper()}_URL")
        or url_of(role, url=variables["DATABASE_URL"], secret_key=variables["SECRET_KEY"])
        for role in APPLICATION_ROLES
    }
