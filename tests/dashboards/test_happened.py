"""What happened meanwhile stands on the charts over time and, for keyboard and print, in a list below them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.pages.happened import happenings
from apps.dashboards.queries.happened import Happened
from apps.dashboards.queries.span import Span
from apps.deployments.annotate import annotate
from apps.deployments.models import Annotation
from apps.organizations import access
from apps.pricing.agree import PerToken
from apps.pricing.listing import Listed
from apps.rollups.agree import set_own_price
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.dashboards.test_api import get

SPAN = Span(date(2026, 11, 2), date(2026, 11, 15), "production")
FIRST = datetime(2026, 11, 2, tzinfo=UTC)


def price(since: datetime | None, dollars: int, **changed: Any) -> Listed:
    rates = dict.fromkeys(("cache_write_nano_per_mtok", "reasoning_output_nano_per_mtok"))
    told: dict[str, Any] = {
        "owner": "openai", "model": "gpt-4o", "service_tier": "standard", "effective_from": since, "effective_until": None,
        "daily_from_us": 0, "daily_until_us": None, "input_from": 0, "input_until": None, "request_nano": None, "edition": 1,
        "rates": {
            **rates, "input_nano_per_mtok": dollars * 10**9, "cache_read_nano_per_mtok": None,
            "output_nano_per_mtok": 10**10,
        },
    }  # fmt: skip
    return Listed(**(told | changed))


def told(*lines: Listed) -> list[tuple[str, str]]:
    found = Happened(SPAN, listed={("openai", "gpt-4o"): lines}, models=1)
    rows = happenings(found, marks="/compare", zone=ZoneInfo("Europe/Paris")).rows
    return [(row.when.replace("\u00a0", " "), row.what) for row in rows]


def test_a_price_of_the_list_that_changes_in_these_days_is_told_with_both_rates() -> None:
    changed = told(price(None, 3), price(FIRST + timedelta(days=7), 2))
    assert changed == [("9 Nov 2026 UTC", "gpt-4o (openai): input $3.00 \u2192 $2.00 per 1M tokens")]
    assert told(price(None, 3), price(FIRST, 2))[0][0] == "2 Nov 2026 UTC"
    last = datetime(2026, 11, 15, 23, 59, tzinfo=UTC)
    assert told(price(None, 3), price(last, 2))[0][0] == "15 Nov 2026, 23:59 UTC"


@pytest.mark.parametrize(
    "lines",
    [
        (price(FIRST + timedelta(days=7), 2),),
        (price(None, 3), price(FIRST + timedelta(days=7), 3)),
        (price(None, 3), price(FIRST - timedelta(seconds=1), 2)),
        (price(None, 3), price(FIRST + timedelta(days=14), 2)),
        (price(None, 3), price(FIRST + timedelta(days=7), 2, input_from=200_000)),
        (price(None, 3, service_tier="batch"), price(FIRST + timedelta(days=7), 2, service_tier="batch")),
    ],
    ids=["the first that is known", "nothing changes", "before", "after", "of other input", "of another tier"],
)
def test_what_is_no_change_of_these_days_is_not_told(lines: tuple[Listed, ...]) -> None:
    assert told(*lines) == []


@pytest.fixture(scope="module")
def marked(database: None) -> Iterator[Acme]:
    """A retried request, a release, and from yesterday on a price of its own for its model and for one that is not used."""
    made, now = acme(), timezone.now()
    tried = [
        Attempt(
            provider="openai",
            model="gpt-4o",
            start_offset_ms=at,
            status=status,
            usage=Usage(input_tokens=9, output_tokens=9),
        )
        for at, status in ((0.0, 500), (900.0, 200))
    ]
    bring(made, [Request(request_id="one", received_at=now - timedelta(hours=1), attempts=tried)], now=now)
    deployment, yesterday = made.deployment(), now.astimezone(UTC).date() - timedelta(days=1)
    with acting_as("worker"), access.scope(deployment.organization_id):
        actor = User.objects.get(email=made.email)
        at = now - timedelta(hours=3)
        annotate(deployment=deployment, kind=Annotation.Kind.RELEASE, label="router <2>", at=at, now=now, actor=actor)
        for model in ("gpt-4o", "unused"):
            set_own_price(
                organization=deployment.organization,
                provider="openai",
                model=model,
                price=PerToken(10**9, 2 * 10**9),
                effective_from=yesterday,
                now=now,
                actor=actor,
            )
    with acting_as("web"):
        yield made


@pytest.mark.parametrize(
    ("page", "plot"), [("failures", "overhead"), ("waiting", "retry-delay"), ("money", "cost-over-time")]
)
def test_each_chart_over_time_shows_it_and_has_it_listed_below(marked: Acme, page: str, plot: str) -> None:
    text = marked.client().get(marked.at(f"chat/{page}")).content.decode()
    figure = re.search(rf'<script id="figure-{plot}" type="application/json">(.*?)</script>', text)
    assert figure
    layout = json.loads(figure[1])["layout"]
    assert [one["text"] for one in layout["annotations"] if one["xref"] == "x"] == [
        "Release: router <2>",
        "Price: gpt-4o (openai)",
    ]
    below = re.search(r'<table class="ledger dense stacks-up happened">.*?</table>', text, re.DOTALL)
    assert below
    rows = re.findall(
        r'<td class="across long"><b>([^<]+)</b>: ([^<]+)</td><td class="across quiet long">([^<]+)', below[0]
    )
    assert [(kind, unescape(what), by) for kind, what, by in rows] == [
        ("Release", "router <2>", marked.email),
        ("Price change", "gpt-4o (openai): own price, input $1.00, output $2.00", marked.email),
    ]


def test_programs_read_the_same(marked: Acme) -> None:
    found = get(marked, "deployments/chat/events").json()
    assert [(one["kind"], one["what"]) for one in found["results"]] == [
        ("release", "router <2>"),
        ("price_change", "gpt-4o (openai): own price, input $1.00, output $2.00"),
    ]
    assert get(marked, "deployments/chat/events?to=2001-01-01&from=2002-01-01").status_code == 400


def test_days_in_which_nothing_happened_say_so(marked: Acme) -> None:
    today = timezone.now().astimezone(UTC).date()
    text = marked.client().get(marked.at(f"chat/money?from={today - timedelta(days=9)}&to={today - timedelta(days=5)}"))
    assert "Nothing was marked" not in text.content.decode()  # without a request there is no chart
    rest = happenings(Happened(SPAN), marks="/compare", zone=ZoneInfo("UTC"))
    assert (rest.rows, rest.events) == ((), ())
