"""Lines in time: sparks in tables, the history of one metric."""

import pytest

from apps.dashboards.figures.history import Reference, history
from apps.dashboards.figures.line import Point, line
from apps.dashboards.figures.scale import Scale, ticks
from apps.dashboards.figures.spark import spark


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def test_a_line_breaks_where_nothing_was_measured() -> None:
    figure = line([Point(0, 1), Point(1, 2), None, Point(3, 4), Point(4, 5)])
    assert figure.runs == ("0,1 1,2", "3,4 4,5")
    assert figure.last == Point(4, 5)


def test_a_measurement_without_neighbours_is_a_point() -> None:
    figure = line([None, Point(1, 2), None])
    assert figure.runs == ()
    assert figure.lone == (Point(1, 2),)


def test_a_spark_without_a_measurement_is_no_spark() -> None:
    assert spark([None, None], what="Cost", words=percent) is None


def test_a_spark_says_its_ends_extremes_and_gaps() -> None:
    figure = spark([0.1, None, 0.3, 0.2], what="Cost", words=percent)
    assert figure is not None
    assert figure.label == "Cost over 4 days: from 10 % to 20 %, lowest 10 %, highest 30 %; 1\u00a0day without data."


def test_a_constant_spark_is_drawn_in_the_middle() -> None:
    figure = spark([0.5, 0.5], what="Cost", words=percent)
    assert figure is not None
    assert figure.line.last == Point(108, 13)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.07, 0.097, (0.06, 0.08, 0.1)),
        (0.0, 1.0, (0.0, 0.5, 1.0)),
        (61.0, 89.0, (60.0, 80.0, 100.0)),
        (0.0, 0.0, (0.0, 0.5)),
    ],
)
def test_ticks_are_round_and_enclose_the_values(low: float, high: float, expected: tuple[float, ...]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_a_value_outside_a_scale_is_held_at_its_end() -> None:
    scale = Scale(0, 10, 100, 200)
    assert (scale.place(-5), scale.place(5), scale.place(50)) == (100, 150, 200)


def test_a_history_leaves_out_what_was_not_measured_and_says_so() -> None:
    figure = history([0.1, None, 0.2], what="Retry rate", first="1 Nov", last="15 Nov", references=(), words=percent)
    assert figure is not None
    assert len(figure.line.lone) == 2
    assert "1\u00a0week without data" in figure.label


def test_a_history_names_the_study_as_literature() -> None:
    study = Reference(0.084, "study 8.4 %")
    figure = history([0.1] * 6, what="Retry rate", first="a", last="b", references=(study,), words=percent)
    assert figure is not None
    assert [level.words for level in figure.levels] == ["study 8.4 %"]
    assert "Literature, not peers: study 8.4 %" in figure.label


def test_the_usual_range_needs_some_weeks() -> None:
    few = history([0.1, 0.2], what="x", first="a", last="b", references=(), words=percent)
    many = history([i / 100 for i in range(26)], what="x", first="a", last="b", references=(), words=percent)
    assert few is not None
    assert many is not None
    assert few.usual is None
    assert many.usual is not None
    assert (many.usual.low, many.usual.high) == ("2 %", "23 %")
