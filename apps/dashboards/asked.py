"""Which window a page is asked for: the same parameters, by the same rules, as the read API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.dashboards.addresses import with_query
from apps.dashboards.api.window import WindowIn
from apps.dashboards.door import Here
from apps.dashboards.pages.span import Chooser, chooser
from apps.dashboards.queries.span import ALL, Span
from apps.dashboards.queries.windows import days_to
from apps.rollups.queries import PRODUCTION


@dataclass(frozen=True)
class AskedWindow:
    span: Span
    errors: tuple[str, ...]

    def address(self, path: str) -> str:
        """`path` with this window, whenever it is followed."""
        window = {"from": self.span.start.isoformat(), "to": self.span.end.isoformat()}
        return with_query(path, {**window, "environment": self.span.environment or ALL})

    def chooser(self, here: Here, path: str, environments: Sequence[str]) -> Chooser:
        return chooser(
            self.span,
            path=path,
            environments=environments,
            today=days_to(here.now)[1],
            default=PRODUCTION,
            errors=self.errors,
        )


def asked_window(http: HttpRequest, here: Here) -> AskedWindow:
    """The last 28 days of production unless something else is said; with `errors` where that cannot be shown."""
    told = {name: value for name, value in http.GET.items() if value}
    query = WindowIn(data=told)
    if query.is_valid():
        return AskedWindow(Span(**query.validated_data), ())
    return AskedWindow(Span(*days_to(here.now), PRODUCTION), tuple(_words(query.errors)))


def _words(errors: Mapping[str, list[str]]) -> list[str]:
    names = {"from": _("From"), "to": _("Until"), "environment": _("Environment")}
    return [f"{names.get(name, name)}: {text}" for name, texts in errors.items() for text in texts]


def without_empty(http: HttpRequest) -> str | None:
    """The address without what was left empty in a form, so that what is shared is short; None where nothing was."""
    told = {name: str(value) for name, value in http.GET.items() if value}
    return None if len(told) == len(http.GET) else with_query(http.path, told)
