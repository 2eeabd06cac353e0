"""Who serves you best?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.asked import AskedWindow, asked_window, without_empty
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import providers as pages
from apps.dashboards.pages.span import words
from apps.dashboards.queries.lock_in import lock_in_of
from apps.dashboards.queries.providers import serves_of
from apps.deployments.relabel import kinds_of_all

WINDOW = ("from", "to", "environment")


@require_safe
@login_required
@replica.reads
def providers(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(http, organization, deployment)
    shorter = without_empty(http)
    if shorter is not None:
        return redirect(shorter)
    return render(http, "dashboards/providers.html", {"page": _page(http, here, asked_window(http, here))})


def _page(http: HttpRequest, here: HereAtDeployment, asked: AskedWindow) -> pages.ProvidersPage:
    slug, name = here.organization.slug, here.deployment.slug
    kinds = kinds_of_all([one.pk for one in here.deployments])
    found = serves_of(here.deployment, asked.span, now=here.now, kinds=kinds[here.deployment.pk])
    return pages.build(
        found,
        lock_in_of(here.deployments, asked.span, kinds=kinds),
        frame=around_deployment(here, page="providers", window=words(asked.span)),
        name=here.deployment.name,
        chooser=asked.chooser(here, addresses.providers(slug, name), found.environments),
        asked=http.GET.get("task", ""),
        window={name: http.GET[name] for name in WINDOW if name in http.GET and not asked.errors},
        replay_sets=addresses.replay_sets(slug, name),
        now=here.now,
    )
