"""Addresses of the read API, below /api/v1/."""

from django.urls import path

from apps.dashboards.api.requests import Requests

urlpatterns = [path("deployments/<slug:slug>/requests", Requests.as_view(), name="api-requests")]
