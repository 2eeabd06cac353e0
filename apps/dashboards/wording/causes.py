"""Why an attempt failed, in words."""

from apps.costing import causes

CAUSES = {
    causes.RATE_LIMITED: "rate limited",
    causes.TIMEOUT: "timed out",
    causes.SERVER_ERROR: "server error",
    causes.CUT: "answer cut off",
    causes.CONNECTION: "no connection",
    causes.REJECTED: "request rejected",
    causes.UNAUTHORIZED: "not authorized",
    causes.CLIENT_CLOSED: "client gave up",
    causes.OTHER: "another error",
}
"""In the order in which they are offered."""
