"""The web server without its marks for rollups, to say what they cost; only for `bench contention`."""

from importlib import import_module

from apps.ingest import receive

receive.mark_hours = lambda post, days: None  # noqa: ARG005

application = import_module("tollmark.wsgi").application
