"""From a request to the tenant's own trace viewer: named in the settings, followed from the page, the list and the API."""

import csv
import html
import re
from io import StringIO

import pytest
from django.utils import timezone

from apps.organizations import access
from apps.organizations.models import AuditEvent, Role
from apps.traces.nouns import Attempt, Request, Usage
from tests.dashboards.tenants import Acme, bring, member
from tests.dashboards.test_api import get

VIEWER = "https://langfuse.example.com/trace/{trace_id}?r={request_id}"
LINK = "https://langfuse.example.com/trace/4bf92f?r=a%2Fb%22%3E%3Cscript%3E"
MARK = 'target="_blank" rel="noopener noreferrer">Open in your trace viewer</a>'


@pytest.fixture
def traced(place: Acme) -> Acme:
    now = timezone.now()
    attempt = Attempt(provider="openai", model="gpt-4o", usage=Usage(input_tokens=9, output_tokens=9))
    bring(
        place,
        [
            Request(request_id='a/b"><script>', received_at=now, attempts=[attempt], trace_id="4bf92f"),
            Request(request_id="untraced", received_at=now, attempts=[attempt]),
        ],
        now=now,
    )
    return place


def post(place: Acme, template: str, *, email: str | None = None, expected: int) -> str:
    told = {"deed": "trace-link", "trace_link": template}
    answer = place.client(email).post(place.at("chat/settings"), told)
    assert answer.status_code == expected
    return html.unescape(answer.content.decode())


def test_it_leads_from_page_list_and_api_to_the_viewer_where_the_ids_are_known(traced: Acme) -> None:
    listing = traced.at("chat/requests")
    assert MARK not in traced.client().get(listing).content.decode()
    before = get(traced, "deployments/chat/requests")
    assert [one["trace_url"] for one in before.json()["results"]] == [None, None]
    post(traced, f" {VIEWER} ", expected=302)
    listed = traced.client().get(listing).content.decode()
    assert listed.count(MARK) == 1
    assert f'href="{html.escape(LINK)}" {MARK}' in listed
    pages = {address: traced.client().get(html.unescape(address)).content.decode() for address in details(listed)}
    assert sorted(MARK in text for text in pages.values()) == [False, True]
    after = get(traced, "deployments/chat/requests")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert {one["request_id"]: one["trace_url"] for one in after.json()["results"]} == {
        'a/b"><script>': LINK, "untraced": None,
    }  # fmt: skip
    table = b"".join(get(traced, "deployments/chat/requests?format=csv").streaming_content).decode()
    assert {row["trace_url"] for row in csv.DictReader(StringIO(table))} == {LINK, ""}


def details(listed: str) -> list[str]:
    return re.findall(r'class="long id across"><a href="([^"]+)"', listed)


def test_only_editors_name_it_what_is_no_address_is_refused_and_each_change_is_in_the_trail(place: Acme) -> None:
    post(place, VIEWER, email=member(place, Role.VIEWER), expected=403)
    refused = post(place, "javascript:alert(1)//{trace_id}", expected=200)
    assert "Begin with https:// or http://" in refused
    assert 'value="javascript:alert(1)//{trace_id}"' in refused
    for template in ("", VIEWER, VIEWER, ""):
        post(place, template, expected=302)
    organization = place.organization()
    with access.scope(organization.pk):
        trail = AuditEvent.objects.filter(organization=organization, verb="deployment.trace_link").order_by("at")
        assert [one.detail["trace_link"] for one in trail][-2:] == [VIEWER, ""], "and of what changed nothing, nothing"
