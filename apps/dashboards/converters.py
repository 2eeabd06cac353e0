"""Parts of addresses that are neither slugs nor numbers."""

import base64
import binascii
import re
from datetime import date

LONGEST_ID = 256
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_CODED = "~"


class Day:
    """`2026-11-22`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class RequestId:
    """A request's id, whatever is in it: as it is where nothing in it could be taken for something else on the way, else
    in base64. Slashes and dots are rewritten by browsers and proxies even where they are escaped.
    """

    regex = r"[A-Za-z0-9~][A-Za-z0-9_.:-]*"

    def to_python(self, value: str) -> str:
        """Each id has one address. Raises ValueError, and then the address is none."""
        if not value.startswith(_CODED):
            return value
        try:
            coded = value.removeprefix(_CODED)
            found = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True).decode()
        except binascii.Error as error:
            raise ValueError(value) from error
        if self.to_url(found) != value or "\x00" in found or len(found) > LONGEST_ID:
            raise ValueError(value)
        return found

    def to_url(self, value: str) -> str:
        if _PLAIN.fullmatch(value):
            return value
        return _CODED + base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
