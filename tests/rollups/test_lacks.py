"""What unpriced attempts of a model lack is told only where the sums are sure of it."""

import pytest

from apps.rollups.sums import AttemptSums, Lack


def sums(attempts: int, *, told: tuple[int, int], computed: int, unpriced: int) -> AttemptSums:
    """`told`: by how many of them, input and output."""
    known_input, known_output = told
    return AttemptSums(
        attempts=attempts, input_known=known_input, output_known=known_output, computed=computed, unpriced=unpriced
    )


@pytest.mark.parametrize(
    ("found", "lacks"),
    [
        pytest.param(sums(10, told=(0, 0), computed=0, unpriced=10), "tokens", id="nothing was told"),
        pytest.param(sums(10, told=(8, 8), computed=8, unpriced=2), "tokens", id="all that told some were priced"),
        pytest.param(sums(10, told=(10, 10), computed=0, unpriced=10), "price", id="all was told, nothing priced"),
        pytest.param(sums(10, told=(6, 6), computed=0, unpriced=10), "price", id="some told all, and were not priced"),
        pytest.param(
            sums(100, told=(70, 70), computed=60, unpriced=10),
            "price or tokens",
            id="thirty failed without usage, ten came before the price",
        ),
        pytest.param(
            sums(100, told=(100, 50), computed=50, unpriced=50), "price or tokens", id="half told their input alone"
        ),
        pytest.param(
            sums(100, told=(100, 0), computed=50, unpriced=50), "price or tokens", id="no output, a price for half"
        ),
        pytest.param(
            sums(100, told=(100, 0), computed=0, unpriced=100),
            "price or tokens",
            id="no output, which may cost nothing",
        ),
    ],
)
def test_it_says_price_or_tokens_only_where_it_is_sure(found: AttemptSums, lacks: Lack) -> None:
    assert found.lacks == lacks
