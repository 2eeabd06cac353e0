"""Who gets to see which page."""

import pytest
from django.test import Client

from apps.organizations.models import Role
from tests.dashboards.tenants import Acme, acme, member

PAGES = ("", "-/add", "-/members", "-/tokens", "chat/", "chat/standing", "chat/health", "chat/keys", "chat/settings")
OF_OWNERS = ("-/members", "-/tokens")
OF_EDITORS = ("-/add",)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_sign_in(place: Acme, page: str) -> None:
    answer = Client().get(place.at(page))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", PAGES)
def test_a_member_of_another_organization_finds_nothing(place: Acme, page: str) -> None:
    other = acme()
    assert other.client().get(place.at(page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_owner_sees_every_page(place: Acme, page: str) -> None:
    assert place.client().get(place.at(page)).status_code == 200


def test_no_cache_keeps_what_somebody_was_shown(place: Acme) -> None:
    client = place.client()
    read = client.get("/api/v1/deployments/", headers={"Authorization": f"Bearer {place.token}"})
    for answer in (*(client.get(place.at(page)) for page in PAGES), client.get("/accounts/email/"), read):
        assert "no-store" in answer["Cache-Control"]
    assert "no-store" not in client.get("/static/css/base.css").get("Cache-Control", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_viewer_sees_what_viewers_may(place: Acme, page: str) -> None:
    status = place.client(member(place, Role.VIEWER)).get(place.at(page)).status_code
    assert status == (403 if page in OF_OWNERS + OF_EDITORS else 200)


@pytest.mark.parametrize(
    "page", ["-/add", "-/members", "-/tokens", "chat/", "chat/keys", "chat/settings", "chat/contribution"]
)
def test_a_viewer_changes_nothing(place: Acme, page: str) -> None:
    assert place.client(member(place, Role.VIEWER)).post(place.at(page), {"label": "x"}).status_code == 403


def test_a_deployment_that_does_not_exist_is_not_found(place: Acme) -> None:
    assert place.client().get(place.at("nothing/standing")).status_code == 404


def test_the_start_leads_to_the_organization_one_was_in_last(place: Acme) -> None:
    client = place.client()
    assert client.get("/")["Location"] == place.at("")


def test_somebody_without_an_organization_is_told_what_to_do(place: Acme) -> None:
    email = member(place, Role.VIEWER)
    client = place.client(email)
    owner = place.client()
    [row] = [one for one in owner.get(place.at("-/members")).context["page"].rows if one.name == email]
    owner.post(row.remove)
    assert b"You belong to no organization yet" in client.get("/").content


def test_the_demo_says_so_on_every_page(database: None) -> None:
    demo = acme(pool="demo")
    client = demo.client()
    for page in PAGES:
        assert b"every number on this page is simulated" in client.get(demo.at(page)).content


def test_the_colours_are_kept_in_the_browser_and_lead_back_only_here() -> None:
    client = Client()
    answer = client.post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.cookies["theme"].value == "dark"
    client.post("/theme", {"theme": "system", "next": "/o/x/"})
    assert client.cookies["theme"].value == ""
