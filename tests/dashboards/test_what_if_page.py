"""What if?, and the fixes worth most: from scored requests to page, API and the closing section of the money page."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from polars.testing import assert_frame_equal

from apps.advice.advise import EVERY, advise, claimed
from apps.advice.changes import Model
from apps.advice.facts import billed_by_day, seen
from apps.advice.models import Advised
from apps.dashboards.queries.what_if import offered_of
from apps.organizations import access
from apps.quality.freeze import freeze
from apps.quality.models import Evidence
from apps.rollups.appraise import evaluated
from apps.rollups.plan import hours_of
from apps.rollups.prices import prices_of
from apps.rollups.raw import read
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.dashboards.test_api import get

NOW = timezone.now()
PLAIN = str.maketrans("\u00a0\u2013\u2212\u2019", " --'")
DEAR, CHEAP = "gpt-4o", "gpt-4o-mini"
USAGE = Usage(input_tokens=100_000, cache_read_input_tokens=0, output_tokens=10_000)


def one(name: str, model: str, quality: float, *before: Attempt) -> Request:
    answered = Attempt(provider="openai", model=model, start_offset_ms=900.0, status=200, usage=USAGE)
    at = NOW - timedelta(days=7)
    return Request(
        request_id=name, received_at=at, attempts=[*before, answered], task="triage", route="fast", quality=quality
    )


def history() -> list[Request]:
    """Sixty answers of each model, as good as each other; ten of the dear one after an attempt that was cut and billed."""
    cut = Attempt(provider="openai", model=DEAR, start_offset_ms=0.0, status=200, error_type="cut", usage=USAGE)
    plain = [one(f"{model}{n}", model, 0.9) for model in (DEAR, CHEAP) for n in range(50)]
    return [
        *plain,
        *(one(f"cut{n}", DEAR, 0.9, cut) for n in range(10)),
        *(one(f"c{n}", CHEAP, 0.9) for n in range(10)),
    ]


@pytest.fixture(scope="module")
def advised(database: None) -> Acme:
    """28 days of $0.35 for each of 60 answers and 10 cut ones, and $0.021 for each of the 60 others: $25.76."""
    made = acme()
    bring(made, history(), now=NOW)
    deployment = made.deployment()
    mine = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    with acting_as("worker"):
        freeze(**mine, now=NOW)
        rebuild_all(now=NOW, of=[deployment.organization_id])
        assert (mine["organization_id"], mine["deployment_id"]) in list(claimed(now=NOW))
        assert advise(**mine, now=NOW)
        assert advise(**mine, now=NOW) is None  # not due again
        assert tuple(mine.values()) in list(claimed(now=NOW + EVERY))
    return made


@pytest.fixture
def as_web(advised: Acme) -> Iterator[Acme]:
    with acting_as("web"):
        yield advised


def page(place: Acme, path: str) -> tuple[str, str]:
    """Its source, and its text on one line."""
    answer = place.client().get(place.at(f"chat/{path}"))
    assert answer.status_code == 200
    source = answer.content.decode()
    text = html.unescape(re.sub(r"<[^>]+>", " ", source)).translate(PLAIN)
    return source, re.sub(r"\s+", " ", text)


MOVE = "what-if?change=move&task=triage&to=openai/gpt-4o-mini"


def test_a_move_is_answered_as_a_range_with_what_it_assumes_and_the_requests_behind_it(as_web: Acme) -> None:
    source, text = page(as_web, MOVE)
    days = 7  # since the first request: yesterday is the last of them
    monthly = 60 * Decimal("30.4") / days
    low, high = (monthly * Decimal(one) for one in ("0.0165", "0.02868"))  # 90,000 in and 5,000 out; 111,200 and 20,000
    saved = monthly * Decimal("0.35")
    assert f"you would pay ${saved - high:.2f}-{saved - low:.2f} a month less on what costs ${saved:.2f} now" in text
    assert "and quality would change by -11.5 to +11.5 points" in text  # Wilson's of 0.9 with n = 60, both sides
    assert "0.90-1.11" in text
    assert "assumed: no answers to the same prompts were compared" in text
    assert re.search(r'href="[^"]*chat/requests\?[^"]*task=triage"', source)


def test_programs_are_told_the_same(as_web: Acme) -> None:
    told: dict[str, Any] = get(as_web, f"deployments/chat/{MOVE}").json()
    assert Decimal(told["usd_a_month"]["high"]) < Decimal(told["usd_a_month"]["low"]) * Decimal("0.9") < 0
    assert told["requests"] == round(60 * 30.4 / 7)
    assert told["assumed"][0]["output"] == {"low": 0.5, "high": 2.0}
    assert (told["coverage"], told["missing"]) == (1.0, [])
    assert told["quality"]["low"] == pytest.approx(-told["quality"]["high"])
    for query, field in (("change=x", "change"), ("change=move&to=a", "task"), ("change=cap&retries=-1", "retries")):
        refused = get(as_web, f"deployments/chat/what-if?{query}")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Choose a change, and see what it would have brought"),
        ("change=cap&retries=0", "If no request were tried again at all, you would pay"),
        ("change=cap&retries=3", "nothing would change: no request of these days is of that kind"),
        ("change=fallback&to=openai/gpt-4o-mini", "nothing would change"),
        ("change=drop&provider=openai&to=openai/gpt-4o", "That is a model of the provider that is asked no more."),
        ("change=drop&provider=openai&to=azure/gpt-4o", "and quality would change by -5.7 to +5.7 points"),
        ("change=add&sold_by=azure", "If azure were asked wherever it sells the same model for less"),
        ("change=price&of=openai/gpt-4o&per_cent=-10", "If the price of openai/gpt-4o fell by 10 %, you would pay"),
        ("change=price&of=nobody&per_cent=5", "nobody was not."),
        ("change=move&task=triage&to=nobody/unheard-of", "No price of nobody/unheard-of is known."),
        ("change=move&task=triage&to=openai/gpt-4", "no quality evidence of gpt-4 at triage"),
    ],
)
def test_every_kind_of_change_is_answered_in_a_sentence(as_web: Acme, query: str, said: str) -> None:
    assert said in page(as_web, f"what-if?{query}" if query else "what-if")[1]


def test_what_is_missing_of_a_model_at_a_task_is_said_once(as_web: Acme) -> None:
    told = get(as_web, "deployments/chat/what-if?change=move&task=triage&to=openai/gpt-4").json()
    assert [(one["why"], one["what"], one["requests"]) for one in told["missing"]] == [
        ("no_evidence", "gpt-4 at triage", told["requests"])
    ]


def test_the_fixes_close_the_money_page_by_what_they_surely_save(as_web: Acme) -> None:
    source, text = page(as_web, "money")
    closing = text[text.index("The fixes worth most") :]
    first, second = (
        closing.index("Send triage to openai/gpt-4o-mini"),
        closing.index("End what fails on the route fast"),
    )
    assert first < second
    assert "at 100 % of today's quality; evidence n = 60" in closing
    assert f"${10 * 0.35 * 30.4 / 7:.2f} a month" in closing[second:]
    assert "43 failed attempts a month before 43 answers" in closing
    assert re.search(r'href="[^"]*requests\?[^"]*cause=cut&amp;route=fast"', source)
    told = get(as_web, "deployments/chat/fixes").json()
    assert [one["kind"] for one in told["fixes"]] == ["move", "failures"]
    assert (
        told["fixes"][1]["saves_usd_a_month"]["low"] == told["fixes"][1]["saves_usd_a_month"]["high"] == "15.200000000"
    )


def test_before_anything_was_computed_nothing_is_advised(place: Acme) -> None:
    _, text = page(place, "what-if")
    assert "Not computed yet" in text
    assert "No request came in the 28 days before today" in page(place, "what-if?change=cap&retries=1")[1]
    assert get(place, "deployments/chat/fixes").json()["fixes"] == []


def test_what_dies_at_it_is_left_alone_for_a_day(advised: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = advised.deployment()
    mine = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    with acting_as("worker"):
        later = NOW + 2 * EVERY
        with monkeypatch.context() as patch:
            patch.setattr("apps.advice.advise.facts_of", fail)
            for _ in range(5):
                with pytest.raises(MemoryError):
                    advise(**mine, now=later)
            assert advise(**mine, now=later) is None
        assert tuple(mine.values()) not in list(claimed(now=later))
        assert tuple(mine.values()) in list(claimed(now=later + timedelta(days=2)))
        assert advise(**mine, now=later + timedelta(days=2))
        with access.scope(mine["organization_id"]):
            assert Advised.objects.get(**mine).last_error == ""


def test_what_is_read_for_advice_is_what_the_whole_evaluation_says(advised: Acme) -> None:
    deployment = advised.deployment()
    place: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    hours = hours_of((NOW - timedelta(days=7)).date())
    with acting_as("web"), access.scope(deployment.organization_id):
        prices = prices_of(deployment.organization_id)
        whole, short = (
            evaluated(read(**place, hours=hours, with_evidence=some), prices.book, prices.terms)
            for some in (True, False)
        )
    assert whole.requests.height == len(history())
    assert_frame_equal(seen(whole, None), seen(short, None))
    assert_frame_equal(billed_by_day(whole, None), billed_by_day(short, None))


def test_what_may_be_asked_is_offered_by_its_use_and_then_what_there_is_evidence_of(place: Acme) -> None:
    def used(n: int, model: str, task: str | None, route: str | None) -> list[Request]:
        attempt = Attempt(provider="openai", model=model, start_offset_ms=0.0, usage=USAGE)
        named = [f"{model}{task}{route}{i}" for i in range(n)]
        return [Request(request_id=one, received_at=NOW, attempts=[attempt], task=task, route=route) for one in named]

    bring(
        place, [*used(2, CHEAP, "zeal", None), *used(1, CHEAP, "ardour", "slow"), *used(4, DEAR, None, "fast")], now=NOW
    )
    deployment = place.deployment()
    known = {"task": "zeal", "quality_micro": 1, "own": 1, "replayed": 0, "pooled": 0}
    mine = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    with acting_as("worker"), access.scope(deployment.organization_id):
        for provider, model, days_ago in (
            ("openai", DEAR, 0),
            ("mistral", "m", 1),
            (None, "a", 2),
            ("mistral", "x", 99),
        ):
            day = (NOW - timedelta(days=days_ago)).date()
            Evidence.objects.create(**mine, **known, day=day, provider=provider, model=model)
    with acting_as("web"), access.scope(deployment.organization_id):
        found = offered_of(deployment, now=NOW)
    asked = (Model("openai", DEAR), Model("openai", CHEAP))
    assert (found.tasks, found.routes, found.models) == ((None, "zeal", "ardour"), ("fast", "slow"), asked)
    assert found.targets == (*asked, Model("mistral", "m"), Model(None, "a"))
    assert found.providers == ("openai",)
