"""Where a page ended, as opaque text in an address."""

import base64
import binascii
import json
from datetime import UTC, datetime

from rest_framework.exceptions import ValidationError

from apps.dashboards.queries.requests import Key


def dump(key: Key) -> str:
    text = json.dumps([key.received_at.isoformat(), key.request_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def load(text: str) -> Key:
    """Raises ValidationError for a cursor that is not one of ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        at, request_id = json.loads(base64.urlsafe_b64decode(padded.encode()))
        received_at = datetime.fromisoformat(at)
        request_id.encode()  # half a surrogate pair is text that no database takes
        if received_at.tzinfo is None or "\x00" in request_id:
            raise ValueError(text)
        return Key(received_at.astimezone(UTC), request_id)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError) as error:
        raise ValidationError(
            {"cursor": ["Use the cursor of `next` as it is, or leave it out for the first page."]}
        ) from error
