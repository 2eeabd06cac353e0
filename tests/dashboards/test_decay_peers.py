"""The cohort behind the curve of good choices: of the published tables alone, week by week, and why where there is none."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.table import Table
from apps.benchmarks.disclosure.view import NOT_ENOUGH, View
from apps.benchmarks.freeze import freeze
from apps.benchmarks.models import Snapshot
from apps.benchmarks.queries import NOT_COUNTED, ShownWeek
from apps.benchmarks.weeks import Week
from apps.dashboards.figures.decay import PEERS_HALF, PEERS_MEDIAN, STUDY_NAME, Moment, PeerWeek, falling
from apps.dashboards.pages.decay_peers import peers, weeks_drawn
from apps.dashboards.queries.decay import Decayed, decayed_of
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.signs import EN_DASH
from apps.organizations import access
from apps.rollups.sums import RequestSums
from tests.benchmarks.cells import day_cell
from tests.benchmarks.tenants import Tenant, bring, tenant
from tests.connections import acting_as
from tests.dashboards.drawn import drawn
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_api import get
from tests.names import unique

METRIC = "optimal_selection_rate"
NOW = timezone.now()
WEEK = Week.last_due(NOW)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    """Good choices in three of four requests for 40 days, among 21 others in the last frozen week, 11 in the one before."""
    made = acme(pool=unique("pool"))
    deployment = made.deployment()
    own = Tenant(made.organization(), deployment)
    with acting_as("worker"):
        others = [tenant(made.organization().pool) for _ in range(21)]
        for n in range(1, 41):
            day_cell(deployment, NOW.date() - n * DAY, RequestSums(requests=100, served=100, served_dispatched=90,
                     evaluable=80, optimal=60))  # fmt: skip
        for week, some in ((WEEK.back(1), others[:11]), (WEEK, others)):
            for n, each in enumerate([own, *some]):
                bring(each, 0.75 if each is own else 0.4 + 0.02 * n, metric=METRIC, week=week)
            freeze(week=week, now=week.freeze_at + DAY / 24, pool=made.organization().pool)
    return made


def text_of(place: Acme) -> str:
    answer = place.client().get(place.at("chat/decay"))
    assert answer.status_code == 200
    plain = re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " ").replace("\u2060", "").replace(EN_DASH, "-"))


def table_of(place: Acme, week: Week) -> Snapshot:
    organization = place.organization()
    with acting_as("web"), access.scope(organization.pk):
        return Snapshot.objects.get(pool=organization.pool, week=str(week), metric=METRIC)


def test_the_page_shows_the_published_band_with_window_cohort_and_n(place: Acme) -> None:
    text, table = text_of(place), table_of(place, WEEK)
    low, middle, high = (share(value).replace("\u00a0", " ") for value in (table.p25, table.median, table.p75))
    assert f"Peers: median {middle}, the middle half {low} to {high}" in text
    assert f"Week {WEEK.number} (" in text
    assert "cohort: all organizations, n 20-29." in text
    assert f"; of the last frozen four weeks, the median of peers is {middle}." in text
    assert PEERS_MEDIAN in text
    assert PEERS_HALF in text
    assert "Other organizations" in text
    assert text.count("n 10-14") == 1  # the week before: the median alone


def test_the_api_gives_the_same_weeks_and_standing_has_the_metric(place: Acme) -> None:
    table, coarse = table_of(place, WEEK), table_of(place, WEEK.back(1)).coarse_median
    assert get(place, "deployments/chat/decay").json()["peers"] == [
        {"week": str(WEEK.back(1)), "n": "10-14", "median": coarse, "p25": None, "p75": None},
        {"week": str(WEEK), "n": "20-29", "median": table.median, "p25": table.p25, "p75": table.p75},
    ]
    (told,) = [one for one in get(place, "deployments/chat/standing").json()["results"] if one["metric"] == METRIC]
    assert (told["own"], told["peers"]["median"], told["place"]) == (0.75, table.median, "best_quarter")
    assert [one["value"] for one in told["literature"]] == [0.87, 0.61]


def test_too_few_peers_are_no_band_and_the_page_says_so(database: None) -> None:
    lonely = acme(pool=unique("pool"))
    deployment = lonely.deployment()
    with acting_as("worker"):
        for n in range(1, 15):
            sums = RequestSums(requests=100, served=100, served_dispatched=90, evaluable=80, optimal=60)
            day_cell(deployment, NOW.date() - n * DAY, sums)
    assert "No band of peers: no week was frozen yet" in text_of(lonely)
    with acting_as("worker"):
        bring(Tenant(lonely.organization(), deployment), 0.75, metric=METRIC, week=WEEK)
        freeze(week=WEEK, now=WEEK.freeze_at + DAY / 24, pool=lonely.organization().pool)
    text = text_of(lonely)
    assert "No band of peers: not enough peers yet." in text
    assert PEERS_MEDIAN not in text
    assert get(lonely, "deployments/chat/decay").json()["peers"] == []


def test_a_last_week_with_too_few_is_said_to_be_the_one_without_a_band(database: None) -> None:
    made = acme(pool=unique("pool"))
    deployment = made.deployment()
    own = Tenant(made.organization(), deployment)
    with acting_as("worker"):
        others = [tenant(made.organization().pool) for _ in range(11)]
        for n in range(1, 41):
            sums = RequestSums(requests=100, served=100, served_dispatched=90, evaluable=80, optimal=60)
            day_cell(deployment, NOW.date() - n * DAY, sums)
        for week, some in ((WEEK.back(1), others), (WEEK, others[:0])):
            for n, each in enumerate([own, *some]):
                bring(each, 0.4 + 0.02 * n, metric=METRIC, week=week)
            freeze(week=week, now=week.freeze_at + DAY / 24, pool=made.organization().pool)
    text = text_of(made)
    assert "No band for the last frozen week: not enough peers yet." in text
    assert "No band of peers" not in text
    assert PEERS_MEDIAN in text


def test_who_came_after_a_freeze_with_a_band_is_not_told_that_there_is_none(place: Acme) -> None:
    late = replace(_of(place), peers=replace(_of(place).peers, shown=NOT_ENOUGH, missing=NOT_COUNTED))
    assert peers(late, WEEK.first_day).startswith(
        "This deployment was not compared with its peers in the last frozen week: came after the last freeze"
    )
    assert peers(late, NOW.date() + DAY).startswith("No band of peers: came after the last freeze")


def _of(place: Acme) -> Decayed:
    deployment = place.deployment()
    with acting_as("web"), access.scope(deployment.organization_id):
        return decayed_of(deployment, now=NOW)


def week(name: str, median: float, low: float | None = None, high: float | None = None) -> ShownWeek:
    level = Level.MEDIAN if low is None else Level.QUARTILES
    return ShownWeek(Week.parse(name), View(level, Table(peers="20-29", median=median, p25=low, p75=high)))


def test_a_week_is_drawn_over_its_days_and_the_first_over_all_four() -> None:
    found = weeks_drawn(
        [week("2026-W40", 0.7), week("2026-W41", 0.7, 0.6, 0.8), week("2026-W47", 0.5)], date(2026, 1, 1)
    )
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 9, 7), date(2026, 10, 4)),
        (date(2026, 10, 5), date(2026, 10, 11)),
        (date(2026, 10, 26), date(2026, 11, 22)),
    ]
    assert (found[1].median, found[1].low, found[1].high) == (70.0, 60.0, 80.0)
    assert weeks_drawn([week("2026-W40", 0.7)], date(2026, 10, 5)) == []


def test_the_band_lies_behind_the_curve_and_gaps_stay_gaps() -> None:
    first = date(2026, 9, 7)
    moments = [Moment(first, 87.0, 85.0, 89.0), Moment(first + 60 * DAY, 70.0, 68.0, 72.0)]
    peers = [
        PeerWeek(first, first + 27 * DAY, 70.0, 60.0, 80.0),
        PeerWeek(first + 28 * DAY, first + 34 * DAY, 68.0),
        PeerWeek(first + 50 * DAY, first + 56 * DAY, 66.0, 58.0, 76.0),
    ]
    figure = drawn(falling([("v1", moments)], first, [], peers))
    named = [line.name for line in figure.data if line.showlegend is not False]
    assert named == [PEERS_HALF, PEERS_MEDIAN, "v1", STUDY_NAME]
    bands = [line for line in figure.data if line.name == PEERS_HALF]
    assert [list(line.y) for line in bands] == [[80.0, 80.0], [76.0, 76.0]]
    medians = [line for line in figure.data if line.name == PEERS_MEDIAN]
    assert [list(line.y) for line in medians] == [[70.0, 70.0, 68.0, 68.0], [66.0, 66.0]]
    assert medians[0].x[0] == first.isoformat()
