"""Every word of every page comes through a catalogue: looked at in a language in which such words are marked."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.deployments.labels import TAXONOMY
from apps.rollups.metrics.registry import METRICS
from tests.connections import acting_as
from tests.dashboards.marked_language import LANGUAGE, Words, marked, spoken
from tests.dashboards.shown import ACCOUNT, EMPTY, OUTSIDE, stand
from tests.dashboards.tenants import acme

pytestmark = pytest.mark.usefixtures("database")

MORE = {
    "add": "/-/add",
    "compare": "/chat/compare",
    "compare-policies": "/chat/compare?by=policies",
    "decay": "/chat/decay",
    "failures-by-week": "/chat/failures?environment=all",
    "files": "/chat/files",
    "money-by-tag": "/chat/money?by=tag",
    "providers": "/chat/providers",
    "replay-sets": "/chat/providers/replay-sets",
    "rules": "/chat/rules",
    "tasks": "/chat/tasks",
    "what-if": "/chat/what-if",
    "what-if-cap": "/chat/what-if?change=cap&retries=0",
    "what-if-price": "/chat/what-if?change=price&of=openai&per_cent=-20",
    "what-if-move": "/chat/what-if?change=move&task=answers&to=openai/gpt-4o-mini",
    "what-if-mistaken": "/chat/what-if?change=add&sold_by=litellm",
    "task": "/chat/tasks?task=answers#change",
    "requests-by-cause": "/chat/requests?cause=any&again=retried",
    "requests-too-early": "/chat/requests?until=2000-01-01T00:00",
    "compare-mistaken": "/chat/compare?start=2000-01-01",
    "requests-of-model": "/chat/requests?model=gpt-4o&outcome=served",
    "money-by-route": "/chat/money?by=route&sort=name",
    "deployments-by-name": "/?sort=name&group=environment&q=acme-0",
    "waiting-of-all": "/chat/waiting?from=2026-01-01",
}
DATA = re.compile(
    r"(?:org|acme)-[0-9a-f]+(?:@example\.com)?|\bchat\b|\bChat\b"
    r"|\b(?:gpt-4o(?:-mini)?|claude-3-5-haiku(?:-\d+|-latest)?|unheard-of-1|house-llama|openai|anthropic|self-hosted)\b"
    r"|\b(?:provisioned|triage|answers|fast|deep|production|staging|embeddings|team)\b|\br\d-\d+\b"
    r"|received_at is older than 400 days, for which raw traces are kept\."  # as the door put it, and it is kept
)
"""What the tenants of these tests are called and sent."""
NAMES = re.compile(
    r"\b(?:Tollmark|API|UTC|USD?|JSON|NDJSON|CSV|Parquet|HTTP|OTLP|httpx|SDK|p\d\d|ms|min|[kMGT]i?B)\b"
    r"|\b(?:LiteLLM|OpenTelemetry|OpenAI|Anthropic|OpenLLMetry|OpenInference|pydantic-ai|Langfuse|Vercel|OpenRouter)\b"
    r"|\b(?:Helicone|Portkey|OpenTracy|Wilson|Shapley)\b"
    r"|\b(?:native|genai-prices|YYYY-MM-DD)\b|\bhttps?://\S+|\{\w+\}|\b[a-z]+(?:_[a-z0-9]+)+\b"
)
"""Names, also of fields and metrics, and units."""


def narrow(text: str) -> list[str]:
    """The words of a text that came through no catalogue and are nobody's data."""
    if text in METRICS or text in TAXONOMY:
        return []
    return re.findall(r"[A-Za-z][A-Za-z'’]+", NAMES.sub(" ", DATA.sub(" ", text)))


@dataclass(frozen=True)
class Visits:
    """Each page's address, and who looks at it."""

    pages: dict[str, tuple[Client, str]]


@pytest.fixture(scope="module")
def visits(database: None) -> Visits:
    shown, empty = stand(), acme()
    with acting_as("web"):
        member, newcomer = Client(), empty.client()
        member.force_login(User.objects.get(email=shown.email))
    at = shown.pages["deployments"].rstrip("/")
    pages = {name: (Client(), path) for name, path in OUTSIDE.items()}
    pages |= {name: (member, path) for name, path in {**ACCOUNT, **shown.pages}.items()}
    pages |= {name: (member, at + path) for name, path in MORE.items()}
    return Visits(pages | {name: (newcomer, empty.at(path)) for name, path in EMPTY.items()})


def test_every_page_says_nothing_but_what_a_catalogue_was_asked_for(visits: Visits) -> None:
    left = dict[str, list[str]]()
    with acting_as("web"), spoken():
        for name, (client, path) in visits.pages.items():
            answer = client.get(path.partition("#")[0], follow=True)
            texts = Words(answer.content.decode()).texts
            assert marked("Reference") in texts, f"{name} was answered by a page"
            left |= {f"{name}: {text}": words for text in texts if (words := narrow(text))}
    assert left == {}


def test_a_page_says_its_language_and_in_which_direction_it_is_written() -> None:
    assert '<html lang="en" dir="ltr"' in Client().get("/method").content.decode()
    with spoken():
        assert f'<html lang="{LANGUAGE}" dir="ltr"' in Client().get("/method").content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where do you stand?", ["Where", "do", "you", "stand"]),
        (marked("Where do you stand, {name}?").format(name="Chat"), []),
        (marked("{verdict} than the median").format(verdict="better"), ["better"]),
        ("$0.21, 61 ms, 2026-11-03, UTC", []),
    ],
)
def test_what_came_through_no_catalogue_is_seen_inside_what_did(text: str, words: list[str]) -> None:
    assert narrow(text) == words
