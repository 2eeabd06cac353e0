"""Every word of every page comes through a catalogue: looked at in a language where such words are marked."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.connections import acting_as
from tests.dashboards import marked_language
from tests.dashboards.shown import ACCOUNT, EMPTY, OUTSIDE, Shown, stand
from tests.dashboards.tenants import Acme, acme

pytestmark = pytest.mark.usefixtures("database")

MORE = {
    "compare": "chat/compare",
    "decay": "chat/decay",
    "files": "chat/files",
    "providers": "chat/providers",
    "replay-sets": "chat/providers/replay-sets",
    "rules": "chat/rules",
    "tasks": "chat/tasks",
    "what-if": "chat/what-if",
}


@pytest.fixture(scope="module")
def shown(database: None) -> Shown:
    return stand()


def test_dump(shown):
    from collections import Counter
    with acting_as("web"):
        client = Client()
        client.force_login(User.objects.get(email=shown.email))
        stranger = Client()
        empty = acme()
        newcomer = empty.client()
        base = shown.pages["standing"].removesuffix("chat/standing")
        out = open("/tmp/w1/dump", "w")
        with marked_language.spoken():
            for kind, c, pages in [("out", stranger, OUTSIDE), ("acc", client, ACCOUNT), ("shown", client, shown.pages), ("more", client, {n: base + p for n, p in MORE.items()}), ("empty", newcomer, {n: empty.at(p) for n, p in EMPTY.items()})]:
                for name, path in pages.items():
                    answer = c.get(path.split("#")[0])
                    words = marked_language.Words(answer.content.decode()).texts
                    left = [w for w in words if re.search("[A-Za-z]{2,}", w)]
                    print("==", kind, name, answer.status_code, len(words), len(left), answer.get("Location", ""), file=out)
                    for w in dict.fromkeys(left): print("    ", w[:200], file=out)
