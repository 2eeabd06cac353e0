"""The five-part bar."""

from hypothesis import given
from hypothesis import strategies as st

from apps.dashboards.figures.fiveparts import NAMES, bar
from tollmark.paths import ROOT

AMOUNTS = st.one_of(st.none(), st.integers(min_value=0, max_value=10**15))


def test_the_parts_keep_their_order() -> None:
    figure = bar({"maintenance": 5, "token": 60, "latency": 10, "retry": 25}, owner="chat")
    assert [segment.kind for segment in figure.segments] == ["token", "retry", "latency", "maintenance"]


def test_an_unknown_part_is_named_and_takes_no_room() -> None:
    figure = bar({"token": 60, "retry": 40, "latency": None}, owner="chat")
    assert figure.absent == ("Latency impact", "Selection inefficiency", "Maintenance, declared")
    assert sum(segment.width for segment in figure.segments) == 100
    assert "latency impact not measured" in figure.label


def test_a_part_of_zero_is_in_the_label_and_not_in_the_picture() -> None:
    figure = bar({"token": 100, "retry": 0}, owner="chat")
    assert [segment.kind for segment in figure.segments] == ["token"]
    assert "retry overhead 0.0 %" in figure.label
    assert "Retry overhead" not in figure.absent


def test_the_label_names_the_owner_and_states_the_shares() -> None:
    assert bar({"token": 3, "retry": 1}, owner="chat").label.startswith(
        "chat: token cost 75.0 %, retry overhead 25.0 %"
    )


def test_charts_find_the_colour_of_each_part_in_the_stylesheet() -> None:
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text()
    assert [kind for kind in NAMES if f"--{kind}:" not in tokens] == []


def test_bars_of_one_scale_end_where_their_total_ends() -> None:
    figure = bar({"token": 30, "retry": 20}, owner="chat", whole=100)
    assert figure.segments[-1].x + figure.segments[-1].width == 50


def test_no_cost_is_no_bar() -> None:
    assert bar({"token": 0}, owner="chat").segments == ()


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, AMOUNTS)))
def test_known_parts_fill_the_bar_and_nothing_else_does(amounts: dict[str, int | None]) -> None:
    figure = bar(amounts, owner="chat")
    known = [amount for amount in amounts.values() if amount]
    assert len(figure.segments) == len(known)
    assert len(figure.absent) == sum(amount is None for amount in amounts.values())
    if known:
        assert abs(sum(segment.share for segment in figure.segments) - 1) < 1e-9
        assert abs(sum(segment.width for segment in figure.segments) - 100) < 0.1
