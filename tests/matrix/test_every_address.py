"""Every address, every method, everybody: who is let in, and that what is another's looks like what is not there."""

import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from apps.dashboards.api.view import TokenThrottle
from apps.organizations.models import Role
from tests.connections import acting_as
from tests.matrix import table, world
from tests.matrix.table import METHODS, SAFE
from tests.matrix.world import World

PARAMETER = re.compile(r"<\w+:(\w+)>|\(\?P<(\w+)>[^)]*\)")
ELSEWHERE = {"proposal": "1", "token": "not-signed-here", "uidb36": "1a", "key": "no-such-key"}
UNKNOWN = {
    "organization": "place-0000000000",
    "deployment": "only-here-0000000000",
    "slug": "only-here-0000000000",
    "key_id": "00000000",
    "member": "00000000-0000-4000-8000-000000000000",
    "key": "00000000-0000-4000-8000-000000000000",
    "request_id": "request-0000000000",
    "mark": "9000000000000000",
}
ELSEWHERE_IP = "198.51.100.7"
NAMED = [(address, name) for address in table.PAGES for name in UNKNOWN if f":{name}>" in address]
VARYING = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|nonce-[^ \';]+')
OF_EACH_ANSWER = ("X-Request-ID", "Date", "Set-Cookie", "Content-Length")


@pytest.fixture(scope="module")
def everybody(database: None) -> Iterator[World]:
    made = world.build()
    with acting_as("web"), mock.patch.object(TokenThrottle, "rate", "100000/min"):  # more than a token may read
        yield made


@pytest.fixture(scope="module")
def anybody() -> Client:
    return Client()


def path_of(address: str, names: dict[str, str]) -> str:
    filled = PARAMETER.sub(lambda found: names[found[1] or found[2]], address.replace("^", "").replace("$", ""))
    return f"/{filled}"


def ask(client: Client, method: str, path: str, **options: Any) -> Any:
    return client.generic(method, path, **options)


def test_every_address_is_in_the_table_and_only_once() -> None:
    listed = [*table.PAGES, *table.READS, *table.WAYS_IN, *table.ASKED, *table.OPEN, *table.ABSENT, *table.ACCOUNTS]
    assert sorted(listed) == sorted(table.addresses())


@pytest.mark.parametrize("address", table.PAGES)
def test_a_page_lets_in_the_roles_of_the_table_and_nobody_else(everybody: World, address: str) -> None:
    page, path = table.PAGES[address], path_of(address, everybody.ours.names(address))
    for who, client in everybody.people.items():
        for method in METHODS:
            answer = ask(client, method, path)
            assert (who, method, answer.status_code) in {
                (who, method, wanted) for wanted in _wanted(page.needed(method), who, method)
            }
            if answer.status_code == 302 and who == "anonymous":
                assert answer["Location"].startswith("/accounts/login/?next=")


def _wanted(needed: Role | None, who: str, method: str) -> tuple[int, ...]:
    if needed is None:
        return (405,)
    if who in ("anonymous", "stranger"):
        return (302,) if who == "anonymous" else (404,)
    if Role.values.index(who) < Role.values.index(needed):
        return (403,)
    return (200,) if method in SAFE else (200, 302)


