"""The operator's page, and who gets to see it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.ingest.models import Derivation
from tests.connections import acting_as
from tests.names import unique
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
