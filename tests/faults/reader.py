"""A person who is signed in, and a program with a token: what both can read while something is broken."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from apps.deployments.provision import provision
from apps.organizations.models import Organization
from tests.connections import acting_as
from tests.faults.stack import Stack
from tests.ingest.sender import Sender

WAIT_S = 30


@dataclass(frozen=True)
class Reader:
    url: str
    organization: str
    email: str
    password: str
    token: str
    browser: requests.Session

    def page(self) -> int:
        return self.browser.get(f"{self.url}/o/{self.organization}/", timeout=WAIT_S, allow_redirects=False).status_code

    def figures(self) -> int:
        said = {"Authorization": f"Bearer {self.token}"}
        return requests.get(f"{self.url}/api/v1/deployments/gateway/metrics", headers=said, timeout=WAIT_S).status_code

    def sign_in(self, browser: requests.Session | None = None) -> requests.Response:
        """In a browser of its own unless one is given."""
        browser, address = browser or requests.Session(), f"{self.url}/accounts/login/"
        browser.get(address, timeout=WAIT_S)
        form = {"login": self.email, "password": self.password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post(address, form, timeout=WAIT_S, allow_redirects=False)


def reader(stack: Stack, sender: Sender) -> Reader:
    """Of the sender's organization, already signed in."""
    password = secrets.token_urlsafe(20)
    with acting_as("worker"):
        slug = Organization.objects.get(pk=sender.organization_id).slug
        email = f"reader@{slug}.example"
        made = provision(organization=slug, deployment="gateway", email=email, password=password, now=datetime.now(UTC))
    found = Reader(stack.url, slug, email, password, made.api_token, requests.Session())
    assert found.sign_in(found.browser).status_code == 302
    assert found.page() == found.figures() == 200
    return found
