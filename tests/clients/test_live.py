"""Clients as teams have them, unchanged but for their exporter's address and key: what did happen is what the page says."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import environment, upstream
from tests.clients.upstream import Call, Upstream
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.ingest.sender import Sender
from tests.live import LivePlatform

pytestmark = pytest.mark.clients

DRIVERS = Path(__file__).parent / "drivers"
PROMPT = "the scripted question, which must be found nowhere"
PATIENCE_S = 60
LITELLM = {"LITELLM_OTEL_V2": "true", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
WITH_CONTENT = {
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
}


@pytest.fixture
def provider() -> Iterator[Upstream]:
    with upstream.serving() as serving:
        yield serving


@pytest.fixture
def place() -> Acme:
    return acme()


def run(driver: str, *, platform: LivePlatform, place: Acme, provider: Upstream, **more: str) -> None:
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "UPSTREAM": provider.url,
        "PROMPT": PROMPT,
        "OTEL_EXPORTER_OTLP_ENDPOINT": platform.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={place.ingest_key}",
        **more,
    }
    command = [str(environment.python()), str(DRIVERS / f"{driver}.py")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=180, check=False)
    assert not done.returncode, done.stderr
    assert "Failed to export" not in done.stderr, done.stderr


def told(place: Acme, provider: Upstream, *, requests: int) -> list[Call]:
    """The attempts as the platform has them, in order, once it has as many as really were; or what it has by then.

    Of an answer these clients say no status; one that has neither status nor error is an answer.
    """
    deployment = place.deployment()
    sender = Sender("", deployment.organization_id, deployment.pk, "")
    deadline = time.monotonic() + PATIENCE_S
    while True:
        attempts = sender.rows(
            "traces_attempt", "provider, model, status, error_type", order="received_at, request_id, n"
        )
        whole = len(attempts) >= len(provider.calls) and sender.count("traces_request") >= requests
        if whole or time.monotonic() > deadline:
            return [_call(**attempt) for attempt in attempts]
        time.sleep(0.2)


def _call(provider: str, model: str, status: int | None, error_type: str | None) -> Call:
    return Call(provider, model, status or (200 if error_type is None else 0))


def page_of(place: Acme) -> str:
    client = place.client()
    with acting_as("web"):
        return client.get(place.at("chat/")).content.decode()


def headline(page: str) -> str:
    (found,) = re.findall(r"<b>([^<]*attempts[^<]*)</b>", page)
    return str(found).replace("\N{NO-BREAK SPACE}", " ")


def contents(place: Acme) -> str:
    """Every column of every raw row of the tenant."""
    deployment = place.deployment()
    sender = Sender("", deployment.organization_id, deployment.pk, "")
    return "".join(str(sender.rows(table)) for table in ("traces_request", "traces_attempt", "traces_span"))


@pytest.mark.parametrize("plain", ["", "1"])
def test_litellms_router_retries_and_falls_back(
    plain: str, live_platform: LivePlatform, place: Acme, provider: Upstream
) -> None:
    provider.script = {"openai": [200, 429, 200, 500, 500], "anthropic": [200]}
    run("litellm_router", platform=live_platform, place=place, provider=provider, PLAIN=plain, **LITELLM)
    assert len(provider.calls) == 6
    assert told(place, provider, requests=3) == provider.calls
    page = page_of(place)
    assert headline(page) == "3 requests, 6 attempts, 2 models"
    assert "Every retry and fallback shows." in page


def test_the_openai_sdk_with_its_http_client_shows_each_try(
    live_platform: LivePlatform, place: Acme, provider: Upstream
) -> None:
    provider.script = {"openai": [200, 429, 200, 503, 503, 200]}
    run("openai_sdk", platform=live_platform, place=place, provider=provider)
    assert len(provider.calls) == 6
    assert told(place, provider, requests=3) == provider.calls
    page = page_of(place)
    assert headline(page) == "3 requests, 6 attempts, 1 model"
    assert "Retries show; those of a gateway behind yours do not." in page


@pytest.mark.parametrize("driver", ["litellm_router", "openai_sdk"])
def test_no_prompt_and_no_answer_is_kept_though_the_client_sends_both(
    driver: str, live_platform: LivePlatform, place: Acme, provider: Upstream
) -> None:
    run(driver, platform=live_platform, place=place, provider=provider, **LITELLM, **WITH_CONTENT)
    assert len(told(place, provider, requests=3)) == 3
    kept = contents(place)
    assert "gpt-4o-mini" in kept
    assert PROMPT not in kept
    assert upstream.ANSWER not in kept
