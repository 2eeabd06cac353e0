"""What models cost, as a page shows it, and what changes when a tenant enters what it pays."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone
from msgspec import structs

from apps.dashboards.pages.repriced import providers_of
from apps.dashboards.queries.prices import Again
from apps.organizations import access
from apps.organizations.models import AuditEvent, Role
from apps.pricing.models import Discount, OwnPrice
from apps.rollups import reprice
from apps.rollups.queries import totals
from apps.rollups.reprice import Repriced, RepricedModel
from apps.rollups.sweep import rebuild_all
from apps.rollups.totals import Totals
from apps.rollups.verify import verify
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring, member

NOW = timezone.now()
MTOK = 1_000_000
NANO = 10**9


def request(name: str, provider: str | None, model: str, *, cost: str | None = None, ago: int = 5) -> Request:
    attempt = Attempt(
        provider=provider,
        model=model,
        status=200,
        start_offset_ms=0.0,
        usage=Usage(input_tokens=MTOK, cache_read_input_tokens=0, output_tokens=0),
        cost=None if cost is None else Decimal(cost),
    )
    return Request(
        request_id=name,
        received_at=NOW - timedelta(days=ago),
        attempts=[attempt],
        completeness="complete",
        environment="production",
    )


@pytest.fixture
def priced(place: Acme) -> Acme:
    """At list prices $2.50 each: one computed, one reported for $3; and a model that nobody lists."""
    requests = [
        request("computed", "openai", "gpt-4o"),
        request("reported", "openai", "gpt-4o", cost="3"),
        request("house", "house", "house-llama"),
    ]
    bring(place, requests, now=NOW)
    return place


def sums(place: Acme) -> Totals:
    deployment = place.deployment()
    today = NOW.date()
    with access.scope(deployment.organization_id):
        return totals(
            organization_id=deployment.organization_id,
            deployment_id=deployment.pk,
            start=today - timedelta(days=27),
            end=today,
        )


def again(place: Acme) -> None:
    with acting_as("worker"):
        rebuild_all(now=NOW, of=[place.organization().pk])


def shown(place: Acme, query: str = "") -> str:
    answer = place.client().get(place.at(f"chat/prices{query}"))
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def enter(place: Acme, deed: str, **typed: str) -> Any:
    since = (NOW - timedelta(days=28)).date().isoformat()
    return place.client().post(place.at("chat/prices"), {"deed": deed, "effective_from": since, **typed})


def test_an_empty_deployment_says_that_there_is_nothing_to_price(place: Acme) -> None:
    said = shown(place)
    assert "No attempt came in these days, so there is nothing to price." in said
    assert "$0.00" not in said


def test_it_names_what_was_priced_billed_and_left_without_a_price(priced: Acme) -> None:
    said = shown(priced)
    assert "1 of 2 models had attempts without a price." in said
    assert "reported $3.00 for what costs $2.50 at these prices, 20.0 % more" in said
    assert "+$0.50" in said
    assert "genai-prices" in said
    assert f"?provider=house&model=house-llama&since={(NOW - timedelta(days=5)).date()}#enter-price" in said
    entering = shown(priced, "?provider=house&model=house-llama&since=2026-01-02")
    assert 'value="house-llama"' in entering
    assert 'value="2026-01-02"' in entering


def test_where_tokens_are_missing_no_price_is_asked_for(place: Acme) -> None:
    untold = request("untold", "openai", "gpt-4o")
    silent = structs.replace(untold, attempts=[structs.replace(untold.attempts[0], usage=None)])
    bring(place, [request("computed", "openai", "gpt-4o"), silent], now=NOW)
    said = shown(place)
    assert "1 model, and none of them lacks a price." in said
    assert "no tokens told" in said
    assert "Enter its price" not in said
    assert "told no tokens has no cost at any price: let its gateway send" in said
    health = unescape(place.client().get(place.at("chat/health")).content.decode())
    assert "no tokens told" in health
    assert "#enter-price" not in health


def test_where_it_may_be_a_price_or_tokens_neither_is_denied(place: Acme) -> None:
    told = request("half", "openai", "gpt-4o")
    usage = Usage(input_tokens=MTOK, cache_read_input_tokens=0)
    half = structs.replace(told, attempts=[structs.replace(told.attempts[0], usage=usage)])
    bring(place, [request("computed", "openai", "gpt-4o"), half], now=NOW)
    said = shown(place)
    assert "1 of 1 model had attempts that lack a price or tokens, and it is not known which." in said
    assert "none of them lacks a price" not in said
    assert "no known price, or tokens not told" in said
    assert "Enter its price" in said
    assert "told no tokens has no cost at any price: let its gateway send" in said
    health = unescape(place.client().get(place.at("chat/health")).content.decode())
    assert "no known price, or tokens not told" in health
    assert "#enter-price" in health


def test_a_price_that_is_entered_prices_history_and_moves_no_published_figure(priced: Acme) -> None:
    before = sums(priced)
    assert enter(priced, "price", provider="house", model="house-llama", input="1.5", output="2").status_code == 302
    again(priced)
    after = sums(priced)
    assert after.requests.billed_nano == before.requests.billed_nano + 1_500_000_000
    assert (before.attempts.unpriced, after.attempts.unpriced) == (1, 0)
    assert after.evidence == before.evidence
    said = shown(priced)
    assert "2 models, and none of them lacks a price." in said
    assert "input $1.50, output $2.00" in said
    organization = priced.organization()
    with acting_as("worker"):
        assert not [one.differences for one in verify(organization_id=organization.pk, now=NOW) if one.differences]
        with access.scope(organization.pk):
            event = AuditEvent.objects.get(organization=organization, verb="price.set")
    assert (event.detail["model"], event.detail["input_nano_per_mtok"]) == ("house-llama", 1_500_000_000)


def test_a_discount_changes_dollars_and_ends_with_a_button(priced: Acme) -> None:
    before = sums(priced)
    enter(priced, "discount", provider="openai", paid="80")
    again(priced)
    after = sums(priced)
    assert after.requests.billed_nano == before.requests.billed_nano - 500_000_000  # what was reported stays
    assert after.attempts.compared_computed_nano == 2 * NANO
    assert after.evidence == before.evidence
    assert "End it today" in shown(priced)
    enter(priced, "end", kind="discount", provider="openai", effective_from=NOW.date().isoformat())
    assert "End it today" not in shown(priced)


def test_a_gpus_hour_is_spread_over_what_was_measured(priced: Acme) -> None:
    enter(priced, "price", provider="house", model="house-llama", gpu_hour="2.4", gpus="2")
    with access.scope(priced.organization().pk):
        row = OwnPrice.objects.get()
    hours = 24 * 5  # since the first day it was used, up to yesterday
    assert row.tokens_per_hour == round(MTOK / hours)
    assert row.input_nano_per_mtok == round(4.8 * NANO * MTOK / row.tokens_per_hour)
    refused = enter(priced, "price", provider="house", model="never-seen", gpu_hour="2.4", gpus="2")
    assert "No token of this model was measured" in refused.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"input": "1"}, "Say what input and output cost"),
        ({"input": "1", "output": "1", "gpus": "1"}, "Either by tokens or by the hour"),
        ({"gpus": "1"}, "make a price only together"),
        ({"input": "-1", "output": "1"}, "greater than or equal to 0"),
        ({"input": "1", "output": "1", "effective_from": "1999-01-01"}, "from 2000-01-01 on"),
    ],
)
def test_what_makes_no_price_is_refused(place: Acme, typed: dict[str, str], said: str) -> None:
    answer = enter(place, "price", model="house-llama", **typed)
    assert answer.status_code == 200
    assert said in unescape(answer.content.decode())


def test_viewers_read_and_do_not_enter_and_nobody_sees_another_tenants_terms(place: Acme) -> None:
    enter(place, "discount", provider="openai", paid="80")
    viewer = place.client(member(place, Role.VIEWER))
    assert "Enter a price" not in viewer.get(place.at("chat/prices")).content.decode()
    assert viewer.post(place.at("chat/prices"), {"deed": "reprice"}).status_code == 403
    other = acme().organization()
    with access.scope(other.pk):
        assert not Discount.objects.exists()
        assert not OwnPrice.objects.exists()


def test_the_last_days_at_todays_prices_stand_beside_what_was_billed(priced: Acme) -> None:
    enter(priced, "discount", provider="openai", paid="40", effective_from=NOW.date().isoformat())
    again(priced)
    billed = sums(priced).requests.billed_nano
    assert enter(priced, "reprice").status_code == 302
    assert "It is being computed." in shown(priced)
    deployment = priced.deployment()
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    with acting_as("worker"):
        assert (place["organization_id"], place["deployment_id"]) in list(reprice.claimed(now=NOW))
        found = reprice.reprice(**place, now=timezone.now() + timedelta(seconds=1))
    assert found is not None
    assert (found.requests, found.days, found.left) == (3, 1, 0)
    assert [(one.model, one.repriced_billed_nano, one.repriced_nano) for one in found.models] == [
        ("gpt-4o", 5_500_000_000, 2 * NANO)
    ]
    said = shown(priced)
    assert "What was billed $5.50 would cost $2.00 at today's prices: 63.6 % less." in said
    assert "Coverage: 100.0 % of attempts that were billed, 100.0 % of their dollars." in said
    assert sums(priced).requests.billed_nano == billed


def test_a_repricing_that_keeps_dying_is_given_up_and_may_be_asked_for_again(
    priced: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = priced.deployment()
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    enter(priced, "reprice")
    fail: Callable[..., float] = lambda **_: 1 / 0  # noqa: E731
    with monkeypatch.context() as patch, acting_as("worker"):
        patch.setattr(reprice, "compute", fail)
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                reprice.reprice(**place, now=NOW)
        assert reprice.reprice(**place, now=NOW) is None
    assert "It died too often and was given up." in shown(priced)
    enter(priced, "reprice")
    assert "It is being computed." in shown(priced)


def test_models_at_todays_prices_add_up_by_provider_and_in_all() -> None:
    models = (
        RepricedModel("openai", "a", 4, 3, 9 * NANO, 8 * NANO, 6 * NANO),
        RepricedModel("openai", "b", 1, 1, 1 * NANO, 1 * NANO, 1 * NANO),
        RepricedModel("house", "c", 5, 0, 2 * NANO, 0, 0),
    )
    found = Repriced(NOW.date(), NOW.date(), 1, 0, 10, models)
    rows = providers_of(Again(NOW, NOW, waits=False, gave_up=False, found=found))
    assert [(one.model, one.provider, one.billed, one.today, one.coverage) for one in rows] == [
        ("every model", "openai", "$9.00", "$7.00", "80.0\u00a0%"),
        ("every model", "house", "\u2013", "\u2013", "0.0\u00a0%"),
        ("Together", "", "$9.00", "$7.00", "40.0\u00a0%"),
    ]
    assert providers_of(None) == []
