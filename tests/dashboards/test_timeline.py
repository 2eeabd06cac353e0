"""The lanes of one request."""

from apps.dashboards.figures.timeline import LEAST_WIDTH, Span, timeline


def words(value: float) -> str:
    return f"{value:g}"


def test_lanes_share_one_scale_that_holds_them_all() -> None:
    figure = timeline(
        [Span("a", "", "latency", 0, 100), Span("b", "", "token", 100, 1_000, 400)], whole=500, words=words
    )
    assert [(one.x, one.width, one.mark) for one in figure.lanes] == [(0, 10, None), (10, 90, 40)]
    assert [tick.words for tick in figure.ticks] == ["0", "250", "500", "750", "1000"]
    assert (figure.ticks[0].anchor, figure.ticks[-1].anchor) == ("start", "end")


def test_what_was_not_measured_is_not_drawn() -> None:
    figure = timeline([Span("a", "", "retry", None, None), Span("b", "", "token", 50, None)], whole=100, words=words)
    assert [(one.x, one.width) for one in figure.lanes] == [(None, None), (50, None)]
    assert timeline([Span("a", "", "retry", 0, None)], whole=None, words=words).ticks == ()


def test_what_took_hardly_any_time_is_seen() -> None:
    figure = timeline([Span("a", "", "retry", 1_000, 1_000)], whole=1_000, words=words)
    assert (figure.lanes[0].x, figure.lanes[0].width) == (100 - LEAST_WIDTH, LEAST_WIDTH)
