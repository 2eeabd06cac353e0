"""A frame for page builders that are tested without a request."""

from apps.dashboards.frame import Frame

FRAME = Frame(
    "Acme", "chat", "deployment", demo=False, zone="UTC", window="", deployments=(), organizations=(), questions=()
)
