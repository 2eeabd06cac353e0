"""Where does the money go?, from traces to page, file and API."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from msgspec import structs

from apps.dashboards.pages.money_over_time import Column, drawn
from apps.dashboards.pages.money_table import table
from apps.deployments.declare import Declaration, declare
from apps.organizations import access
from apps.rollups import breakdown
from apps.rollups.breakdown import Slice, merge, stretches
from apps.rollups.parts import Part
from apps.rollups.sums import RequestSums
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.drawn import drawn as as_taken
from tests.dashboards.tenants import Acme, acme, bring
from tests.rollups.tenants import traffic

TAGS = ({"team": "help", "key": "k1"}, {"team": "=sales"}, {"team": "help", "key": "k2:x"}, None)


@pytest.fixture(scope="module")
def busy(database: None) -> Acme:
    """Twenty days of every kind of request; nobody changes anything in it."""
    made = acme()
    came = traffic(1, 300, days=20, end=timezone.now())
    tagged = [structs.replace(one, tags=TAGS[n % len(TAGS)]) for n, one in enumerate(came)]
    bring(made, tagged, now=timezone.now())
    return made


def get(place: Acme, path: str, **query: str) -> str:
    with acting_as("web"):
        answer = place.client().get(place.at(f"chat/{path}"), query)
        assert answer.status_code == 200
        return str(answer.content.decode())


def api(place: Acme, path: str) -> Any:
    with acting_as("web"):
        answer = Client().get(f"/api/v1/deployments/chat/{path}", headers={"Authorization": f"Bearer {place.token}"})
        assert answer.status_code == 200
        return answer.json()


def rows(place: Acme, **query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(get(place, "money/table.csv", **query))))


@pytest.mark.parametrize("by", [*breakdown.DIMENSIONS, "tag"])
def test_labels_add_up_to_the_whole_to_the_nano_dollar(busy: Acme, by: str) -> None:
    whole = api(busy, "cost?environment=all")
    parts = {part["name"]: Decimal(part["usd"] or 0) for part in whole["parts"]}
    found = rows(busy, by=by, environment="all")
    assert sum(int(row["requests"]) for row in found) == whole["requests"] == 300
    assert sum(Decimal(row["billed_usd"] or 0) for row in found) == Decimal(whole["billed_usd"])
    assert sum(Decimal(row["token_usd"] or 0) for row in found) == parts["token"]
    assert sum(Decimal(row["retry_usd"] or 0) for row in found) == parts["retry"]


def test_the_api_tells_what_the_file_tells_and_sums_what_is_beyond_the_limit(busy: Acme) -> None:
    found = rows(busy, by="model")
    told = api(busy, "cost/breakdown?by=model&limit=1")
    assert len(found) > 2
    assert told["results"][0]["label"] == found[0]["model"]
    assert Decimal(told["results"][0]["billed_usd"]) == Decimal(found[0]["billed_usd"])
    assert told["others"]["labels"] == len(found) - 1
    assert told["others"]["requests"] == sum(int(row["requests"]) for row in found[1:])


def test_a_value_that_changes_inside_the_range_is_applied_to_each_day_of_a_label(place: Acme) -> None:
    now = timezone.now()
    came = [_waited(now - timedelta(days=back)) for back in (1, 3)]
    bring(place, came, now=now)
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        for back, value in ((30, 1_000), (2, 3_000)):
            declare(
                deployment=deployment,
                declaration=Declaration(user_facing=True, value_per_1000_nano=value * 10**9),
                effective_from=(now - timedelta(days=back)).astimezone(UTC).date(),
                now=now,
                actor=None,
            )
    bring(place, [], now=now)
    latency = next(part for part in api(place, "cost")["parts"] if part["name"] == "latency")
    (row,) = rows(place, by="task")
    assert Decimal(row["latency_usd"]) == Decimal(latency["usd"]) > 0


def _waited(at: datetime) -> Request:
    usage = Usage(input_tokens=1_000, output_tokens=100)
    tries = [
        Attempt(provider="openai", model="gpt-4o", status=status, start_offset_ms=start, usage=usage)
        for status, start in ((500, 0.0), (200, 900.0))
    ]
    return Request(
        request_id=f"{at:%d}",
        received_at=at,
        attempts=tries,
        task="answers",
        environment="production",
        routing_overhead_ms=10.0,
        overhead_basis="receive_to_dispatch",
        completeness="complete",
    )


def test_the_range_in_the_address_is_what_is_shown_and_empty_parts_leave_it(busy: Acme) -> None:
    day = f"{timezone.now() - timedelta(days=3):%Y-%m-%d}"
    page = get(busy, "money", **{"from": day, "to": day, "environment": "all", "by": "task"})
    assert f'value="{day}"' in page
    assert "every environment" in page
    assert f"from={day}&amp;to={day}&amp;environment=all&amp;by=task&amp;sort=requests" in page
    with acting_as("web"):
        answer = busy.client().get(busy.at("chat/money"), {"from": "", "to": day})
    assert answer["Location"].endswith(f"/money?to={day}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "yesterday"}, "Enter a valid date."),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "Choose a day that is not after the last one."),
        ({"from": "2024-01-01", "to": "2026-11-01"}, "Ask for at most 400 days at a time."),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "Choose a day from 2000-01-01 on."),
        ({"to": "0001-01-02"}, "Choose a day from 2000-01-01 on."),
    ],
)
def test_a_range_that_cannot_be_read_says_why_and_shows_nothing(busy: Acme, query: dict[str, str], said: str) -> None:
    page = get(busy, "money", **query)
    assert said in page
    assert "The five parts" not in page


def test_what_is_in_no_dollar_is_said_beside(busy: Acme) -> None:
    page = get(busy, "money")
    assert "Unpriced:" in page
    assert "Unknown billing:" in page
    assert "No median stands here" in page


def test_by_tag_a_key_is_chosen_and_each_value_leads_to_its_requests(busy: Acme) -> None:
    page = get(busy, "money", by="tag", key="key", environment="all")
    assert 'aria-label="Key of the tag"' in page
    assert "by=tag&amp;environment=all&amp;key=team" in page or "by=tag&amp;key=team&amp;environment=all" in page
    assert "&amp;tag=key%3Ak2%3Ax" in page
    assert "none told" in page
    assert "Failed is of" in page
    dearest = get(busy, "money", by="tag")
    assert "team%3Ahelp" in dearest
    unheard = get(busy, "money", by="tag", key="nobody\u2019s")
    assert "nobody\u2019s</a>" in unheard
    assert "none told" in unheard


def test_chargeback_tells_each_month_of_each_value_and_adds_up_to_what_was_billed(busy: Acme) -> None:
    sheet = list(csv.DictReader(StringIO(get(busy, "money/chargeback.csv", key="team", environment="all"))))
    assert {row["value"] for row in sheet} == {"help", "'=sales", ""}
    first, last = (f"{min(r['month'] for r in sheet)}-01", f"{timezone.now():%Y-%m-%d}")
    whole = api(busy, f"cost?environment=all&from={first}&to={last}")
    assert sum(Decimal(row["billed_usd"] or 0) for row in sheet) == Decimal(whole["billed_usd"])
    assert sum(int(row["requests"]) for row in sheet) == 300
    told = api(busy, "cost/chargeback?key=team&environment=all")
    assert told["key"] == "team"
    assert [(one["month"][:7], one["billed_usd"]) for one in told["results"]] == [
        (row["month"], row["billed_usd"]) for row in sheet
    ]
    assert api(busy, "cost/chargeback?to=2020-01-31")["results"] == []
    with acting_as("web"):
        assert busy.client().get(busy.at("chat/money/chargeback.csv"), {"from": "never"}).status_code == 400


def test_the_api_breaks_down_by_a_key_of_tags_and_names_them_all(busy: Acme) -> None:
    told = api(busy, "cost/breakdown?by=tag&key=key&environment=all")
    assert (told["key"], sorted(told["keys"])) == ("key", ["key", "team"])
    assert {one["label"] for one in told["results"]} == {"k1", "k2:x", None}
    assert sum(one["requests"] for one in told["results"]) == 300
    assert all(one["failed"] <= one["outcome_known"] <= one["requests"] for one in told["results"])
    assert api(busy, "cost/breakdown?by=tag&to=2020-01-31")["key"] is None
    assert api(busy, "cost/breakdown")["key"] is None


def test_a_file_takes_no_formula_from_a_label(place: Acme) -> None:
    now = timezone.now()
    bring(place, [Request(request_id="r", received_at=now, task="=1+1", attempts=[])], now=now)
    assert rows(place, by="task", environment="all")[0]["task"] == "'=1+1"
    assert "No request of these days carries a tag" in get(place, "money", by="tag", environment="all")
    assert rows(place, by="tag", environment="all") == []


def _slice(label: str | None, billed: int | None, token: int | None = None) -> Slice:
    sums = RequestSums(requests=2, priced=0 if billed is None else 2, billed_nano=billed or 0, token_nano=token or 0)
    return Slice(
        label, sums, tuple(Part(name, token if name == "token" else None, None) for name in ("token", "retry"))
    )


def _table(slices: Sequence[Slice], **asked: Any) -> Any:
    options = {"by": "model", "sort": "billed", "page": 1, **asked}
    return table(slices, address=lambda **changed: str(changed), **options)


def test_what_is_on_no_page_is_one_row_with_its_number() -> None:
    slices = [_slice(f"m{n:02}", 10**9 * (50 - n), 10**9) for n in range(45)]
    first, last = _table(slices), _table(slices, page=9)
    assert [row.label for row in (first.rows[0], first.rows[-1])] == ["m00", "m19"]
    assert (first.others.label, first.others.requests) == ("25 others", "50")
    assert (last.page, last.pages, len(last.rows), last.further) == (3, 3, 5, "")
    assert first.total.billed == last.total.billed == f"${sum(50 - n for n in range(45)):,}.00"


def test_what_is_unknown_is_sorted_last_and_is_no_zero() -> None:
    slices = [_slice("b", None), _slice(None, 5 * 10**9, 10**9), _slice("A", 7 * 10**9, 3 * 10**9)]
    assert [row.label for row in _table(slices).rows] == ["A", "none told", "b"]
    assert [row.label for row in _table(slices, sort="name").rows] == ["A", "b", "none told"]
    assert _table(slices).rows[2].billed == "\u2013"
    assert merge(slices).parts[1].nano is None


def test_weeks_begin_on_monday_and_the_ends_are_cut() -> None:
    cut = list(stretches(date(2026, 10, 28), date(2026, 11, 10), "week"))
    assert [(f"{first:%a}", (last - first).days + 1) for first, last in cut] == [("Wed", 5), ("Mon", 7), ("Mon", 2)]
    assert len(list(stretches(date(2026, 10, 28), date(2026, 11, 10), "day"))) == 14


def test_the_figure_is_one_that_plotly_takes() -> None:
    columns = [
        Column(
            date(2026, 10, 1) + timedelta(days=n),
            f"{n} Oct",
            {"token": n * 10**9, "retry": None if n else 0, "latency": None},
        )
        for n in range(20)
    ]
    made = drawn(columns, ["token", "retry"])
    as_taken(made)
    assert [trace["meta"]["colour"] for trace in made["data"]] == ["token", "retry"]
    assert made["data"][1]["y"][:2] == [0.0, None]


@pytest.mark.parametrize("environment", ["50%", "%(start)s", "%s", "'; --"])
def test_any_name_of_an_environment_can_be_asked_for(busy: Acme, environment: str) -> None:
    today = timezone.now()
    there = acme()
    plain = Request(
        request_id="one",
        received_at=today,
        environment=environment,
        attempts=[Attempt(provider="openai", model="gpt-4o", usage=Usage(input_tokens=1000, output_tokens=0))],
    )
    bring(there, [plain, structs.replace(plain, request_id="two", environment="other")], now=today)
    for path in (
        "money",
        "money/table.csv",
        "failures",
        "failures.csv",
        "waiting",
        "waiting.csv",
        "standing",
        "compare",
    ):
        get(there, path, environment=environment)
        get(busy, path, environment=environment)
    for path in ("cost", "cost/breakdown", "failures", "waiting", "metrics"):
        asked = f"{path}?{urlencode({'environment': environment})}"
        assert api(there, asked)
        assert api(busy, asked)
    assert api(there, f"cost?{urlencode({'environment': environment})}")["requests"] == 1
    assert api(busy, f"cost?{urlencode({'environment': environment})}")["requests"] == 0
