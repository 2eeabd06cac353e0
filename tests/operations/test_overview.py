"""The operator's page, and who gets to see it."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.ingest.models import Derivation
from apps.pricing.import_prices import add_list
from apps.pricing.load import load_book
from apps.pricing.models import Proposal
from apps.pricing.queries import waiting
from apps.pricing.quote import quote
from tests.connections import acting_as
from tests.names import unique
from tests.pricing.usage import MTOK, price_row, usage
from tests.rollups.tenants import tenant

pytestmark = pytest.mark.usefixtures("database")


def signed_in(**rights: bool) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(f"{unique('operator')}@example.com", "x", **rights))
    return client


def test_only_operators_get_to_see_it() -> None:
    answer = Client().get("/operations")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/operations")
    assert signed_in().get("/operations").status_code == 404
    assert signed_in(is_staff=True).get("/operations").status_code == 404


def test_an_operator_sees_what_is_to_be_done_and_how_many_are_set_aside_but_no_names() -> None:
    with acting_as("worker"):
        row = Derivation.objects.create(**tenant().place, attempts=5, quarantined_at=timezone.now())
    try:
        answer = signed_in(is_superuser=True).get("/operations")
    finally:
        with acting_as("worker"):
            row.delete()
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "could not be looked at" not in said
    assert "Postgres fsync: off<small>Turn it on" in said
    assert "role web: tollmark_web cannot pass the walls" in said
    assert re.search(r"quarantine: \d+ that (is|are) not named here<small>", said)
    assert "/chat" not in said


def test_an_operator_decides_on_prices_that_wait_and_nobody_else_does() -> None:
    source, seen = unique("list"), datetime(2026, 3, 5, tzinfo=UTC)
    with acting_as("worker"):
        for version, dollars in enumerate((4, 40)):
            rows = [
                price_row("openai", "gpt-4o", dollars=(dollars, dollars)),
                price_row("openai", "o3", dollars=(4, dollars)),
            ]
            add_list(source=source, version=str(version), rows=rows, now=seen)
    found = {one.model: one for one in waiting() if one.price_list.source == source}
    operator = signed_in(is_superuser=True)
    assert "input $4 to $40 for 1M tokens from 2026-03-05" in operator.get("/operations").content.decode()
    address = f"/operations/prices/{found['gpt-4o'].pk}"
    assert signed_in(is_staff=True).post(address, {"word": "accept"}).status_code == 404
    operator.post(address, {"word": "accept", "since": "never"})
    operator.post(address, {"word": "accept", "since": "2026-02-01", "note": "told by mail"})
    said = operator.post(f"/operations/prices/{found['o3'].pk}", {"word": "refuse"}, follow=True).content.decode()
    assert "openai o3 (standard) is refused" in said
    assert "told by mail" in said
    assert not [one for one in waiting() if one.price_list.source == source]
    decided = Proposal.objects.get(pk=found["gpt-4o"].pk)
    assert (decided.accepted, decided.in_force_from) == (True, datetime(2026, 2, 1, tzinfo=UTC))
    asked = usage({"at": datetime(2026, 2, 1, tzinfo=UTC), "input_tokens": MTOK, "output_tokens": 0})
    assert quote(asked, load_book(source=source))[0] == 40 * 10**9
