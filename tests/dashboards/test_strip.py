"""The percentile strip as text and geometry."""

import pytest

from apps.dashboards.figures.strip import Peers, Strip, strip

QUARTILES = Peers(median=0.10, low=0.09, high=0.11, p25=0.08, p75=0.14)


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def of(own: float | None, peers: Peers = QUARTILES, *, lower_is_better: bool = True) -> Strip:
    return strip(own, peers, lower_is_better=lower_is_better, words=percent)


def test_lower_than_the_median_is_left_where_lower_is_better() -> None:
    figure = of(0.09)
    assert figure.dot is not None
    assert figure.dot < figure.median


def test_higher_than_the_median_is_left_where_higher_is_better() -> None:
    figure = of(0.13, lower_is_better=False)
    assert figure.dot is not None
    assert figure.dot < figure.median


def test_the_middle_half_holds_the_median() -> None:
    for lower_is_better in (True, False):
        figure = of(0.10, lower_is_better=lower_is_better)
        assert figure.middle is not None
        assert figure.middle.x < figure.median < figure.middle.end


def test_what_is_not_published_is_not_drawn() -> None:
    figure = of(0.2, Peers(median=0.1))
    assert figure.wide is None
    assert figure.middle is None
    assert figure.interval is None
    assert "percentile" not in figure.label
    assert "middle half" not in figure.label


def test_the_tails_are_drawn_around_the_middle_half() -> None:
    figure = of(0.1, Peers(median=0.10, p25=0.08, p75=0.14, p10=0.05, p90=0.2))
    assert figure.wide is not None
    assert figure.middle is not None
    assert figure.wide.x < figure.middle.x
    assert figure.middle.end < figure.wide.end


@pytest.mark.parametrize(
    ("own", "lower_is_better", "side"), [(5.0, True, "right"), (5.0, False, "left"), (0.1, True, ""), (None, True, "")]
)
def test_a_value_far_outside_is_held_at_the_edge_and_said_so(
    own: float | None, lower_is_better: bool, side: str
) -> None:
    figure = of(own, lower_is_better=lower_is_better)
    assert figure.beyond == side
    assert figure.dot is None or 0 < figure.dot < 100


def test_a_value_far_outside_leaves_the_band_readable() -> None:
    figure = of(50.0)
    assert figure.middle is not None
    assert figure.middle.width > 20


def test_strips_of_one_column_share_an_axis() -> None:
    one = strip(0.09, QUARTILES, lower_is_better=True, words=percent, beside=(0.09, 0.21))
    other = strip(0.21, QUARTILES, lower_is_better=True, words=percent, beside=(0.09, 0.21))
    assert one.median == other.median
    assert one.middle == other.middle


def test_the_label_states_the_numbers_in_words() -> None:
    assert of(0.096).label == (
        "You 9.6 %; median 10.0 %; the median's interval 9.0 % to 11.0 %; middle half of peers 8.0 % to 14.0 %."
    )
    assert of(None).label.startswith("You: not measured; median 10.0 %")


def test_a_table_of_a_single_figure_still_has_an_axis() -> None:
    figure = of(0.0, Peers(median=0.0))
    assert 0 < figure.median < 100
    assert figure.dot == figure.median
