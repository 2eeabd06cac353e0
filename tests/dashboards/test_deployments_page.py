"""How are your deployments doing?, from what the queries return to what is written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from apps.benchmarks.disclosure.view import View
from apps.benchmarks.queries import Standing
from apps.dashboards.pages.deployments import DeploymentsPage, Places, build
from apps.dashboards.pages.deployments_order import asked
from apps.dashboards.pages.deployments_shown import A_PAGE, shown
from apps.dashboards.pages.span import Chooser
from apps.dashboards.queries.heard import Heard
from apps.dashboards.queries.list import TREND, Listed, Trends, last_weeks
from apps.dashboards.queries.span import Span
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


PLACES = Places(
    page=lambda name: f"/{name}/standing",
    connect=lambda name: f"/{name}/",
    change=lambda name, where: f"/{name}/{where}",
    here=lambda **changed: f"/?{urlencode({key: value for key, value in changed.items() if value})}",
    chargeback="/chargeback.csv",
    add="/add",
)


def page(*found: Listed, query: dict[str, str] | None = None, trends: Trends | None = None) -> DeploymentsPage:
    wanted = asked(query or {})
    return build(
        found,
        shown(found, wanted),
        trends or {},
        frame=FRAME,
        organization="Acme",
        asked=wanted,
        chooser=Chooser("/", "", "", "production", ("production",), (), ()),
        places=PLACES,
        days=28,
        weeks=(date(2026, 8, 24), date(2026, 11, 22)),
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


def test_a_week_that_cannot_be_measured_is_a_gap_in_the_trend() -> None:
    good = window(SUMS).totals.evidence
    vague = replace(good, measurable=good.requests // 2)
    found = one("chat")
    [row] = page(found, trends={found.place: (good, None, vague, good, good)}).rows
    assert row.spark is not None
    label = "Efficiency, billing scope, over 5 weeks: from 75.0 % to 75.0 %; 2 weeks without data."
    assert row.spark.label.replace("\u00a0", " ") == label
    assert (len(row.spark.line.runs), len(row.spark.line.lone)) == (1, 1)


def test_the_trend_ends_with_the_last_complete_week_of_the_window() -> None:
    def ends(day: date) -> tuple[date, date]:
        return last_weeks(Span(date(2026, 1, 1), day, None), now=NOW)  # on Tuesday, 24 November

    assert ends(NOW.date()) == (date(2026, 8, 24), date(2026, 11, 22))
    assert ends(date(2026, 11, 15)) == (date(2026, 8, 17), date(2026, 11, 15))
    assert ends(date(2026, 11, 14))[1] == date(2026, 11, 8)
    assert (ends(NOW.date())[1] - ends(NOW.date())[0]).days == 7 * TREND - 1


def names(made: DeploymentsPage) -> list[str]:
    return [row.name for row in made.rows]


def some() -> list[Listed]:
    dear = one("Beta", sums=with_retries(3 * 10**9), seen=timedelta(hours=2))
    return [
        one("alpha", seen=timedelta(hours=3)),
        dear,
        one("chat", sums=RequestSums(requests=500)),
        one("zed", seen=None),
    ]


def test_any_order_can_be_turned_round_and_the_unknown_stays_last() -> None:
    found = {
        sort: names(page(*some(), query={"sort": sort}))
        for sort in ("name", "-name", "total", "-total", "efficiency", "-efficiency", "place", "seen", "-seen")
    }
    assert found["name"] == ["alpha", "Beta", "chat", "zed"]
    assert found["-name"] == ["zed", "chat", "Beta", "alpha"]
    assert found["total"] == ["Beta", "alpha", "chat", "zed"]
    assert found["-total"] == ["alpha", "Beta", "chat", "zed"]
    assert found["efficiency"] == ["alpha", "Beta", "chat", "zed"]
    assert found["-efficiency"] == ["Beta", "alpha", "chat", "zed"]
    assert found["place"][-1] == "zed"
    assert found["seen"] == ["chat", "Beta", "alpha", "zed"]
    assert found["-seen"] == ["alpha", "Beta", "chat", "zed"]
    head = page(*some(), query={"sort": "total"}).heads
    assert (head["total"].sorted, head["total"].url) == ("descending", "/?sort=-total")
    assert (head["name"].sorted, head["name"].url) == ("none", "/?")
    assert names(page(*some(), query={"sort": "'; drop"})) == found["name"]


def test_a_search_shows_some_and_says_of_how_many() -> None:
    made = page(*some(), query={"q": " BET "})
    assert names(made) == ["Beta"]
    assert "Found: 1 of 4 deployments." in made.basis.replace("\u00a0", " ")
    assert sentence(made) == sentence(page(*some()))
    none = page(*some(), query={"q": "nobody"})
    assert (none.groups, none.nothing) == ((), "No deployment has “nobody” in its name.")


def test_environments_are_groups_and_only_production_is_compared() -> None:
    apart = [
        replace(one("chat"), apart=True),
        replace(one("chat", sums=with_retries(3 * 10**9)), apart=True, environment="staging", standings={}),
        replace(one("old"), apart=True, environment=None, window=None, standings={}),
    ]
    made = page(*apart, query={"group": "environment"})
    titles = [(group.title, [row.name for row in group.rows]) for group in made.groups]
    assert titles == [("production", ["chat"]), ("staging", ["chat"]), ("No request in these days", ["old"])]
    assert [row.reason for row in made.rows] == ["", "only production is compared", ""]
    assert "chat in staging loses the largest share to retries" in sentence(made)
    assert [row.measured for row in made.rows][-1] == "no request in these days"


def test_a_tag_makes_groups_of_the_values_that_most_requests_carry() -> None:
    teams = [
        replace(one("chat"), tag="search"),
        replace(one("beta"), tag="search"),
        one("code"),
        one("new", seen=None),
    ]
    made = page(*teams, query={"group": "tag:team", "sort": "-name"})
    titles = [(group.title, [row.name for row in group.rows]) for group in made.groups]
    assert titles == [("search", ["chat", "beta"]), ("no team", ["code"]), ("No request in these days", ["new"])]
    assert not made.apart
    assert ("tag:team", "tag team") in made.group_choices
    assert page(*teams, query={"group": "tag:"}).asked.group == ""


def test_a_long_list_has_pages_and_its_sentences_are_of_all_of_it() -> None:
    many = [one(f"d{n:02}") for n in range(A_PAGE)] + [
        one("late", seen=None),
        one("worst", sums=with_retries(3 * 10**9)),
    ]
    first, last = page(*many), page(*many, query={"page": "2"})
    assert [names(first), names(last)] == [[f"d{n:02}" for n in range(A_PAGE)], ["late", "worst"]]
    assert (first.pages.paginator.num_pages, last.pages.number) == (2, 2)
    assert sentence(first) == sentence(last)
    assert "worst loses the largest share to retries" in sentence(first)
    assert len(first.unmeasured[0].links) + int(first.unmeasured[0].more.split()[1]) == A_PAGE + 1
    assert names(page(*many, query={"sort": "-total", "page": "2"})) == ["worst", "late"]
    assert [names(page(*many, query={"page": odd})) for odd in ("9", "0", "x")] == [
        names(last),
        names(last),
        names(first),
    ]


def test_a_group_that_a_page_cuts_says_on_both_how_much_is_in_it() -> None:
    many = [replace(one(f"d{n:02}"), tag="search" if n else "") for n in range(A_PAGE + 3)]
    asked_for = {"group": "tag:team", "page": ""}
    first, last = page(*many, query=asked_for), page(*many, query=asked_for | {"page": "2"})
    assert [group.title for group in first.groups] == ["search"]
    assert [(group.title, len(group.rows)) for group in last.groups] == [("search", 2), ("no team", 1)]
    assert first.groups[0].note == last.groups[0].note
    assert first.groups[0].note.replace("\u00a0", " ").startswith(f"{A_PAGE + 2} deployments, ")


def test_what_is_not_measured_has_one_change_for_all_that_it_helps() -> None:
    spans = replace(one("spans", sums=RequestSums(requests=500, waiting=500)), heard=Heard(NOW, (), ("vercel_ai",)))
    found = page(one("chat"), one("review"), spans).unmeasured
    told = {(each.part, tuple(link.name for link in each.links)): each.change for each in found}
    assert "nothing outside shows them" in told["Token cost and retry overhead", ("spans",)]
    assert told["Maintenance, declared", ("chat", "review", "spans")].startswith("Declare hours")
    assert told["Selection inefficiency", ("chat", "review")].startswith("Send `quality`")
    assert told["Selection inefficiency", ("spans",)].startswith("Send scores")
    links = {link.url for each in found if each.part == "Maintenance, declared" for link in each.links}
    assert "/chat/settings" in links
