"""The address of one request in the tenant's own trace viewer."""

from apps.dashboards.queries.requests import WithAttempts
from apps.deployments.models import Deployment
from apps.deployments.trace_link import filled


def trace_link_of(deployment: Deployment, one: WithAttempts) -> str:
    """'' where the tenant named no viewer, or an id that it asks for is not known."""
    return filled(
        deployment.trace_link,
        {
            "trace_id": one.request.trace_id,
            "request_id": one.request.request_id,
            "response_id": _response_id(one),
            "day": one.request.day.isoformat(),
        },
    )


def _response_id(one: WithAttempts) -> str | None:
    """Of the attempt that served; where that is not known, of the last that has one."""
    told = {attempt.n: attempt.response_id for attempt in one.attempts if attempt.response_id}
    served = one.request.serving_attempt
    return told.get(served) if served is not None else told[max(told)] if told else None
