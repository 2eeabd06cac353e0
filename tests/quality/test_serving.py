"""Who serves best is said as far as intervals tell, and no further."""

from fractions import Fraction

from apps.quality.serving import Server, Task, best_single, rule_of


def server(
    model: str, quality: float, price: int, *, give: float = 0.01, eligible: bool = True, planned: int = 0
) -> Server:
    provider = model.partition("/")[0]
    return Server(model, provider, quality, quality - give, quality + give, price, eligible, planned)


def task(*servers: Server, name: str = "triage", threshold: float = 0.85, served: int = 100) -> Task:
    return Task(name, served, threshold, servers)


def test_the_winner_is_the_cheapest_good_enough_and_a_tie_is_told() -> None:
    cheap, dear, bad = server("a/1", 0.9, 100), server("b/1", 0.95, 300), server("c/1", 0.5, 10, eligible=False)
    assert task(bad, cheap, dear).winner == cheap
    assert task(bad, cheap, dear).may_win() == (cheap,)
    near = server("b/2", 0.9, 105)
    assert task(cheap, near).may_win() == (cheap, near)
    assert task(cheap, server("b/2", 0.9, 106)).may_win() == (cheap,)


def test_an_interval_across_the_threshold_leaves_it_open_both_ways() -> None:
    unsure = server("a/1", 0.86, 50, give=0.03)
    under = server("c/1", 0.84, 20, give=0.03, eligible=False)
    sure = server("b/1", 0.95, 300)
    assert task(unsure, under, sure).winner == unsure
    assert task(unsure, under, sure).may_win() == (under, unsure, sure)


def test_the_frontier_holds_what_nothing_is_both_cheaper_and_better_than() -> None:
    a, b, c, d = server("a/1", 0.7, 10), server("b/1", 0.6, 20), server("c/1", 0.9, 30), server("d/1", 0.9, 40)
    assert task(d, c, b, a).frontier() == (a, c)


def test_no_provider_dominates_only_where_each_is_ruled_out_somewhere() -> None:
    of_a = task(server("a/1", 0.9, 10), server("b/1", 0.9, 100), name="one")
    of_b = task(server("a/1", 0.9, 100), server("b/1", 0.9, 10), name="two")
    open_ = task(server("a/1", 0.86, 10, give=0.05), server("b/1", 0.9, 100), name="three")
    assert rule_of([of_a, of_b]).nobody
    assert (rule_of([of_a, of_a]).provider, rule_of([of_a, of_a]).nobody) == ("a", False)
    undecided = rule_of([of_a, open_])
    assert (undecided.provider, undecided.nobody) == ("", False)
    assert rule_of([of_a]) == rule_of([]) == undecided
    alone = task(server("b/1", 0.9, 10), name="four")
    assert rule_of([of_a, alone]) == undecided  # with one model there is nothing to compare


def test_the_best_single_is_good_enough_everywhere_and_told_with_its_coverage() -> None:
    one = task(server("a/1", 0.9, 10, planned=50), server("b/1", 0.9, 20, planned=40), name="one")
    two = task(server("a/1", 0.5, 10, eligible=False), server("b/1", 0.9, 30, planned=10), name="two", served=20)
    found = best_single([one, two])
    assert (found.model, found.covered, found.served) == ("b/1", 100, 120)
    assert found.gap == Fraction(90 * 20 + 10 * 30, 50 * 10 + 40 * 20 + 10 * 30) - 1
    nowhere = best_single([task(server("a/1", 0.5, 10, eligible=False, planned=5))])
    assert (nowhere.model, nowhere.gap, nowhere.covered) == (None, None, 5)
