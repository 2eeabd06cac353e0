"""Programs are answered in English, whichever language the pages speak."""

import re

import pytest
from django.utils import timezone

from apps.dashboards.api_urls import urlpatterns
from tests.dashboards import marked_language
from tests.dashboards.tenants import Acme, bring
from tests.dashboards.test_read_api import ask, body, requests

PATHS = ["schema", "client.py", *(str(one.pattern) for one in urlpatterns if one.name != "api-client")]
TRANSLATED = re.compile("[\N{FULLWIDTH LATIN CAPITAL LETTER A}-\N{FULLWIDTH LATIN SMALL LETTER Z}]")
WRONG = "deployments/chat/cost?from=yesterday"


@pytest.fixture
def busy(place: Acme) -> Acme:
    bring(place, requests(20, task="triage"), now=timezone.now())
    return place


def test_no_answer_holds_a_word_of_another_language(busy: Acme) -> None:
    with marked_language.spoken():
        told = {path: ask(busy, path.replace("<slug:slug>", "chat")) for path in (*PATHS, WRONG)}
        page = busy.client().get(busy.at("chat/health")).content.decode()
    assert {path: body(one) for path, one in told.items() if TRANSLATED.search(body(one))} == {}
    assert {one.status_code for path, one in told.items() if path != WRONG} <= {200, 400}
    assert TRANSLATED.search(page), "the page beside them is in that language"
