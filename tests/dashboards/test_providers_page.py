"""Who serves best: a sentence no stronger than the evidence, every model with its interval, price, n and age, or why not."""

import html
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from msgspec import structs

from apps.dashboards.figures.scatter import Curve, Point, cost_and_quality, cost_of_quality
from apps.dashboards.queries.providers import Facts, serving
from apps.dashboards.queries.span import Span
from apps.dashboards.wording.signs import EN_DASH
from apps.organizations import access
from apps.quality.freeze import freeze
from apps.quality.queries import KnownOn
from apps.rollups.intervals import wilson
from apps.rollups.labels import OTHER as OTHER_LABELS
from apps.rollups.sums import RequestSums
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.drawn import drawn
from tests.dashboards.tenants import Acme, bring
from tests.dashboards.test_api import get

USAGE = Usage(input_tokens=1_000, cache_read_input_tokens=400, output_tokens=100)
BEFORE_USAGE = """
    WITH gone AS (DELETE FROM rollups_request_day WHERE deployment_id = %s RETURNING *)
    INSERT INTO rollups_request_day SELECT (jsonb_populate_record(NULL::rollups_request_day,
        to_jsonb(gone) || '{"usage_known": null}')).* FROM gone
"""
"""Makes day cells what they were before they told it."""
DEAR, CHEAP = ("openai", "gpt-4o"), ("openai", "gpt-4o-mini")
OTHER = ("anthropic", "claude-3-5-haiku-20241022")


def answers(task: str | None, model: tuple[str, str], n: int, good: int | None) -> list[Request]:
    """`good` of `n` answers have quality 1, the others 0; None: nobody scored them."""
    at = timezone.now() - timedelta(days=2)
    provider, name = model
    return [
        Request(
            request_id=f"{task}-{name}-{i}",
            received_at=at,
            attempts=[Attempt(provider=provider, model=name, status=200, start_offset_ms=0.0, usage=USAGE)],
            task=task,
            quality=None if good is None else float(i < good),
        )
        for i in range(n)
    ]


def known(place: Acme, requests: list[Request]) -> None:
    bring(place, requests, now=timezone.now())
    deployment = place.deployment()
    with acting_as("worker"):
        freeze(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=timezone.now())


def text_of(place: Acme, query: str = "") -> str:
    answer = place.client().get(place.at(f"chat/providers{query}"))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html.unescape(answer.content.decode())).replace("\u00a0", " "))


def test_every_task_and_model_with_its_interval_price_and_evidence(place: Acme) -> None:
    assert "No request was served by a model during these days" in text_of(place)
    assert get(place, "deployments/chat/providers").json()["tasks"] == []
    known(
        place,
        [
            *answers("triage", DEAR, 60, 58),
            *answers("triage", CHEAP, 40, 39),
            *answers("extraction", DEAR, 40, 40),
            *answers("extraction", OTHER, 40, 10),
            *answers("triage", OTHER, 5, 5),
            *answers(None, DEAR, 3, 3),
        ],
    )
    told = get(place, "deployments/chat/providers").json()
    assert told["requests"] == 188
    tasks = {one["task"]: one for one in told["tasks"]}
    assert list(tasks) == ["extraction", "triage"]
    cheap, dear = tasks["triage"]["models"]
    assert (cheap["model"], cheap["scored"], cheap["quality"]) == ("gpt-4o-mini", 40, 0.975)
    assert (cheap["low"], cheap["high"]) == pytest.approx(wilson(39, 40))
    # both serve the task, so that both read 400 of its 1,000 tokens from the cache
    assert float(cheap["usd_per_1000"]) == pytest.approx(1_000 * (600 * 0.15 + 400 * 0.075 + 100 * 0.6) / 1e6)
    assert float(dear["usd_per_1000"]) == pytest.approx(1_000 * (600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6)
    assert tasks["triage"]["winner"] == "gpt-4o-mini"
    assert tasks["triage"]["threshold"] == pytest.approx(0.975 * 0.95)
    assert [one["eligible"] for one in tasks["extraction"]["models"]] == [False, True]
    assert (told["one_for_everything"], told["no_provider_for_everything"]) == ("openai", False)
    assert told["best_single"]["model"] == "gpt-4o"
    assert told["best_single"]["coverage"] == pytest.approx(180 / 185)
    (unknown,) = told["without_evidence"]
    assert (unknown["task"], unknown["requests"], unknown["scored"]) == ("triage", 5, 5)
    cells = {one["task"]: one for one in told["lock_in"]}
    assert cells["extraction"]["standard"]
    assert not cells["triage"]["standard"]
    assert cells["triage"]["providers"] == "2"
    text = text_of(place)
    assert "Your largest gap is triage, where gpt-4o costs 16.7 times gpt-4o-mini" in text
    assert "n = 40 scored requests" in text
    assert "5 answers scored in these days; 30 in the 28 days before are needed" in text
    assert "An association, never a cause" in text
    assert "Quality against cost: triage" in text
    assert "Quality against cost: extraction" in text_of(place, "?task=extraction")
    assert "Quality against cost: triage" in text_of(place, "?task=unheard-of")


def test_usage_is_the_mean_of_all_requests_and_of_none_where_cells_do_not_tell_it(place: Acme) -> None:
    short = structs.replace(USAGE, input_tokens=1_001, cache_read_input_tokens=401, output_tokens=101)
    some = [
        structs.replace(one, request_id=f"short-{one.request_id}", attempts=[structs.replace(tried, usage=short)])
        for one in answers("triage", DEAR, 60, 58)
        for tried in one.attempts
    ]
    untold = [structs.replace(one, request_id=f"untold-{n}", attempts=[structs.replace(one.attempts[0], usage=None)])
              for n, one in enumerate(answers("triage", DEAR, 7, None))]  # fmt: skip
    known(place, [*answers("triage", DEAR, 31, 30), *some, *untold, *answers(None, DEAR, 9, None)])
    prices = get(place, "deployments/chat/providers").json()["tasks"][0]["models"]
    assert float(prices[0]["usd_per_1000"]) == pytest.approx(1_000 * (600 * 2.5 + 401 * 1.25 + 101 * 10) / 1e6)
    assert "1,001 tokens in and 101 out, the mean of 91 served requests of this task with known tokens" in text_of(
        place
    )
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id), connection.cursor() as cursor:
        cursor.execute(BEFORE_USAGE, [deployment.pk])
        assert cursor.rowcount
    assert get(place, "deployments/chat/providers").json()["tasks"] == []
    assert "Nobody can tell yet: no request of your tasks with evidence tells, in these days" in text_of(place)
    tasks = html.unescape(place.client().get(place.at("chat/tasks")).content.decode())
    assert "Not measured: no request of your tasks with evidence tells, in these days" in tasks


