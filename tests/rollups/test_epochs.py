"""Since when rules are what they are: what begins an epoch, and what is noise."""

from datetime import UTC, date, datetime, timedelta

from apps.rollups.epochs import Basis, Declared, Planned, epochs

FIRST = date(2026, 9, 1)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def at(n: int, hour: int = 0) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=UTC) + timedelta(days=n)


def planned(n: int, model: str = "old", requests: int = 100, *, task: str = "triage", policy: str = "") -> Planned:
    return Planned(day(n), task, model, policy, requests)


def told(rows: list[Planned], *declared: Declared) -> list[tuple[date, str, str]]:
    return [(one.first, one.basis.value, one.label) for one in epochs(rows, declared)]


def steady(days: int = 30) -> list[Planned]:
    return [planned(n) for n in range(days)]


def test_without_any_sign_rules_are_as_old_as_the_first_request() -> None:
    assert epochs([], []) == ()
    assert told(steady()) == [(FIRST, "first_seen", "")]


def test_a_declaration_begins_an_epoch_on_the_day_that_is_mostly_under_it() -> None:
    found = epochs(steady(), [Declared(at(10, 11), "v2"), Declared(at(20, 13), "v3")])
    assert [(one.first, one.end, one.label) for one in found] == [
        (FIRST, day(9), ""), (day(10), day(20), "v2"), (day(21), None, "v3"),
    ]  # fmt: skip
    assert found[1].has(day(20))
    assert not found[1].has(day(21))
    assert told(steady(), Declared(at(4), "typo"), Declared(at(4, 1), "v2"))[1:] == [(day(4), "declared", "v2")]


def test_rules_that_were_declared_before_the_first_request_are_as_old_as_they_say() -> None:
    assert told(steady(), Declared(at(-90), "v0"), Declared(at(-40), "v1")) == [(day(-40), "declared", "v1")]


def test_a_policy_that_most_requests_name_for_two_days_begins_one_and_a_canary_does_not() -> None:
    def named(n: int, policy: str, share: int) -> list[Planned]:
        return [planned(n, policy=policy, requests=share), planned(n, policy="a", requests=100 - share)]

    canary = [row for n in range(30) for row in named(n, "b", 30)]
    assert told(canary) == [(FIRST, "first_seen", "a")]
    rolled = [row for n in range(30) for row in named(n, "b", 30 if n < 12 else 80)]
    assert told(rolled) == [(FIRST, "first_seen", "a"), (day(12), "sent", "b")]
    one_day = [row for n in range(30) for row in named(n, "b", 80 if n == 12 else 30)]
    assert told(one_day) == [(FIRST, "first_seen", "a")]
    few = [planned(n, policy="b" if n > 9 else "", requests=k) for n in range(30) for k in (40,)]
    silent = [planned(n, requests=60) for n in range(30)]
    assert told([*few, *silent]) == [(FIRST, "first_seen", "")]  # most name none


def moved(since: int, *, until: int = 30, task: str = "triage", requests: int = 100) -> list[Planned]:
    return [planned(n, "new" if since <= n < until else "old", requests, task=task) for n in range(30)]


def test_a_task_that_goes_to_another_model_for_three_days_is_inferred() -> None:
    assert told(moved(15)) == [(FIRST, "first_seen", ""), (day(15), "inferred", "triage from old to new")]
    both = told([*moved(15), *moved(17, task="answers")])
    assert both[1:] == [(day(15), "inferred", "triage from old to new and 1 more")]
    back = told(moved(10, until=20))
    assert [(first, label) for first, _, label in back[1:]] == [
        (day(10), "triage from old to new"), (day(20), "triage from new to old"),
    ]  # fmt: skip


def test_what_is_short_rare_mixed_or_thin_is_noise() -> None:
    weekend = moved(15, until=17)
    rare = [*moved(15, requests=40), *(planned(n, task="answers", requests=2_000) for n in range(30))]
    thin = moved(15, requests=20)
    mixed = [planned(n, m, k) for n in range(30) for m, k in (("old", 45 + n % 11), ("new", 55 - n % 11))]
    unnamed = moved(15, task="")
    for rows in (weekend, rare, thin, mixed, unnamed):
        assert [basis for _, basis, _ in told(rows)] == [Basis.FIRST_SEEN]


def test_what_a_surer_sign_tells_is_not_told_again() -> None:
    sent = [planned(n, "new" if n >= 14 else "old", policy="b" if n >= 15 else "a") for n in range(30)]
    assert told(sent)[1:] == [(day(15), "sent", "b")]
    assert told(sent, Declared(at(13), "v7"))[1:] == [(day(13), "declared", "v7")]
    assert told(sent, Declared(at(5), "v7"))[1:] == [(day(5), "declared", "v7"), (day(15), "sent", "b")]
