"""The limits that hold in this installation."""

from datetime import timedelta

from django.conf import settings

from apps.ingest.limits import Limits


def limits() -> Limits:
    """How old a request may be is how long raw traces are kept; the others are the product's own."""
    return Limits(past=timedelta(days=settings.RAW_RETENTION_DAYS))
