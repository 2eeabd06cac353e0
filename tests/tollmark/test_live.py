"""The platform as processes: what the other tests' fixtures promise."""

import json
import urllib.request

from django.core.mail import send_mail

from tests.live import LivePlatform
from tests.smtp import SmtpServer


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def test_a_real_server_is_alive_and_ready(live_platform: LivePlatform) -> None:
    assert _get(f"{live_platform.url}/healthz") == b"ok\n"
    assert json.loads(_get(f"{live_platform.url}/readyz")) == {"ready": True, "reasons": {}}


def test_mail_of_a_test_arrives_at_a_real_server(smtp_server: SmtpServer) -> None:
    send_mail("A subject", "A text", None, ["someone@example.com"])
    (received,) = smtp_server.to("someone@example.com")
    assert received.message["Subject"] == "A subject"
    assert received.text.strip() == "A text"
