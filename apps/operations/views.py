"""What Prometheus reads, behind a token, and not there at all without one; and a page for operators."""

import hmac
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.operations.exposition import CONTENT_TYPE, exposed
from apps.operations.gauges import gauges
from apps.operations.overview import build
from apps.pricing.decide import NothingWaitsError, accept, refuse
from apps.pulse import counters


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """`GET /operations`, for superusers, as `manage.py createsuperuser` makes them; for others there is no such page."""
    if not request.user.is_superuser:
        raise Http404
    return render(request, "operations/overview.html", {"page": build(now=timezone.now())})


@require_POST
@login_required
def decide_price(request: HttpRequest, proposal: int) -> HttpResponse:
    """An operator's word on a price that waits."""
    if not request.user.is_superuser:
        raise Http404
    by, now, note = str(request.user), timezone.now(), request.POST.get("note", "")[:500]
    try:
        if request.POST.get("word") == "accept":
            said = _accept(proposal, by=by, now=now, note=note, since=request.POST.get("since", ""))
        else:
            done = refuse(proposal_id=proposal, by=by, now=now, note=note)
            said = _("{price} is refused: what held before goes on.").format(price=done)
    except (NothingWaitsError, ValueError) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("operations")


def _accept(proposal: int, *, by: str, now: datetime, note: str, since: str) -> str:
    """Raises ValueError for what is no day."""
    day = datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    done = accept(proposal_id=proposal, by=by, now=now, in_force_from=day, note=note)
    return _("{price} is accepted; what it changes is being priced again.").format(price=done)


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
