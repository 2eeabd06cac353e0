"""The window of one page stands in the links to all the others, in the names that each of them reads."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from apps.dashboards.carried import Carried, onward, read
from tests.dashboards.tenants import Acme

UTC, KOLKATA = ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")
NOVEMBER = Carried(date(2026, 11, 2), date(2026, 11, 15), "staging")


def query(address: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize(
    "carried",
    [NOVEMBER, Carried(date(2026, 11, 2), None, "all"), Carried(environment="staging"), Carried()],
    ids=["whole", "until now", "environment alone", "nothing"],
)
@pytest.mark.parametrize("zone", [UTC, KOLKATA, ZoneInfo("Atlantic/Azores")], ids=str)
def test_each_page_reads_what_a_link_to_it_carries(carried: Carried, zone: ZoneInfo) -> None:
    for page in ("money", "compare", "requests", "standing"):
        assert read(page, query(onward(page, "/there", carried, zone)), zone) == carried


def test_requests_are_of_every_environment_unless_one_is_named_and_figures_of_production() -> None:
    days = Carried(date(2026, 11, 2), date(2026, 11, 15))
    assert query(onward("requests", "/r", days, UTC))["environment"] == "production"
    assert "environment" not in query(onward("requests", "/r", Carried(environment="all"), UTC))
    assert read("requests", {"since": "2026-11-02T00:00"}, UTC).environment == "all"


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-11-15", "to": "2026-11-02"},
        {"from": "2020-01-01", "to": "2026-11-02"},
        {"from": "yesterday", "to": "9999-12-31"},
        {"from": "1999-12-31"},
        {"from": "\x00", "to": "2026-02-30"},
    ],
)
def test_days_that_no_page_would_show_are_not_carried(asked: dict[str, str]) -> None:
    assert read("money", asked, UTC) == Carried()


def test_moments_that_are_none_are_not_carried() -> None:
    for told in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "now", "2026-11-02T25:00"):
        assert read("requests", {"since": told, "until": told}, KOLKATA) == Carried()


def test_links_to_the_other_pages_keep_the_window(place: Acme) -> None:
    shown = place.client().get(place.at("chat/standing?from=2026-11-02&to=2026-11-15&environment=%22staging"))
    links = {urlsplit(one).path.rsplit("/", 1)[-1]: query(one) for one in nav(shown.content.decode())}
    days = {"from": "2026-11-02", "to": "2026-11-15", "environment": '"staging'}
    assert [links[one] for one in ("money", "failures", "waiting", "health", "settings")] == [days] * 5
    assert links["compare"] == {"start": "2026-11-02", "end": "2026-11-15", "environment": '"staging'}
    assert links["requests"]["until"] == "2026-11-16T00:00"
    bare = nav(place.client().get(place.at("chat/money")).content.decode())
    assert all("?" not in one for one in bare)


def nav(shown: str) -> list[str]:
    found = re.findall(r'<nav class="questions.*?</nav>|<details class="menu upkeep.*?</details>', shown, re.DOTALL)
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', "".join(found))]
