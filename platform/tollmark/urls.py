"""Every address of the platform: each app's own, mounted by name; and which of them this process has.

Ingest and pages may be served by processes apart, so that neither can take the other's workers: those with the role
`ingest` have the ways in and nothing else, those that serve `pages` everything else.
"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from apps.dashboards.api.english import Description
from tollmark import health

# A page has no metadata to answer OPTIONS with; asked for them, it fails.
documentation = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"])

Addresses = list[URLPattern | URLResolver]
PROBES: Addresses = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
WAYS_IN: Addresses = [path("", include("apps.ingest.urls"))]
PAGES: Addresses = [
    path("", include("apps.operations.urls")),
    path("api/v1/", include("apps.dashboards.api_urls")),
    path("api/v1/schema", Description.as_view(), name="schema"),
    path("api/v1/docs", documentation, name="docs"),
    path("accounts/", include("allauth.urls")),
    path("", include("apps.reports.urls")),
    path("", include("apps.dashboards.urls")),
]


def served(*, role: str, serves: str) -> Addresses:
    if role == "ingest":
        return [*PROBES, *WAYS_IN]
    if serves == "pages":
        return [*PROBES, *PAGES]
    return [*PROBES, *WAYS_IN, *PAGES]


urlpatterns = served(role=settings.ROLE, serves=settings.SERVES)
handler404 = "tollmark.missing.missing"
handler500 = "tollmark.outages.failed"
