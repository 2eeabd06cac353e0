from django.urls import path

from apps.ingest import views

urlpatterns = [
    path("api/v1/traces", views.traces, name="ingest-traces"),
    path("api/v1/traces/schema.json", views.schema, name="ingest-schema"),
    path("v1/traces", views.spans, name="ingest-spans"),
    path("api/public/otel/v1/traces", views.spans, name="ingest-spans-langfuse"),
    path("v1/logs", views.logs, name="ingest-logs"),
    path("v1/metrics", views.metrics, name="ingest-metrics"),
]
