"""What comes in from a deployment, and how to connect it."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import stacks
from apps.dashboards.pages.deployment import DeploymentPage, came, ledger, silence
from apps.dashboards.queries.arrivals import arrivals, ever
from apps.dashboards.queries.posts import posts_of
from apps.deployments import ingest_keys
from apps.deployments.models import IngestKey
from apps.organizations.models import Role

FIRST_KEY = "first key"
PLACEHOLDER = "tmk_YOUR_KEY"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@replica.reads
def deployment(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """A post makes a key, and answers with the page that has it filled in: it is kept nowhere. `?stack=` chooses a text."""
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    key = _issue(here) if request.method == "POST" else ""
    chosen = request.GET.get("stack", "")
    return render(request, "dashboards/deployment.html", {"page": _page(here, key, chosen)})


def _issue(here: HereAtDeployment) -> str:
    _, text = ingest_keys.issue(deployment=here.deployment, label=FIRST_KEY, now=here.now, actor=here.user)
    return text


def _page(here: HereAtDeployment, key: str, chosen: str) -> DeploymentPage:
    arrived = arrivals(here.deployment, now=here.now)
    slug, name = here.organization.slug, here.deployment.slug
    return DeploymentPage(
        frame=around_deployment(here, page="deployment"),
        name=here.deployment.name,
        came=came(arrived, zone=here.zone, now=here.now) if arrived else None,
        ledger=ledger(posts_of(here.deployment, now=here.now)),
        silent_since="" if arrived else silence(ever(here.deployment)),
        connect=stacks.connect(chosen, url=settings.SITE_URL, key=key or PLACEHOLDER, key_is_fresh=bool(key)),
        chosen=bool(chosen),
        key=key or PLACEHOLDER,
        key_is_fresh=bool(key),
        has_keys=IngestKey.objects.filter(deployment=here.deployment, revoked_at=None).exists(),
        may_change=here.may(Role.EDITOR),
        standing=addresses.standing(slug, name),
        health=addresses.health(slug, name),
        keys=addresses.keys(slug, name),
        settings=addresses.settings(slug, name),
    )
