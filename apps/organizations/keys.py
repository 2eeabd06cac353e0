"""Keys for programs: `tmk_<id>_<secret><check>`, told apart by a glance, refused when mistyped without a look-up.

The id (8 base-62 characters) finds the row; of the secret (32 characters, 190 bits) only HMAC-SHA-256 under the server's
pepper is stored, which suffices for random secrets (ASVS 6.5.2). The check (6 characters) is the CRC-32 of all before it.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

from django.conf import settings

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PATTERN = re.compile(r"\Atmk_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})\Z")


@dataclass(frozen=True)
class NewKey:
    """A key just made; `text` is shown once and kept nowhere."""

    text: str
    key_id: str
    secret_hash: bytes

    @property
    def last_four(self) -> str:
        return self.text[-4:]


def make() -> NewKey:
    """A key from the system's randomness."""
    return from_number(secrets.randbits(512))


def from_number(number: int) -> NewKey:
    """The key of a number of at least 256 secret bits."""
    digits = _base62(number, 40)
    key_id, secret = digits[:8], digits[8:]
    body = f"tmk_{key_id}_{secret}"
    return NewKey(text=body + _check(body), key_id=key_id, secret_hash=hash_secret(secret))


def parse(text: str) -> tuple[str, bytes] | None:
    """(key id, secret hash) of a well-formed key, else None: mistyped, cut, or not ours."""
    match = PATTERN.match(text)
    if match is None or not hmac.compare_digest(match[3], _check(text[:-6])):
        return None
    return match[1], hash_secret(match[2])


def hash_secret(secret: str) -> bytes:
    """32 bytes; worthless without the pepper, which is not in the database."""
    return hmac.digest(settings.KEY_PEPPER.encode(), secret.encode(), hashlib.sha256)


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _base62(number: int, length: int) -> str:
    """The lowest `length` digits."""
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits
