"""How are your deployments doing?, from what the queries return to what is written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.benchmarks.disclosure.view import View
from apps.benchmarks.queries import Standing
from apps.dashboards.pages.deployments import DeploymentsPage, build
from apps.dashboards.queries.list import Listed
from apps.rollups.sums import RequestSums
from tests.dashboards.frames import FRAME
from tests.dashboards.test_standing_page import QUARTILES, SUMS, standing, window

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def one(
    name: str,
    *,
    sums: RequestSums | None = SUMS,
    seen: timedelta | None = timedelta(seconds=12),
    shown: View = QUARTILES,
) -> Listed:
    found: dict[str, Standing] = {}
    if seen is not None:
        found = {metric: standing(metric, 0.75, shown) for metric in ("efficiency_billing", "efficiency_latency")}
    return Listed(
        slug=name,
        name=name,
        user_facing=True,
        created_at=NOW - timedelta(days=30),
        last_seen=None if seen is None else NOW - seen,
        window=window(sums) if sums and seen is not None else None,
        standings=found,
    )


def page(*found: Listed) -> DeploymentsPage:
    return build(
        found,
        frame=FRAME,
        organization="Acme",
        add="/add",
        page_of=lambda name: f"/{name}/standing",
        connect_of=lambda name: f"/{name}/",
        days=28,
        zone=ZoneInfo("Europe/Paris"),
        now=NOW,
    )


def sentence(made: DeploymentsPage) -> str:
    return "".join(word.text for word in made.answer).replace("\u00a0", " ")


def with_retries(nano: int) -> RequestSums:
    values = {name: getattr(SUMS, name) for name in RequestSums.__dataclass_fields__}
    return RequestSums(
        **{**values, "wasted_nano": nano, "published_retry_nano": nano, "billed_nano": SUMS.token_nano + nano}
    )


def test_the_answer_says_what_was_billed_and_what_it_bought() -> None:
    assert sentence(page(one("chat"))).startswith(
        "Acme was billed $4.00 in 28 days, and at most 75 cents of each dollar bought answers."
    )


def test_who_loses_most_to_retries_is_named_when_there_are_several() -> None:
    made = page(one("chat"), one("review", sums=with_retries(3 * 10**9)))
    assert "review loses the largest share to retries, 50.0 %." in sentence(made)
    assert "loses the largest" not in sentence(page(one("chat")))


def test_who_fell_silent_is_named_with_the_moment_on_the_organizations_clock() -> None:
    made = page(one("chat"), one("triage", seen=timedelta(days=5, hours=6, minutes=18)))
    assert "triage has been silent since 19 Nov 05:12." in sentence(made)
    assert [row.silent for row in made.rows] == [False, True]


def test_a_deployment_without_a_trace_waits_and_leads_to_its_connection() -> None:
    made = page(one("notes", seen=None))
    assert sentence(made) == "notes is waiting for the first trace."
    [row] = made.rows
    assert (row.waiting, row.url, row.last_seen) == (True, "/notes/", "never")
    assert (row.bar, row.strip, row.spark) == (None, None, None)


def test_an_organization_without_deployments_is_told_what_to_do() -> None:
    made = page()
    assert "has no deployment yet" in sentence(made)
    assert made.rows == ()


def test_a_row_has_cost_efficiency_parts_and_place() -> None:
    [row] = page(one("chat")).rows
    assert (row.per_thousand, row.efficiency, row.last_seen) == ("$2.00", "75.0\u00a0%", "12\u00a0s ago")
    assert row.bar is not None
    assert [segment.kind for segment in row.bar.segments] == ["token", "retry"]
    assert row.measured == "two of five parts"
    assert (row.verdict, row.over) == ("in the dearest quarter of peers", True)
    assert row.spark is not None
    assert row.spark.label.startswith("Billed for 1,000 requests over 28 days")


def test_one_list_has_one_scope() -> None:
    values = {name: getattr(SUMS, name) for name in RequestSums.__dataclass_fields__}
    wider = RequestSums(
        **{
            **values,
            "waiting_delay_known": 2_000,
            "waiting_overhead_known": 2_000,
            "receive_to_dispatch": 2_000,
            "loss_nano": 10**9,
        }
    )
    assert page(one("wide", sums=wider)).scope == "latency"
    assert page(one("wide", sums=wider), one("chat")).scope == "billing"


def test_a_deployment_that_is_not_measurable_has_no_efficiency_and_says_so() -> None:
    [row] = page(one("chat", sums=RequestSums(requests=500, waiting=500))).rows
    assert (row.efficiency, row.per_thousand, row.bar) == ("", "", None)
    assert row.lacking == "not measurable yet"


def test_costs_of_a_day_without_traffic_are_a_gap() -> None:
    [row] = page(one("chat")).rows
    assert row.spark is not None
    assert "27\u00a0days without data" in row.spark.label
