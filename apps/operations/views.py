"""What Prometheus reads, behind a token, and not there at all without one; and a page for operators."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.operations.exposition import CONTENT_TYPE, exposed
from apps.operations.gauges import gauges
from apps.operations.overview import build
from apps.pulse import counters


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """`GET /operations`, for superusers, as `manage.py createsuperuser` makes them; for others there is no such page."""
    if not request.user.is_superuser:
        raise Http404
    return render(request, "operations/overview.html", {"page": build(now=timezone.now())})


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


# One answers when the database is away; on the other a look that fails must not spoil the next.
for view in (metrics, overview):
    transaction.non_atomic_requests(view)
