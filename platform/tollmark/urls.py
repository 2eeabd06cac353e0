"""Every address of the platform: each app's own, mounted by name."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from tollmark import health

# A page has no metadata to answer OPTIONS with; asked for them, it fails.
documentation = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"])

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("apps.operations.urls")),
    path("", include("apps.ingest.urls")),
    path("api/v1/", include("apps.dashboards.api_urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", documentation, name="docs"),
    path("accounts/", include("allauth.urls")),
    path("", include("apps.reports.urls")),
    path("", include("apps.dashboards.urls")),
]

handler500 = "tollmark.outages.failed"
