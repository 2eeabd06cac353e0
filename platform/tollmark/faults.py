"""How an exception is written into a log: where it happened, and what it says unless that may quote a tenant's data."""

import traceback

import django.db
import msgspec
import psycopg

QUOTING = (django.db.Error, psycopg.Error, msgspec.MsgspecError, UnicodeError)


def describe(error: BaseException) -> str:
    """The frames of the error and of those it came from, the first cause first; no values of variables."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        frames = "".join(traceback.format_tb(seen.__traceback__))
        parts.append(f"{frames}{_name(seen)}{_message(seen)}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\nthen\n".join(reversed(parts))


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _message(error: BaseException) -> str:
    if isinstance(error, psycopg.Error):
        return f" (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
    return "" if isinstance(error, QUOTING) else f": {error}"
