"""Where a page ended, as opaque text in an address."""

import base64
import binascii
import json
from datetime import datetime

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
        key = Key(datetime.fromisoformat(at), str(request_id))
        if key.received_at.tzinfo is None or "\x00" in key.request_id:
            raise ValueError(text)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ValidationError(
            {"cursor": ["Use the cursor of `next` as it is, or leave it out for the first page."]}
        ) from error
    return key
