"""What Prometheus reads; behind a token, and not there at all without one."""

import hmac

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from apps.operations.exposition import CONTENT_TYPE, exposed
from apps.operations.gauges import gauges
from apps.pulse import counters


def metrics(request: HttpRequest) -> HttpResponse:
    """`GET /metrics`, of the whole installation, whichever process answers."""
    if not settings.METRICS_TOKEN:
        raise Http404
    said = request.headers.get("Authorization", "")
    if not hmac.compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        answer = HttpResponse("The token is missing or wrong.\n", "text/plain", status=401)
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    counted = counters.stored()
    return HttpResponse(
        exposed(counted or {}, gauges(now=timezone.now(), redis_answers=counted is not None)), CONTENT_TYPE
    )


transaction.non_atomic_requests(metrics)  # it answers when the database is away, and says so
