"""Whose post it is: by an ingestion key in a header, remembered for a moment so that most posts ask no database."""

import base64
import binascii
import hmac
import time
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections

from apps.ingest.refusals import PostError
from apps.ingest.resolve import Owner
from apps.organizations import keys

REMEMBERED_SECONDS = 4.0
"""A key that was revoked is refused everywhere after this at the latest; the promise is five seconds."""
MOST_REMEMBERED = 10_000


class _Known(NamedTuple):
    owner: Owner
    expires_at: datetime | None
    until: float


_known: dict[tuple[str, bytes], _Known] = {}


def sender_of(environ: dict[str, Any], *, now: datetime) -> tuple[Owner, str]:
    """(whose rows these will be, the public part of the key).

    Raises PostError, the same for a key that is mistyped, unknown, expired or revoked.
    """
    for text in _candidates(environ):
        key = keys.parse(text)
        if key is not None:
            owner = _remembered(key, now) or _looked_up(key, now)
            if owner is not None:
                return owner, key[0]
    raise PostError(
        401,
        "unauthorized",
        "No valid ingestion key. Send one of the deployment's as Authorization: Bearer tmk_..., or as x-api-key.",
    )


def _candidates(environ: dict[str, Any]) -> list[str]:
    """Keys in headers alone: an address ends up in logs. Basic serves clients that know nothing else."""
    found = [environ.get("HTTP_X_API_KEY", "")]
    scheme, _, value = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        found.append(value)
    elif scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return found
        found += [password, user]
    return [text.strip() for text in found]


def _remembered(key: tuple[str, bytes], now: datetime) -> Owner | None:
    known = _known.get(key)
    if known is None or known.until < time.monotonic() or (known.expires_at and known.expires_at <= now):
        return None
    return known.owner


def _looked_up(key: tuple[str, bytes], now: datetime) -> Owner | None:
    key_id, secret_hash = key
    with connections["ingest"].cursor() as cursor:
        cursor.execute("SELECT * FROM deployments_find_key(%s)", [key_id])
        row = cursor.fetchone()
        if row is None:
            return None
        organization_id, deployment_id, stored, expires_at, revoked_at = row
        if not hmac.compare_digest(bytes(stored), secret_hash) or revoked_at or (expires_at and expires_at <= now):
            return None
        cursor.execute("SELECT deployments_find_key_used(%s, %s)", [key_id, now])
    owner = Owner(organization_id, deployment_id)
    if len(_known) >= MOST_REMEMBERED:
        _known.clear()
    _known[key] = _Known(owner, expires_at, time.monotonic() + REMEMBERED_SECONDS)
    return owner
