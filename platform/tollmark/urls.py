"""Every address of the platform: each app's own, mounted by name."""

import warnings
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from tollmark import health

API_APPS = ("accounts", "organizations", "deployments", "traces", "rollups", "benchmarks", "reports")


def written(module: str) -> bool:
    return find_spec(module) is not None


def mount(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    try:
        return [path(prefix, include(module))] if written(module) else []
    except ImportError as error:
        warnings.warn(f"{module} is left out: {error}", RuntimeWarning, stacklevel=1)
        return []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    *mount("", "apps.ingest.urls"),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    *(route for app in API_APPS for route in mount("api/v1/", f"apps.{app}.api_urls")),
    path("accounts/", include("allauth.urls")),
    *(route for app in ("organizations", "deployments", "reports") for route in mount("", f"apps.{app}.urls")),
    *mount("", "apps.dashboards.urls"),
]
