"""Addresses of the read API, below /api/v1/."""

from django.urls import path

from apps.dashboards.api.bills import Bills
from apps.dashboards.api.breakdown import Breakdown
from apps.dashboards.api.chargeback import ChargebackView
from apps.dashboards.api.cost import Cost
from apps.dashboards.api.deployments import Deployments
from apps.dashboards.api.failures import FailuresView
from apps.dashboards.api.ingestion import Ingestion
from apps.dashboards.api.metrics import Metrics
from apps.dashboards.api.replay_sets import ReplaySets
from apps.dashboards.api.requests import Requests
from apps.dashboards.api.standing import Standings
from apps.dashboards.api.waiting import WaitingView

urlpatterns = [
    path("deployments/", Deployments.as_view(), name="api-deployments"),
    path("deployments/<slug:slug>/cost", Cost.as_view(), name="api-cost"),
    path("deployments/<slug:slug>/failures", FailuresView.as_view(), name="api-failures"),
    path("deployments/<slug:slug>/waiting", WaitingView.as_view(), name="api-waiting"),
    path("deployments/<slug:slug>/cost/breakdown", Breakdown.as_view(), name="api-cost-breakdown"),
    path("deployments/<slug:slug>/cost/chargeback", ChargebackView.as_view(), name="api-cost-chargeback"),
    path("deployments/<slug:slug>/cost/bills", Bills.as_view(), name="api-cost-bills"),
    path("deployments/<slug:slug>/ingestion", Ingestion.as_view(), name="api-ingestion"),
    path("deployments/<slug:slug>/metrics", Metrics.as_view(), name="api-metrics"),
    path("deployments/<slug:slug>/standing", Standings.as_view(), name="api-standing"),
    path("deployments/<slug:slug>/replay-sets", ReplaySets.as_view(), name="api-replay-sets"),
    path("deployments/<slug:slug>/requests", Requests.as_view(), name="api-requests"),
]
