"""Numbers in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.dashboards.wording import times
from apps.dashboards.wording.money import dollars, exact, per_thousand, whole_dollars
from apps.dashboards.wording.shares import count, duration, listed, share

NANO = 10**9
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2013", "-").replace("\u2212", "-")


@pytest.mark.parametrize(
    ("nano", "words"),
    [
        (None, "-"),
        (0, "$0.00"),
        (1_318_440_000_000, "$1,318.44"),
        (4_337_000, "$0.0043"),
        (3_757, "$0.000004"),
        (-2_500_000_000, "-$2.50"),
        (10_000_000, "$0.01"),
    ],
)
def test_dollars(nano: int | None, words: str) -> None:
    assert plain(dollars(nano)) == words


def test_sentences_have_cents_only_for_small_amounts() -> None:
    assert (whole_dollars(5_665_400_000_000), whole_dollars(12 * NANO)) == ("$5,665", "$12.00")


def test_a_cost_per_thousand_of_no_request_is_unknown() -> None:
    assert per_thousand(5 * NANO, 0) is None
    assert per_thousand(5 * NANO, 2_000) == 2_500_000_000


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "-"), (0.0, "0.0 %"), (0.0001, "< 0.1 %"), (0.621, "62.1 %"), (0.99999, "> 99.9 %"), (1.0, "100.0 %")],
)
def test_shares_never_round_to_nothing_or_all(value: float | None, words: str) -> None:
    assert plain(share(value)) == words


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (None, "-"),
        (0, "0 ms"),
        (4_200, "4.2 ms"),
        (61_000, "61 ms"),
        (2_100_000, "2.1 s"),
        (5 * 3_600_000_000, "5.0 h"),
    ],
)
def test_durations(microseconds: int | None, words: str) -> None:
    assert plain(duration(microseconds)) == words


def test_counts_agree_with_their_noun() -> None:
    assert (plain(count(1, "request")), plain(count(86_000, "request"))) == ("1 request", "86,000 requests")


@pytest.mark.parametrize(("words", "text"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b and c")])
def test_lists(words: list[str], text: str) -> None:
    assert listed(words) == text


@pytest.mark.parametrize(
    ("before", "words"),
    [(timedelta(seconds=12), "12 s ago"), (timedelta(minutes=6), "6 min ago"), (timedelta(days=1), "1 day ago")],
)
def test_moments_ago(before: timedelta, words: str) -> None:
    assert plain(times.ago(NOW - before, now=NOW)) == words


def test_a_sender_ahead_of_the_clock_was_seen_just_now() -> None:
    assert times.ago(NOW + timedelta(seconds=5), now=NOW) == "just now"


def test_a_moment_is_told_on_the_clock_of_the_organization() -> None:
    at = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    assert plain(times.moment(at, ZoneInfo("Europe/Paris"))) == "19 Nov 00:30"


def test_a_window_over_the_new_year_names_both_years() -> None:
    assert plain(times.window(date(2026, 12, 28), date(2027, 1, 24))) == "28 Dec 2026 - 24 Jan 2027"
    assert plain(times.window(date(2026, 10, 26), date(2026, 11, 22))) == "26 Oct - 22 Nov 2026"


def test_exact_amounts_keep_every_nano_dollar_and_no_zero_behind() -> None:
    amounts = (0, 1, 270_000, 100_000_000, 1_234_567_000_000_000, -10_000_000)
    assert [plain(exact(nano)) for nano in amounts] == [
        "$0.00",
        "$0.000000001",
        "$0.00027",
        "$0.10",
        "$1,234,567.00",
        "-$0.01",
    ]
