"""The bench of selection measures both kinds of work on the same rows."""

from apps.bench.benches import selection


def test_both_kinds_are_measured_on_the_same_rows() -> None:
    result = selection.run({"requests": 300, "candidates": 4, "rounds": 1})
    assert [row["kind"] for row in result.rows] == ["choose", "group by"]
    assert len(result.ratios[0].pairs) == 1
    assert result.ratios[0].value > 0
