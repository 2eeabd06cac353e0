"""The web server without its marks for rollups, to say what they cost; only for `bench contention`."""

from importlib import import_module

application = import_module("tollmark.wsgi").application  # first, since it is what sets Django up

vars(import_module("apps.ingest.receive"))["mark_hours"] = lambda post, days: None  # noqa: ARG005
