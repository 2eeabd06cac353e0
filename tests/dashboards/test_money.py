"""Where does the money go?, from traces to page, file and API."""

import pytest

from tests.dashboards.tenants import Acme, bring
from django.utils import timezone
from tests.rollups.tenants import traffic


def test_try(place: Acme) -> None:
    bring(place, traffic(1, 300, days=20, end=timezone.now()), now=timezone.now())
    client = place.client()
    answer = client.get(place.at("chat/money"))
    assert answer.status_code == 200
    import re

    print(re.sub(r"\n+", "\n", re.sub(r"<[^>]+>", " ", answer.content.decode()))[:9000])
    answer = client.get(place.at("chat/money/table.csv?by=model"))
    print(answer.content.decode())
    answer = client.get(place.at("chat/money/bills"))
    assert answer.status_code == 200
    answer = client.post(
        place.at("chat/money/bills"),
        {"month": f"{timezone.now():%Y-%m}", "provider": "openai", "amount": "12.50", "currency": "USD"},
        follow=True,
    )
    print(re.sub(r"\n+", "\n", re.sub(r"<[^>]+>", " ", answer.content.decode()))[:5000])
