"""What do your models cost, and since when? With what the tenant pays in the stead of list prices."""

from collections.abc import Callable, Mapping
from datetime import UTC, date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.prices import DiscountForm, EndForm, OwnPriceForm
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.prices import PricesPage, build
from apps.dashboards.queries.prices import measured_tokens_per_hour, prices_of
from apps.organizations.models import Role
from apps.rollups import reprice
from apps.rollups.agree import set_discount, set_own_price

AGAIN = gettext_lazy("What was computed since then is being priced again, and shows within a few minutes.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@replica.reads
def prices(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    forms = _forms(request, here)
    deed = _DEEDS.get(request.POST.get("deed", ""))
    if deed is not None and (said := deed(here, forms)):
        messages.success(request, said)
        return redirect(addresses.prices(organization, deployment))
    return render(request, "dashboards/prices.html", {"page": _page(here, forms), **forms})


def _forms(request: HttpRequest, here: HereAtDeployment) -> dict[str, Any]:
    """Each filled with what was posted to it, else with the model that a link names."""
    today = here.now.astimezone(UTC).date()
    named = {name: request.GET.get(name, "") for name in ("provider", "model")}
    since = _since(request.GET.get("since", "")) or today
    posted = request.POST.get("deed", "")
    return {
        "own_price": OwnPriceForm(
            request.POST if posted == "price" else None,
            today=today,
            initial=named | {"effective_from": since},
            auto_id="price_%s",
        ),
        "discount": DiscountForm(
            request.POST if posted == "discount" else None,
            today=today,
            initial={"effective_from": today},
            auto_id="discount_%s",
        ),
        "end": EndForm(request.POST if posted == "end" else None, today=today, auto_id="end_%s"),
    }


def _since(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _set_price(here: HereAtDeployment, forms: Mapping[str, Any]) -> str:
    form: OwnPriceForm = forms["own_price"]
    if not form.is_valid():
        return ""
    name = {"provider": form.cleaned_data["provider"], "model": form.cleaned_data["model"]}
    measured = measured_tokens_per_hour(here.organization, **name, now=here.now) if form.by_gpu else None
    price = form.price(measured)
    if price is None:
        none = _("No token of this model was measured in the last 28 days: say how many there are.")
        form.add_error("tokens", none)
        return ""
    done = _tried(form, here, lambda common: set_own_price(**common, **name, price=price))
    entered = _("The price is entered.")
    return f"{entered} {AGAIN}" if done else ""


def _set_discount(here: HereAtDeployment, forms: Mapping[str, Any]) -> str:
    form: DiscountForm = forms["discount"]
    if not form.is_valid():
        return ""
    told = form.cleaned_data
    name = {"provider": told["provider"], "model": told["model"]}
    done = _tried(form, here, lambda common: set_discount(**common, **name, multiplier_ppm=told["paid"]))
    entered = _("It is entered.")
    return f"{entered} {AGAIN}" if done else ""


def _end(here: HereAtDeployment, forms: Mapping[str, Any]) -> str:
    form: EndForm = forms["end"]
    if not form.is_valid():
        return ""
    name = {"provider": form.cleaned_data["provider"], "model": form.cleaned_data["model"]}
    if form.cleaned_data["kind"] == "price":
        done = _tried(form, here, lambda common: set_own_price(**common, **name, price=None))
    else:
        done = _tried(form, here, lambda common: set_discount(**common, **name, multiplier_ppm=None))
    ended = _("It has ended; list prices hold again.")
    return f"{ended} {AGAIN}" if done else ""


def _reprice(here: HereAtDeployment, forms: Mapping[str, Any]) -> str:  # noqa: ARG001
    reprice.ask(organization_id=here.organization.pk, deployment_id=here.deployment.pk, now=here.now)
    return _("It is being computed, which takes from seconds to a few minutes. Nothing that was billed changes.")


_DEEDS: Mapping[str, Callable[[HereAtDeployment, Mapping[str, Any]], str]] = {
    "price": _set_price,
    "discount": _set_discount,
    "end": _end,
    "reprice": _reprice,
}


def _tried(form: Form, here: HereAtDeployment, write: Callable[[dict[str, Any]], object]) -> bool:
    common = {
        "organization": here.organization,
        "effective_from": form.cleaned_data["effective_from"],
        "now": here.now,
        "actor": here.user,
    }
    try:
        with transaction.atomic():
            write(common)
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return False
    return True


def _page(here: HereAtDeployment, forms: Mapping[str, Any]) -> PricesPage:
    return build(
        prices_of(here.deployment, now=here.now),
        frame=around_deployment(here, page="prices"),
        name=here.deployment.name,
        address=addresses.prices(here.organization.slug, here.deployment.slug),
        zone=here.zone,
        may_change=here.may(Role.EDITOR),
        entering=bool(forms["own_price"].errors or forms["own_price"].initial.get("model")),
        agreeing=bool(forms["discount"].errors),
    )
