"""Where do you stand?, from what the queries return to what is written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from apps.benchmarks.disclosure.gates import Gate
from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.table import Table
from apps.benchmarks.disclosure.verdict import judge
from apps.benchmarks.disclosure.view import NOT_ENOUGH, View
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from apps.benchmarks.queries import (
    NOT_COUNTED,
    NOT_ENOUGH_PEERS,
    NOT_FROZEN,
    NOT_MEASURABLE,
    Standing,
)
from apps.benchmarks.weeks import Week
from apps.costing.efficiency import efficiencies
from apps.dashboards.pages.standing import StandingPage, build
from apps.dashboards.queries.windows import Facts
from apps.rollups.parts import own_parts, published_parts
from apps.rollups.sums import AttemptSums, RequestSums
from apps.rollups.totals import Totals
from apps.rollups.window import DeploymentWindow
from tests.dashboards.frames import FRAME

WEEK = Week.parse("2026-W47")
QUARTILES = View(
    Level.QUARTILES, Table("20-29", median=0.85, interval_low=0.84, interval_high=0.86, p25=0.80, p75=0.89)
)
COARSE = View(Level.MEDIAN, Table("10-14", median=0.86), coarseness=4)
SHUT = (
    Gate("contributes", passed=True, measured=1.0, needed=1.0),
    Gate("attempts_known", passed=False, measured=0.4, needed=0.9),
)
SUMS = RequestSums(
    requests=2_000,
    outcome_known=2_000,
    served=1_990,
    failed=10,
    attempts=2_200,
    counted=2_000,
    retried=192,
    measurable=2_000,
    served_dispatched=1_990,
    served_with_tokens=1_990,
    served_tokens=10**6,
    served_tokens_priced=10**6,
    priced=2_000,
    billed_nano=4 * 10**9,
    split=2_000,
    token_nano=3 * 10**9,
    wasted_nano=10**9,
    published_split=2_000,
    published_token_nano=3 * 10**9,
    published_retry_nano=10**9,
    waiting=2_000,
)


def window(sums: RequestSums = SUMS) -> DeploymentWindow:
    first, last = date(2026, 10, 28), date(2026, 11, 24)
    overhead = {"receive_to_dispatch": ((700 << 32) | sums.receive_to_dispatch,)} if sums.receive_to_dispatch else {}
    totals = Totals(first, last, "production", 28, {"complete": sums}, AttemptSums(), sketches=overhead)
    days = {first: sums}
    return DeploymentWindow(
        totals,
        days,
        efficiencies(totals.evidence),
        own_parts(totals, days, ()),
        published_parts(totals),
    )


def standing(
    metric: str, own: float | None, shown: View, *, missing: str = "", gates: tuple[Gate, ...] = ()
) -> Standing:
    yardstick = YARDSTICKS[metric]
    return Standing(
        yardstick=yardstick,
        week=None if missing == NOT_FROZEN else WEEK,
        own=own,
        stratum="complete",
        eligible=not missing,
        gates=gates,
        shown=shown,
        verdict=None if own is None else judge(own, shown, yardstick),
        missing=missing,
        frozen_at=None if missing == NOT_FROZEN else WEEK.freeze_at,
    )


def page(standings: Mapping[str, Standing], sums: RequestSums = SUMS, **facts: Any) -> StandingPage:
    asked: Any = {"frame": FRAME, "name": "chat", "settings": "/settings", "here": "?scope={}".format}
    return build(Facts(window(sums), facts.get("weeks", {}), standings), **asked, scope=facts.get("scope", ""))


def of(*found: Standing) -> dict[str, Standing]:
    absent = [standing(metric, None, NOT_ENOUGH, missing=NOT_MEASURABLE) for metric in YARDSTICKS]
    return {one.metric: one for one in (*absent, *found)}


def sentence(made: StandingPage) -> str:
    return "".join(word.text for word in made.answer).replace("\u00a0", " ")


def test_the_answer_compares_with_the_median_and_names_the_quarter() -> None:
    made = page(of(standing("efficiency_billing", 0.75, QUARTILES)))
    assert sentence(made).startswith(
        "Of each dollar, 75.0 cents bought answers; at the median of your peers it is 85.0."
    )
    assert "You are in the dearest quarter of peers." in sentence(made)


def test_the_headline_has_its_scope_and_a_strip() -> None:
    made = page(of(standing("efficiency_billing", 0.90, QUARTILES)))
    assert made.headline is not None
    assert (made.headline.scope, made.headline.over) == ("billing", False)
    assert made.headline.strip is not None
    assert made.headline.verdict == "in the best quarter of peers"


def test_the_widest_scope_leads() -> None:
    both = of(standing("efficiency_billing", 0.9, QUARTILES), standing("efficiency_latency", 0.8, QUARTILES))
    made = page(both)
    assert made.headline is not None
    assert made.headline.scope == "latency"
    assert [(one.name, one.url, one.here) for one in made.scopes] == [
        ("billing", "?scope=billing", False),
        ("latency", "?scope=latency", True),
    ]


def test_another_scope_is_shown_where_the_address_asks_for_it() -> None:
    both = of(standing("efficiency_billing", 0.9, QUARTILES), standing("efficiency_latency", 0.8, QUARTILES))
    made = page(both, scope="billing")
    assert made.headline is not None
    assert (made.headline.scope, made.headline.own) == ("billing", "90.0\u00a0%")
    assert sentence(made).startswith("Of each dollar, 90.0 cents bought answers")
    alone = page(of(standing("efficiency_billing", 0.9, QUARTILES)))
    assert alone.scopes == ()
    lacking = page(of(standing("efficiency_billing", 0.9, QUARTILES)), scope="latency")
    assert lacking.headline is None


def test_metrics_on_the_wrong_side_are_named_in_the_answer() -> None:
    worse = View(
        Level.QUARTILES, Table("20-29", median=0.05, interval_low=0.04, interval_high=0.06, p25=0.03, p75=0.07)
    )
    made = page(of(standing("efficiency_billing", 0.85, QUARTILES), standing("retry_rate", 0.096, worse)))
    assert "wrong side of the median: retry rate." in sentence(made)
    [row] = [row for row in made.rows if row.title == "Retry rate"]
    assert (row.over, row.verdict) == (True, "in the worst quarter of peers")


def test_a_value_inside_the_interval_is_too_close_to_call() -> None:
    made = page(of(standing("efficiency_billing", 0.845, QUARTILES)))
    assert made.headline is not None
    assert made.headline.verdict == "near the median, too close to call"
    assert not made.headline.over


def test_with_ten_to_nineteen_others_the_median_stands_alone() -> None:
    made = page(of(standing("efficiency_billing", 0.90, COARSE)))
    assert made.headline is not None
    strip = made.headline.strip
    assert strip is not None
    assert (strip.wide, strip.middle, strip.interval) == (None, None, None)
    assert made.headline.verdict == "better than the median"
    assert [step.here for step in made.steps] == [False, True, False, False]


def test_the_number_of_peers_is_told_as_a_band() -> None:
    made = page(of(standing("efficiency_billing", 0.90, QUARTILES)))
    assert "n 20\u2060\u2013\u206029" in made.basis
    assert "Week 47 (26\u00a0Oct \u2013 22\u00a0Nov\u00a02026), frozen Monday 23\u00a0Nov, 00:30 UTC" in made.basis


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (NOT_FROZEN, "No week has been frozen yet"),
        (NOT_COUNTED, "came after the last freeze"),
        (NOT_ENOUGH_PEERS, "Not enough peers yet: fewer than 10 other organizations"),
    ],
)
def test_without_peers_it_says_why_and_shows_no_median(missing: str, said: str) -> None:
    own = None if missing in (NOT_FROZEN, NOT_COUNTED) else 0.8
    found = {metric: standing(metric, own, NOT_ENOUGH, missing=missing) for metric in YARDSTICKS}
    made = page(found)
    assert said in sentence(made)
    assert not made.compared
    assert all(row.strip is None and not row.median and not row.verdict for row in made.rows)
    assert made.headline is not None  # the own efficiency is no secret
    assert made.headline.strip is None


def test_without_peers_the_study_stands_beside_as_literature() -> None:
    found = {metric: standing(metric, 0.1, NOT_ENOUGH, missing=NOT_ENOUGH_PEERS) for metric in YARDSTICKS}
    weeks = {date(2026, 11, 16): SUMS, date(2026, 11, 2): SUMS}
    made = build(Facts(window(), weeks, found), frame=FRAME, name="chat", settings="/", here="?scope={}".format)
    [retries] = [row for row in made.rows if row.title == "Retry rate"]
    assert retries.literature == "8.4\u00a0%"
    [history] = [one for one in made.histories if one.title == "Retry rate"]
    assert "Literature, not peers" in history.figure.label
    assert "1\u00a0week without data" in history.figure.label


def test_what_cannot_be_measured_says_what_would_mend_it() -> None:
    found = {metric: standing(metric, None, NOT_ENOUGH, missing=NOT_MEASURABLE, gates=SHUT) for metric in YARDSTICKS}
    unknown = RequestSums(requests=2_000, waiting=2_000)
    made = page(found, sums=unknown)
    assert "not measurable with what it reports" in sentence(made)
    assert "use a source that reports every attempt of a request" in sentence(made)
    assert made.headline is None
    assert made.bar is None
    assert [gate.what for gate in made.open_gates] == ["All attempts are known for 90\u00a0% of requests"]
    assert made.open_gates[0].detail.startswith("40.0\u00a0%. Use a source")
    assert len(made.met_gates) == 1


def test_a_part_that_is_unknown_is_absent_and_never_zero() -> None:
    made = page(of(standing("efficiency_billing", 0.75, QUARTILES)))
    parts = {part.kind: part for part in made.parts}
    assert (parts["token"].figure, parts["token"].detail) == ("$1.50", "75.0\u00a0%")
    for kind in ("latency", "selection", "maintenance"):
        assert parts[kind].absent
        assert parts[kind].figure == "not measured"
        assert parts[kind].detail
    assert made.bar is not None
    assert [segment.kind for segment in made.bar.segments] == ["token", "retry"]


def test_unpriced_traffic_has_no_bar_although_requests_without_attempts_cost_nothing() -> None:
    unpriced = RequestSums(requests=100, undispatched=3, split=3, priced=3, outcome_known=100)
    made = page(of(), sums=unpriced)
    assert made.bar is None
    assert {part.kind: part.absent for part in made.parts}["token"]


def test_retries_that_may_have_cost_more_are_at_least() -> None:
    sums = RequestSums(
        **{**{name: getattr(SUMS, name) for name in RequestSums.__dataclass_fields__}, "unknown_attempts": 3}
    )
    made = page(of(), sums=sums)
    assert {part.kind: part.figure for part in made.parts}["retry"] == "\u2265 $0.50"


def test_no_dollar_of_a_peer_is_on_the_page() -> None:
    made = page(of(standing("efficiency_billing", 0.75, QUARTILES)))
    assert "$" not in "".join([made.basis, made.chart_basis, *(row.median + row.verdict for row in made.rows)])