@pytest.mark.parametrize("address", table.PAGES)
def test_a_page_takes_no_post_that_another_site_could_have_made(everybody: World, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = everybody.people["owner"].cookies
    assert ask(client, "POST", path_of(address, everybody.ours.names(address))).status_code in (403, 405)


@pytest.mark.parametrize(("address", "parameter"), NAMED)
def test_on_a_page_what_is_anothers_looks_like_what_is_not_there(
    everybody: World, address: str, parameter: str
) -> None:
    ours, theirs = (place.names(address) for place in (everybody.ours, everybody.theirs))
    for method in METHODS:
        seen = [
            _seen(everybody.people["owner"], method, path_of(address, {**ours, parameter: name}), name)
            for name in (theirs[parameter], UNKNOWN[parameter])
        ]
        assert seen[0] == seen[1]
        assert seen[0][0] in (404, 405)


def _seen(client: Client, method: str, path: str, name: str, **options: Any) -> tuple[int, dict[str, str], bytes]:
    """All that tells one answer from another, without what is new in each, and without the name that was asked for."""
    answer = ask(client, method, path, **options)
    headers = {key: VARYING.sub(b"", value.encode()).decode() for key, value in answer.items()}
    body = VARYING.sub(b"", answer.content).replace(name.encode(), b"")
    return answer.status_code, {key: value for key, value in headers.items() if key not in OF_EACH_ANSWER}, body


@pytest.mark.parametrize("address", [one for one in table.PAGES if ":deployment>" in one and ":key_id>" in one])
def test_a_key_of_another_deployment_looks_like_none(everybody: World, address: str) -> None:
    ours = everybody.ours.names(address)
    seen = [
        _seen(everybody.people["owner"], method, path_of(address, {**ours, "key_id": name}), name)
        for method in (*SAFE, "POST")
        for name in (everybody.ours.other_key_id, UNKNOWN["key_id"])
    ]
    assert seen[::2] == seen[1::2]
    assert {status for status, _, _ in seen} == {404}


@pytest.mark.parametrize("address", table.READS)
def test_a_read_needs_a_token_of_the_organization(everybody: World, anybody: Client, address: str) -> None:
    path = path_of(address, everybody.ours.names(address))
    for name, text in {**everybody.programs, "key": everybody.ours.ingest_key, "nothing": "", "typo": "tmk_x"}.items():
        for method in METHODS:
            answer = ask(anybody, method, path, headers={"Authorization": f"Bearer {text}"})
            assert (name, method, answer.status_code) == (name, method, 401)
    for method in METHODS:
        assert ask(everybody.people["owner"], method, path).status_code == 401  # a session is no token
        status = ask(anybody, method, path, headers=_bearer(everybody.ours.api_token)).status_code
        assert (method, status) == (method, 200 if method in (*SAFE, "OPTIONS") else 405)


@pytest.mark.parametrize("address", [one for one in table.READS if "<slug:slug>" in one])
def test_in_a_read_what_is_anothers_looks_like_what_is_not_there(
    everybody: World, anybody: Client, address: str
) -> None:
    for method in METHODS:
        seen = [
            _seen(anybody, method, path_of(address, {"slug": name}), name, headers=_bearer(everybody.ours.api_token))
            for name in (everybody.theirs.deployment, UNKNOWN["slug"])
        ]
        assert seen[0] == seen[1]
        assert seen[0][0] in ((404,) if method in SAFE else (200, 405))


def test_a_list_has_what_is_ours_alone(everybody: World, anybody: Client) -> None:
    answer = ask(anybody, "GET", "/api/v1/deployments/", headers=_bearer(everybody.ours.api_token))
    assert {one["slug"] for one in answer.json()["results"]} == {everybody.ours.deployment, "sibling"}
    answer = ask(anybody, "GET", "/api/v1/chargeback?environment=all", headers=_bearer(everybody.ours.api_token))
    assert {one["deployment"] for one in answer.json()["results"]} <= {everybody.ours.deployment, "sibling"}


@pytest.mark.parametrize("address", table.WAYS_IN)
def test_a_way_in_needs_a_key_of_a_deployment(everybody: World, anybody: Client, address: str) -> None:
    path = path_of(address, {})
    for name, text in {**everybody.programs, "token": everybody.ours.api_token, "nothing": ""}.items():
        for method in METHODS:
            answer = ask(anybody, method, path, headers=_bearer(text))
            assert (name, method, answer.status_code) == (name, method, 401 if method == "POST" else 405)
    assert ask(everybody.people["owner"], "POST", path).status_code == 401  # a session is no key
    answer = ask(anybody, "POST", path, headers=_bearer(everybody.ours.ingest_key))
    assert answer.status_code in (202, 400, 415)  # let in, and told what is wrong with what it sent


@pytest.mark.parametrize("address", table.ASKED)
def test_what_a_key_may_read_is_its_deployments(everybody: World, anybody: Client, address: str) -> None:
    ours, theirs = (path_of(address, place.names(address)) for place in (everybody.ours, everybody.theirs))
    for name, text in {**everybody.programs, "token": everybody.ours.api_token, "nothing": ""}.items():
        assert (name, ask(anybody, "GET", ours, headers=_bearer(text)).status_code) == (name, 401)
    for method in METHODS:
        answer = ask(anybody, method, ours, headers=_bearer(everybody.ours.ingest_key))
        assert (method, answer.status_code) == (method, 200 if method == "GET" else 405)
    seen = [
        _seen(anybody, "GET", path, "", headers=_bearer(everybody.ours.ingest_key))
        for path in (theirs, path_of(address, UNKNOWN))
    ]
    assert seen[0] == seen[1]
    assert seen[0][0] == 404


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize("address", table.OPEN)
def test_an_open_address_answers_everybody_alike(everybody: World, address: str) -> None:
    for method in METHODS:
        answers = {
            who: ask(client, method, path_of(address, ELSEWHERE)).status_code
            for who, client in everybody.people.items()
        }
        assert set(answers.values()) <= ({200, 302, 503} if method in table.OPEN[address] else {405}), (method, answers)
        assert len(set(answers.values())) == 1, (method, answers)


@pytest.mark.parametrize("address", table.ABSENT)
def test_an_absent_address_is_not_there_for_anybody(everybody: World, address: str) -> None:
    for client in everybody.people.values():
        assert {ask(client, method, path_of(address, {})).status_code for method in METHODS} <= {404, 405}
        bearing = {"headers": _bearer(everybody.ours.api_token)}
        assert ask(client, "GET", path_of(address, {}), **bearing).status_code == 404


@pytest.mark.parametrize("address", table.ACCOUNTS)
def test_an_account_is_its_own_persons(everybody: World, address: str) -> None:
    account, path = table.ACCOUNTS[address], path_of(address, ELSEWHERE)
    for who, client in everybody.people.items():
        wanted = account.anonymous if who == "anonymous" else account.signed_in
        # From another host than other tests: what an address may ask in a minute is bounded.
        answer = ask(client, "GET", path, REMOTE_ADDR=ELSEWHERE_IP)
        assert (who, answer.status_code) == (who, wanted)
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = everybody.people["viewer"].cookies
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert ask(forged, method, path, REMOTE_ADDR=ELSEWHERE_IP).status_code in (403, 405)
        if account.anonymous == 302:
            assert ask(everybody.people["anonymous"], method, path, REMOTE_ADDR=ELSEWHERE_IP).status_code in (302, 405)
