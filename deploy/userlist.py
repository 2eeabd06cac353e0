"""Prints pgbouncer's list of users: the roles of the platform and their passwords, from the platform's own environment."""

import os
from urllib.parse import unquote, urlsplit

from tollmark.logins import urls_of_roles


def lines() -> list[str]:
    urls = (urlsplit(url) for url in urls_of_roles(os.environ).values())
    return [f'"{unquote(url.username or "")}" "{unquote(url.password or "")}"' for url in urls]


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201
