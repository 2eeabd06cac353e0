"""Every word of every page comes through a catalogue: looked at in a language in which such words are marked."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.connections import acting_as
from tests.dashboards.marked_language import Words, marked, spoken
from tests.dashboards.shown import ACCOUNT, EMPTY, OUTSIDE, Shown, stand
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
}
NOT_YET = frozenset({"method", *MORE})
"""Pages on which Python still writes English alone."""
DATA = re.compile(
    r"(?:org|acme)-[0-9a-f]+(?:@example\.com)?|\bchat\b|\bChat\b"
    r"|\b(?:gpt-4o(?:-mini)?|claude-3-5-haiku(?:-\d+)?|unheard-of-1|house-llama|openai|anthropic|self-hosted)\b"
    r"|\b(?:triage|answers|fast|deep|production|staging|embeddings|team)\b|\br\d-\d+\b"
)
"""What the tenants of these tests are called and sent."""
NAMES = re.compile(
    r"\b(?:Tollmark|API|UTC|USD?|JSON|NDJSON|CSV|Parquet|HTTP|OTLP|httpx|SDK|p\d\d|ms|min|[kMGT]i?B)\b"
    r"|\b(?:LiteLLM|OpenTelemetry|OpenAI|Anthropic|OpenLLMetry|OpenInference|pydantic-ai|Langfuse|Vercel|OpenRouter)\b"
    r"|\b(?:Helicone|Portkey|OpenTracy|Wilson|Shapley)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
)
"""Names, units and months: figures are formatted alike in every language."""


def narrow(text: str) -> list[str]:
    """The words of a text that came through no catalogue and are nobody's data."""
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


def test_dump(visits):
    out = open("/tmp/w1/dump", "w")
    with acting_as("web"), spoken():
        for name, (client, path) in visits.pages.items():
            answer = client.get(path.split("#")[0], follow=True)
            left = [(t, w) for t in dict.fromkeys(Words(answer.content.decode()).texts) if (w := narrow(t))]
            print("==", name, answer.status_code, len(left), file=out)
            for t, w in left: print("    ", w[:6], "|", t[:160].replace("\n", " "), file=out)
