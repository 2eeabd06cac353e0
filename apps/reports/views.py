"""The page behind the mail's link. Mail scanners fetch links, so looking at it changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.reports.unsubscribing import set_weekly_mail


@csrf_exempt  # a mail program posts here without cookies; the signed token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST leaves the weekly mail, or with `again` comes back to it."""
    done = ""
    if request.method == "POST":
        wanted = "again" in request.POST
        set_weekly_mail(token, wanted=wanted)
        done = "subscribed" if wanted else "unsubscribed"
    return render(request, "reports/unsubscribe.html", {"done": done})
