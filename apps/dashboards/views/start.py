"""Where the brand leads: to the deployments of the organization one was in last, or of the first by name."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.dashboards import addresses
from apps.dashboards.door import signed_in
from apps.organizations import access

LAST = "organization"
THEMES = ("light", "dark")
A_YEAR_S = 365 * 86_400


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    slugs = [one.organization.slug for one in access.memberships(signed_in(request))]
    if not slugs:
        return render(request, "dashboards/nowhere.html")
    last = request.COOKIES.get(LAST)
    return redirect(addresses.organization(last if last in slugs else slugs[0]))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the choice of colours in this browser; open to everybody, since it is nobody's data."""
    onward = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/"
    response = redirect(onward)
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
