"""How to connect: every stack's text names this host and the key, and is what it says it is."""

import ast
import re
import textwrap

import pytest

from apps.dashboards.pages.advice import advice_for
from apps.dashboards.pages.stacks import FIRST, STACKS, Text, connect
from tests.dashboards.tenants import Acme

HOST, KEY = "https://tollmark.example", "tmk_abc_secret"
each_stack = pytest.mark.parametrize("slug", list(STACKS))


def text_of(slug: str) -> tuple[Text, str]:
    shown = connect(slug, url=HOST, key=KEY, key_is_fresh=False).shown
    return shown, "".join(piece.text for piece in shown.pieces)


@each_stack
def test_a_text_has_the_host_and_the_key_and_marks_them(slug: str) -> None:
    shown, text = text_of(slug)
    assert HOST in text
    assert KEY in text
    assert {piece.text for piece in shown.pieces if piece.kind == "filled"} == {HOST, KEY}
    assert "<" not in shown.note + re.sub(r"[<>] |=>|</?\w", "", text)


@each_stack
def test_comments_are_marked_and_nothing_else_is(slug: str) -> None:
    shown, text = text_of(slug)
    comments = [piece.text for piece in shown.pieces if piece.kind == "comment"]
    assert all(comment.startswith("# ") for comment in comments)
    assert sum(line.lstrip().startswith("# ") for line in text.splitlines()) <= len(comments)


@pytest.mark.parametrize(
    "slug", ["litellm-sdk", "openai-httpx", "openinference", "pydantic-ai", "langfuse", "in-house"]
)
def test_what_is_python_in_a_text_can_be_parsed(slug: str) -> None:
    _, text = text_of(slug)
    code = [line for line in text.splitlines() if not line.startswith("export ")]
    ast.parse(textwrap.dedent("\n".join(code)))


def test_an_unknown_stack_is_the_first_one() -> None:
    (chosen,) = [one.slug for one in connect("nonsense", url=HOST, key=KEY, key_is_fresh=False).choices if one.chosen]
    assert chosen == FIRST


def test_the_page_fills_in_the_stack_that_was_picked(place: Acme) -> None:
    page = place.client().get(place.at("chat/?stack=litellm-proxy")).content.decode()
    assert "LITELLM_OTEL_V2=true" in page
    assert 'href="?stack=litellm-proxy" aria-current="true"' in page
    assert "tmk_YOUR_KEY" in page


def test_a_fresh_key_stands_in_every_text_since_it_is_shown_once(place: Acme) -> None:
    page = place.client().post(place.at("chat/?stack=vercel-ai")).content.decode()
    (key,) = re.findall(r'class="secret" data-copy>(tmk_[^<]+)<', page)
    assert page.count(key) > len(STACKS)
    assert "tmk_YOUR_KEY" not in page


@pytest.mark.parametrize(
    ("sources", "dialects", "says"),
    [
        (("otlp",), ("litellm_otel_v1",), "Set `LITELLM_OTEL_V2=true`: attempts become complete."),
        (("otlp",), ("genai", "http"), "opentelemetry-instrumentation-httpx"),
        (("otlp",), ("vercel_ai_legacy",), "nothing outside shows them"),
        (("litellm", "otlp"), ("litellm_callback",), "LITELLM_OTEL_V2=true"),
        (("file",), (), "Connect the gateway itself"),
        (("native",), (), "Send every attempt"),
    ],
)
def test_advice_on_attempts_fits_how_they_are_reported(
    sources: tuple[str, ...], dialects: tuple[str, ...], says: str
) -> None:
    assert says in advice_for(sources, dialects).attempts
