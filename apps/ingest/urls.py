from django.urls import path

from apps.ingest import views

urlpatterns = [
    path("api/v1/traces", views.traces, name="ingest-traces"),
    path("api/v1/traces/schema.json", views.schema, name="ingest-schema"),
    path("v1/traces", views.spans, name="ingest-spans"),
    path("v1/litellm", views.litellm, name="ingest-litellm"),
]