def test_a_task_with_evidence_whose_usage_nobody_told_is_named_with_what_is_missing(place: Acme) -> None:
    untold = [structs.replace(one, attempts=[structs.replace(one.attempts[0], usage=None)])
              for one in answers("extraction", DEAR, 40, 39)]  # fmt: skip
    known(place, [*answers("triage", DEAR, 40, 39), *untold])
    assert [one["task"] for one in get(place, "deployments/chat/providers").json()["tasks"]] == ["triage"]
    assert "none of its requests in these days tells which tokens it used" in text_of(place)
    tasks = html.unescape(place.client().get(place.at("chat/tasks")).content.decode())
    assert "none of its requests in these days tells which tokens it used" in tasks
    assert "40 scored; 30 of each of two models are needed" not in tasks


def test_requests_of_no_task_and_of_tasks_beyond_the_bound_have_no_usage() -> None:
    span = Span(date(2026, 11, 1), date(2026, 11, 28), None)
    sums = RequestSums(requests=3, served_dispatched=3, usage_known=2, usage_input_tokens=25, usage_output_tokens=7)
    planned = {(task, "gpt-4o"): sums for task in ("", OTHER_LABELS, "triage")}
    facts = Facts(planned, (), KnownOn(span.end, (), {}), {}, lambda: pytest.fail("nothing is priced"))
    found = serving(facts, span, now=timezone.now())
    assert {task: one.requests for task, one in found.usage.items()} == {"triage": 2}
    told = found.usage["triage"].tokens
    assert (told["input_tokens"], told["output_tokens"], told["reasoning_output_tokens"]) == (12, 4, 0)  # half to even
    assert list(found.unknown) == [("triage", "gpt-4o")]


def test_without_evidence_nobody_is_best_and_the_shortest_way_is_told(place: Acme) -> None:
    known(place, answers("triage", CHEAP, 40, None))
    text = text_of(place)
    assert "Nobody can tell yet: no model has evidence of quality" in text
    assert "POST /api/v1/scores" in text
    assert "none of its answers was scored; 30 are needed" in text
    known(place, answers("triage", DEAR, 40, 39))
    assert "there is one model with it, and nothing to compare it with" in text_of(place)


def test_the_charts_are_such_as_plotly_draws() -> None:
    points = [Point("a", 0.02, 0.8, 0.7, 0.9, used=True), Point("b", 4.0, 0.9, 0.88, 0.95, used=False)]
    figure = drawn(cost_and_quality(points, points, threshold=0.85, per="dollars", words="threshold 0.850"))
    frontier, used, unused = figure.data
    assert list(frontier.x) == [0.02, 4.0]
    assert used.error_y.arrayminus == (0.1,)
    assert unused.marker.symbol == "circle-open"
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.xaxis.tickvals[0] <= 0.02
    curve = Curve("1 provider", "you", "solid", [(0.8, 1.0, "chat"), (0.9, 1.5, "code")])
    assert list(drawn(cost_of_quality([curve], per="dollars")).data[0].y) == [1.0, 1.5]


HOUSE = ("self-hosted", "house-llama")


def cells_of(place: Acme) -> list[list[str]]:
    """The grid as its words, the heads of columns first."""
    page = place.client().get(place.at("chat/providers")).content.decode()
    (table,) = re.findall(
        r'<div class="scrolls" tabindex="0" role="region" aria-label="[^"]+"><table.*?</table>', page, re.DOTALL
    )
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
    return [[" ".join(html.unescape(re.sub("<[^>]+>", " ", cell)).split()) for cell in row] for row in rows]


def test_the_grid_has_a_cell_for_each_task_and_model_and_says_where_nothing_is_known(place: Acme) -> None:
    known(
        place,
        [
            *answers("triage", DEAR, 60, 58),
            *answers("triage", CHEAP, 50, 49),
            *answers("triage", HOUSE, 30, 30),
            *answers("extraction", DEAR, 40, 40),
            *answers("extraction", OTHER, 40, 10),
            *answers("extraction", CHEAP, 5, 5),
        ],
    )
    head, triage, extraction = cells_of(place)
    assert head == ["Task", "gpt-4o", "gpt-4o-mini", "claude-3-5-haiku", "house-llama"]
    low, high = wilson(49, 50) or (0.0, 0.0)
    assert triage[0].startswith("triage threshold 0.931, 95 % of the best")
    assert triage[2] == f"0.980 {low:.3f} {EN_DASH} {high:.3f} $0.18 · n 50 cheapest good enough, by what is known"
    assert triage[3:] == ["no evidence", f"1.000 0.886 {EN_DASH} 1.000 no price · n 30"]
    assert extraction[2] == "no evidence"  # five scores are none
    assert extraction[3].endswith("under the threshold")
