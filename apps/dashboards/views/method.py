"""How is every number made? For everybody, since it tells of nobody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.dashboards.pages.method import build


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/method.html", {"page": build()})
