"""Keys and tokens: made, shown once, revoked."""

import re

from django.utils import timezone

from apps.deployments.models import IngestKey
from apps.organizations import access, keys, tokens
from apps.organizations.models import ApiToken
from tests.dashboards.tenants import Acme, acme

KEY = re.compile(r"tmk_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")


def test_a_key_is_shown_once_and_can_be_used(place: Acme) -> None:
    client, address = place.client(), place.at("chat/keys")
    answer = client.post(address, {"label": "litellm production"})
    [text] = set(KEY.findall(answer.content.decode()))
    parsed = keys.parse(text)
    assert parsed is not None
    with access.scope(place.organization().pk):
        stored = IngestKey.objects.get(key_id=parsed[0])
    assert (stored.label, bytes(stored.secret_hash)) == ("litellm production", parsed[1])
    again = client.get(address).content.decode()
    assert not KEY.search(again)
    assert "litellm production" in again
    assert "no-store" in answer["Cache-Control"]


def test_a_key_without_a_name_is_refused_with_what_to_do(place: Acme) -> None:
    answer = place.client().post(place.at("chat/keys"), {"label": " "})
    assert "Name it after where it will be used" in answer.content.decode()


def test_the_connect_page_fills_a_new_key_in(place: Acme) -> None:
    client = place.client()
    assert "tmk_YOUR_KEY" in client.get(place.at("chat/")).content.decode()
    answer = client.post(place.at("chat/")).content.decode()
    assert len(set(KEY.findall(answer))) == 1
    assert "tmk_YOUR_KEY" not in answer
    assert "http-equiv" not in answer  # reloading by itself would lose the key


def test_revoking_asks_first_and_then_stops_the_key(place: Acme) -> None:
    client = place.client()
    client.post(place.at("chat/keys"), {"label": "old gateway"})
    [row] = [one for one in client.get(place.at("chat/keys")).context["page"].rows if one.label == "old gateway"]
    assert b"refused within five seconds" in client.get(row.revoke).content
    client.post(row.revoke)
    [after] = [one for one in client.get(place.at("chat/keys")).context["page"].rows if one.label == "old gateway"]
    assert (after.state, after.revoke) == ("revoked", "")


def test_a_key_of_another_organization_cannot_be_revoked(place: Acme) -> None:
    other = acme()
    [row] = place.client().get(place.at("chat/keys")).context["page"].rows
    assert other.client().post(row.revoke).status_code == 404
    elsewhere = row.revoke.replace(place.slug, other.slug)
    assert other.client().post(elsewhere).status_code == 404


def test_a_token_is_shown_once_and_revoked(place: Acme) -> None:
    client, address = place.client(), place.at("-/tokens")
    [text] = set(KEY.findall(client.post(address, {"label": "finance", "scopes": ["figures"]}).content.decode()))
    assert not KEY.search(client.get(address).content.decode())
    parsed = keys.parse(text)
    assert parsed is not None
    [row] = [one for one in client.get(address).context["page"].rows if one.label == "finance"]
    client.post(row.revoke)
    with access.scope(place.organization().pk):
        assert ApiToken.objects.get(key_id=parsed[0]).revoked_at is not None


def test_long_lists_come_in_pages(place: Acme) -> None:
    client, address = place.client(), place.at("-/tokens")
    organization = place.organization()
    with access.scope(organization.pk):
        for number in range(51):
            tokens.issue(organization=organization, label=f"program {number}", now=timezone.now(), actor=None)
    assert len(client.get(address).context["page"].rows) == 50
    assert len(client.get(f"{address}?page=2").context["page"].rows) == 2
    assert b'rel="next"' in client.get(address).content
