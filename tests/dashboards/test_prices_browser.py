"""From a model without a price to its money, in a real browser and with a real worker: one click, one form, no more."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.organizations import access
from apps.traces.models import Attempt
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD, Acme, acme, bring
from tests.dashboards.test_browser import Watched, sign_in, watched
from tests.dashboards.test_files_browser import each_way
from tests.dashboards.test_prices_page import request, sums
from tests.live import LivePlatform

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

NOW = timezone.now()
PATIENCE_S = 90


@pytest.fixture
def tenant(database: None) -> Acme:
    """A listed model, once at its price of $2.50 and once reported for $3; and on three days one that nobody lists."""
    made = acme()
    with acting_as("worker"):
        user = User.objects.get(email=made.email)
        user.set_password(PASSWORD)
        user.save()
    house = [request(f"house-{ago}", "house", "house-llama", ago=ago) for ago in (9, 5, 2)]
    listed = [request("computed", "openai", "gpt-4o"), request("reported", "openai", "gpt-4o", cost="3")]
    bring(made, [*house, *listed], now=NOW)
    return made


def billed(place: Acme) -> dict[str, int]:
    """Nano-dollars by provider, of what was rolled up."""
    return {name: one.billed_nano for name, one in sums(place).providers.items() if one.billed_nano}


def sent(place: Acme) -> list[tuple[object, ...]]:
    """The raw rows: what was told of each attempt, and what its gateway said that it cost."""
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        rows = Attempt.objects.filter(deployment_id=deployment.pk).order_by("request_id", "n")
        return list(rows.values_list("request_id", "n", "model", "input_tokens", "reported_cost_nano"))


def text_when(watching: Watched, url: str, told: Callable[[str], bool]) -> str:
    """The page's words once they are as waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        watching.visit(url)
        text = watching.page.inner_text("main").replace("\u00a0", " ")
        if told(text) or time.monotonic() > deadline:
            return text
        time.sleep(0.5)


def test_an_unpriced_model_is_priced_with_one_click_and_history_with_it(
    browser: "Browser", live_platform_with_beat: LivePlatform, tenant: Acme
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watching, url = watched(context), live_platform_with_beat.url
    page, prices, money = watching.page, url + tenant.at("chat/prices"), url + tenant.at("chat/money")
    before, rows = billed(tenant), sent(tenant)
    assert before == {"openai": 5_500_000_000}
    sign_in(watching, url, tenant.email)
    each_way(watching, prices, "prices-unpriced")
    assert "1 of 2 models had attempts without a price." in page.inner_text("main").replace("\u00a0", " ")
    page.get_by_role("row").filter(has_text="house-llama").get_by_role("link", name="Enter its price").click()
    form = page.locator("#enter-price")
    assert form.get_by_label("Provider").input_value() == "house"
    assert form.get_by_label("Model").input_value() == "house-llama"
    assert form.locator("[name=effective_from]").input_value() == (NOW - timedelta(days=9)).date().isoformat()
    form.locator("[name=input]").fill("1.5")
    form.locator("[name=output]").fill("2")
    page.get_by_role("button", name="Enter the price").click()
    page.get_by_text("The price is entered.").wait_for()
    text = text_when(watching, prices, lambda text: "none of them lacks a price" in text)
    assert "2 models, and none of them lacks a price." in text
    assert page.get_by_role("link", name="Enter its price").count() == 0
    assert "$1.50" in text
    after = billed(tenant)
    assert after == {**before, "house": 4_500_000_000}, "nothing that was billed has moved"
    assert sent(tenant) == rows
    assert "$10.00" in text_when(watching, money, lambda text: "$10.00" in text)
    each_way(watching, prices, "prices-all-priced")
    page.get_by_role("button", name="Re-price the last 90 days").click()
    text = text_when(watching, prices, lambda text: "At today's prices" in text)
    assert page.get_by_role("row").filter(has_text="Together").count() == 1
    assert (billed(tenant), sent(tenant)) == (after, rows), "it stands beside what was billed"
    context.close()
    assert watching.problems == []
