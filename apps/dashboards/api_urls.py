"""Addresses of the read API, below /api/v1/."""

from django.urls import path

from apps.dashboards.api.annotations import Annotations
from apps.dashboards.api.assumptions import DeploymentAssumptions
from apps.dashboards.api.bills import Bills
from apps.dashboards.api.breakdown import Breakdown
from apps.dashboards.api.chargeback import ChargebackOfAllView, ChargebackView
from apps.dashboards.api.cost import Cost
from apps.dashboards.api.decay import DecayView, PoliciesView
from apps.dashboards.api.deployments import Deployments
from apps.dashboards.api.events import Events
from apps.dashboards.api.failures import FailuresView
from apps.dashboards.api.fixes import Fixes
from apps.dashboards.api.ingestion import Ingestion
from apps.dashboards.api.metrics import Metrics
from apps.dashboards.api.price_models import PricedModels
from apps.dashboards.api.price_terms import Terms
from apps.dashboards.api.prices import Prices
from apps.dashboards.api.providers import Providers
from apps.dashboards.api.replay_sets import ReplaySets
from apps.dashboards.api.repriced import RepricedView
from apps.dashboards.api.requests import Requests
from apps.dashboards.api.rules import Rules
from apps.dashboards.api.standing import Standings
from apps.dashboards.api.thresholds import Thresholds
from apps.dashboards.api.trend import Trend
from apps.dashboards.api.waiting import WaitingView
from apps.dashboards.api.what_if import WhatIf
from apps.dashboards.views.client import python_client

urlpatterns = [
    path("client.py", python_client, name="api-client"),
    path("deployments/", Deployments.as_view(), name="api-deployments"),
    path("chargeback", ChargebackOfAllView.as_view(), name="api-chargeback"),
    path("deployments/<slug:slug>/trend", Trend.as_view(), name="api-trend"),
    path("deployments/<slug:slug>/cost", Cost.as_view(), name="api-cost"),
    path("deployments/<slug:slug>/failures", FailuresView.as_view(), name="api-failures"),
    path("deployments/<slug:slug>/waiting", WaitingView.as_view(), name="api-waiting"),
    path("deployments/<slug:slug>/what-if", WhatIf.as_view(), name="api-what-if"),
    path("deployments/<slug:slug>/fixes", Fixes.as_view(), name="api-fixes"),
    path("deployments/<slug:slug>/cost/breakdown", Breakdown.as_view(), name="api-cost-breakdown"),
    path("deployments/<slug:slug>/cost/chargeback", ChargebackView.as_view(), name="api-cost-chargeback"),
    path("deployments/<slug:slug>/cost/bills", Bills.as_view(), name="api-cost-bills"),
    path("deployments/<slug:slug>/ingestion", Ingestion.as_view(), name="api-ingestion"),
    path("deployments/<slug:slug>/metrics", Metrics.as_view(), name="api-metrics"),
    path("deployments/<slug:slug>/annotations", Annotations.as_view(), name="api-annotations"),
    path("deployments/<slug:slug>/assumptions", DeploymentAssumptions.as_view(), name="api-assumptions"),
    path("deployments/<slug:slug>/prices", Prices.as_view(), name="api-prices"),
    path("deployments/<slug:slug>/prices/models", PricedModels.as_view(), name="api-price-models"),
    path("deployments/<slug:slug>/prices/terms", Terms.as_view(), name="api-price-terms"),
    path("deployments/<slug:slug>/prices/today", RepricedView.as_view(), name="api-prices-today"),
    path("deployments/<slug:slug>/decay", DecayView.as_view(), name="api-decay"),
    path("deployments/<slug:slug>/policies", PoliciesView.as_view(), name="api-policies"),
    path("deployments/<slug:slug>/standing", Standings.as_view(), name="api-standing"),
    path("deployments/<slug:slug>/providers", Providers.as_view(), name="api-providers"),
    path("deployments/<slug:slug>/replay-sets", ReplaySets.as_view(), name="api-replay-sets"),
    path("deployments/<slug:slug>/events", Events.as_view(), name="api-events"),
    path("deployments/<slug:slug>/rules", Rules.as_view(), name="api-rules"),
    path("deployments/<slug:slug>/thresholds", Thresholds.as_view(), name="api-thresholds"),
    path("deployments/<slug:slug>/requests", Requests.as_view(), name="api-requests"),
]
