from django.urls import path

from apps.ingest import views
from apps.ingest.files import views as files

urlpatterns = [
    path("api/v1/traces", views.traces, name="ingest-traces"),
    path("api/v1/traces/schema.json", views.schema, name="ingest-schema"),
    path("api/v1/scores", views.scores, name="ingest-scores"),
    path("api/v1/annotations", views.annotate, name="ingest-annotations"),
    path("api/v1/replay-sets", views.replay_sets, name="ingest-replay-sets"),
    path("api/v1/imports", files.imports, name="ingest-imports"),
    path("api/v1/imports/<uuid:key>", files.one_import, name="ingest-import"),
    path("v1/traces", views.spans, name="ingest-spans"),
    path("api/public/otel/v1/traces", views.spans, name="ingest-spans-langfuse"),
    path("v1/logs", views.logs, name="ingest-logs"),
    path("v1/metrics", views.metrics, name="ingest-metrics"),
    path("v1/litellm", views.litellm, name="ingest-litellm"),
]
