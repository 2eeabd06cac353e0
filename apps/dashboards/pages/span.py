"""The days and the environment that a page is about, and how to choose others: all of it stands in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from apps.dashboards.frame import Link
from apps.dashboards.queries.span import ALL, Span
from apps.dashboards.wording import times

SHORTCUTS = (7, 28, 91)


@dataclass(frozen=True)
class Chooser:
    """`errors` say why other days are shown than were asked for."""

    path: str
    first: str
    last: str
    environment: str
    environments: tuple[str, ...]
    shortcuts: tuple[Link, ...]
    errors: tuple[str, ...]


def words(span: Span) -> str:
    """`26 Oct` to `22 Nov 2026, UTC, production`."""
    environment = span.environment or _("all environments")
    return f"{times.window(span.start, span.end)}, UTC, {environment}"


def chooser(
    span: Span, *, path: str, environments: Sequence[str], today: date, default: str, errors: Sequence[str] = ()
) -> Chooser:
    """`default` is the environment that need not be named."""
    chosen = span.environment or ALL
    return Chooser(
        path=path,
        first=span.start.isoformat(),
        last=span.end.isoformat(),
        environment=chosen,
        environments=tuple(dict.fromkeys([default, *environments, chosen, ALL])),
        shortcuts=tuple(_shortcut(days, span, path, today, default) for days in SHORTCUTS),
        errors=tuple(errors),
    )


def _shortcut(days: int, span: Span, path: str, today: date, default: str) -> Link:
    first = today - timedelta(days=days - 1)
    query = {"from": first.isoformat(), "to": today.isoformat()}
    if span.environment != default:
        query["environment"] = span.environment or ALL
    return Link(
        _("{days} days").format(days=days), f"{path}?{urlencode(query)}", (span.start, span.end) == (first, today)
    )
