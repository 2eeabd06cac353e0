"""Where a page ended, as opaque text in an address."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from apps.dashboards.queries.requests import Key

LARGEST_ID = 2**63


def dump(key: Key) -> str:
    return _dump([key.received_at.isoformat(), key.request_id])


def load(text: str) -> Key:
    """Raises ValidationError for a cursor that is not one of ours."""
    try:
        at, request_id = _load(text)
        _check(request_id)
        return Key(_moment(at), request_id)
    except (ValueError, TypeError, OverflowError) as error:
        raise _not_ours() from error


def dump_mark(at: datetime, number: int) -> str:
    return _dump([at.isoformat(), number])


def load_mark(text: str) -> tuple[datetime, int]:
    """Raises ValidationError as `load` does."""
    try:
        at, number = _load(text)
        if type(number) is not int or not 0 <= number < LARGEST_ID:
            raise ValueError(text)
        return _moment(at), number
    except (ValueError, TypeError, OverflowError) as error:
        raise _not_ours() from error


def dump_name(name: str) -> str:
    return _dump(name)


def load_name(text: str) -> str:
    """Raises ValidationError as `load` does."""
    try:
        name = _load(text)
        _check(name)
    except (ValueError, TypeError) as error:
        raise _not_ours() from error
    return str(name)


def address(request: Request, changed: Mapping[str, str]) -> str:
    """The address that was asked, with some of its parameters changed."""
    query = request.query_params.copy()
    for name, value in changed.items():
        query[name] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _moment(text: str) -> datetime:
    """Raises ValueError, TypeError or OverflowError for what is none, or says no time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _dump(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _load(text: str) -> Any:
    padded = text + "=" * (-len(text) % 4)
    try:
        return json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (binascii.Error, RecursionError) as error:
        raise ValueError(text) from error


def _check(name: Any) -> None:
    """Raises ValueError or TypeError for what no database takes as a text: a NUL, half a surrogate pair, no text."""
    if not isinstance(name, str):
        raise TypeError(name)
    if "\x00" in name.encode().decode():
        raise ValueError(name)


def _not_ours() -> ValidationError:
    return ValidationError({"cursor": ["Use the cursor of `next` as it is, or leave it out for the first page."]})
