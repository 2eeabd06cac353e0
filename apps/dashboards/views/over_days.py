"""A question about some days of a deployment: its page, and the tables of the page as a file, over one and the same window."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.asked import AskedWindow, asked_window, without_empty
from apps.dashboards.carried import COMPARE, onward, read
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.happened import Happenings, happenings
from apps.dashboards.pages.span import words
from apps.dashboards.queries.happened import Name, happened_in
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.windows import standings_of
from apps.dashboards.views.sheet import sheet
from apps.deployments.models import Deployment

Found = TypeVar("Found")
View = Callable[[HttpRequest, str, str], HttpResponse]


@dataclass(frozen=True)
class Question(Generic[Found]):
    """`name` is that of the page, of its template and of its file. `build` makes the page of what `read` found."""

    name: str
    read: Callable[[Deployment, Span], Found]
    build: Callable[..., Any]
    rows: Callable[[Found], Iterable[Sequence[object]]]
    page: Callable[[str, str], str]
    table: Callable[[str, str], str]
    used: Callable[[Found], Mapping[Name, int] | None] = lambda _: None
    """Attempts by provider and model, where what was read tells them."""


def page_of(question: Question[Any]) -> View:
    @require_safe
    @login_required
    @replica.reads
    def view(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
        here = at_deployment(http, organization, deployment)
        shorter = without_empty(http)
        if shorter is not None:
            return redirect(shorter)
        page = _page(question, here, asked_window(http, here))
        return render(http, f"dashboards/{question.name}.html", {"page": page})

    return view


def table_of(question: Question[Any]) -> View:
    @require_safe
    @login_required
    @replica.reads
    def view(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
        here = at_deployment(http, organization, deployment)
        span = asked_window(http, here).span
        rows = question.rows(question.read(here.deployment, span))
        return sheet(rows, name=f"{question.name}-{here.deployment.slug}-{span.start}-{span.end}")

    return view


def happenings_at(here: HereAtDeployment, page: str, span: Span, used: Mapping[Name, int] | None = None) -> Happenings:
    """What happened in these days, and where more is marked. `used`: attempts by provider and model, if already read."""
    path = addresses.compare(here.organization.slug, here.deployment.slug)
    marks = onward(COMPARE, path, read(page, here.query, here.zone), here.zone)
    return happenings(happened_in(here.deployment, span, used), marks=f"{marks}#marks", zone=here.zone)


def _page(question: Question[Any], here: HereAtDeployment, asked: AskedWindow) -> Any:
    slug, name, span = here.organization.slug, here.deployment.slug, asked.span
    found = question.read(here.deployment, span)
    return question.build(
        found,
        standings_of(here.deployment),
        frame=around_deployment(here, page=question.name, window=words(span)),
        name=here.deployment.name,
        chooser=asked.chooser(here, question.page(slug, name), found.environments),
        behind=Behind(addresses.requests(slug, name), span, here.zone),
        happened=happenings_at(here, question.name, span, question.used(found)),
        csv=asked.address(question.table(slug, name)),
        settings=addresses.settings(slug, name),
    )
