"""Cells by tag: bounded, whole, and the same whichever way they are made."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from msgspec import structs

from apps.organizations import access
from apps.rollups import labels, stored
from apps.rollups.breakdown import breakdown_by_tag, chargeback
from apps.rollups.by_tag import TagKeys, dearest_key, labels_of_deployments, requests_by_tag
from apps.rollups.labels import MOST_TAG_KEYS, MOST_TAG_VALUES, OTHER
from apps.rollups.queries import totals
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import TAG_SUMS, TAGS
from apps.rollups.tagged import tagged_cells, tagged_days
from apps.rollups.verify import verify
from apps.traces.models import Request as RawRequest
from apps.traces.nouns import Request
from tests.rollups.tenants import NOW, Tenant, mark, store, tenant, traffic

BEGAN = datetime(2026, 11, 20, 5, tzinfo=UTC)


def rows(
    *tagged: tuple[dict[str, str] | None, int], environment: str = "production", at: datetime = BEGAN
) -> pl.DataFrame:
    """Requests with these tags and costs in nano-dollars, as the cube of requests counts them."""
    count = len(tagged)
    return pl.DataFrame(
        {
            "received_us": [int(at.timestamp() * 1e6)] * count,
            "environment": [environment] * count,
            "tags": [None if tags is None else json.dumps(tags) for tags, _ in tagged],
            **{name: [0] * count for name in TAG_SUMS},
            "requests": [1] * count,
            "billed_nano": [nano for _, nano in tagged],
        },
        schema_overrides={"tags": pl.String()},
    )


def billed(cells: pl.DataFrame, key: str) -> dict[str, int]:
    return dict(cells.filter(pl.col("key") == key).select("value", "billed_nano").iter_rows())


def test_a_request_is_in_a_cell_of_each_of_its_keys_and_without_any_in_none() -> None:
    found = tagged_cells(
        rows(({"team": "a", "key": "k1"}, 5), ({"team": "b"}, 7), ({"team": "a"}, 1), (None, 9)), "hour"
    )
    assert billed(found, "team") == {"a": 6, "b": 7}
    assert billed(found, "key") == {"k1": 5}
    assert found.filter(pl.col("value") == "a")["requests"].to_list() == [2]
    assert tagged_cells(rows((None, 9)), "hour").is_empty()
    assert tagged_cells(rows(({}, 9)), "day").is_empty()


def test_ten_thousand_values_of_a_key_are_the_dearest_and_one_more() -> None:
    many = tagged_cells(rows(*(({"user": f"u{n:05}"}, n) for n in range(10_000))), "hour")
    found = billed(many, "user")
    assert len(found) == MOST_TAG_VALUES + 1
    assert sum(found.values()) == sum(range(10_000))
    assert found.keys() >= {f"u{n:05}" for n in range(10_000 - MOST_TAG_VALUES, 10_000)}


def test_two_hundred_keys_are_the_dearest_and_the_mark_of_the_others() -> None:
    found = tagged_cells(rows(*(({f"k{n:03}": "v", "team": "a"}, n) for n in range(200))), "hour")
    assert found["key"].n_unique() == MOST_TAG_KEYS + 1
    assert billed(found, "team") == {"a": sum(range(200))}
    assert billed(found, OTHER).keys() == {OTHER}
    assert "k199" in found["key"]
    assert "k000" not in found["key"]


def test_names_like_the_one_for_what_is_folded_take_nobodys_place() -> None:
    found = tagged_cells(rows(({OTHER: "x"}, 99), ({"team": OTHER}, 50), ({"team": "a"}, 1)), "hour")
    assert billed(found, OTHER) == {OTHER: 99}
    assert billed(found, "team") == {OTHER: 50, "a": 1}


def test_tags_that_are_too_long_are_told_to_be_there_and_no_more() -> None:
    long = {f"k{n}": "v" * 100 for n in range(20)}
    cut = rows((long, 3)).with_columns(pl.col("tags").str.head(labels.MOST_TAG_TEXT + 1))
    found = tagged_cells(pl.concat([cut, rows(({"team": "a"}, 1))]), "hour")
    assert billed(found, OTHER) == {OTHER: 3}
    assert billed(found, "team") == {"a": 1}


def test_what_has_no_label_but_hostile_ones_is_told_apart_as_it_is() -> None:
    tags = {"team": '"; DROP TABLE x; --', "a,b\n\u2028": "\U0001f600 {NULL}", "": "", "number": "1"}
    found = tagged_cells(rows((tags, 4)), "hour")
    assert {(key, value) for key, value in found.select("key", "value").iter_rows()} == set(tags.items())


def test_days_are_the_same_at_once_and_out_of_their_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST_TAG_KEYS", 2)
    monkeypatch.setattr(labels, "MOST_TAG_VALUES", 3)
    monkeypatch.setitem(labels.ENVIRONMENT, "environment", 2)
    requests = pl.concat(
        rows(
            *(({f"k{n % 5}": f"v{n * n % 7}", "team": f"t{n % (hour + 2)}"}, n % 13) for n in range(40)),
            environment=f"e{hour % 4}",
            at=BEGAN + timedelta(hours=hour // 2),
        )
        for hour in range(60)
    )
    at_once, hours = tagged_cells(requests, "day"), tagged_cells(requests, "hour")
    in_hours = labels.fold(
        requests.with_columns(
            hour=(pl.from_epoch("received_us", time_unit="us")).dt.truncate("1h").dt.replace_time_zone("UTC")
        ),
        "hour",
        pl.len(),
        labels.ENVIRONMENT,
    )
    by_hours = tagged_days(hours, in_hours.group_by("hour", "environment").agg(requests=pl.len()))
    order = ("day", *TAGS.keys)
    assert at_once.sort(order).equals(by_hours.sort(order))
    assert set(hours.group_by("hour").agg(pl.col("key").n_unique())["key"]) == {3}
    assert set(at_once.group_by("day").agg(pl.col("environment").n_unique())["environment"]) == {3}


def tagged_traffic(seed: int, count: int) -> list[Request]:
    """Some teams, some without; a key of its own on every fourth; a project that is told in one environment alone."""
    told = []
    for n, one in enumerate(traffic(seed, count)):
        tags: dict[str, str] = {} if n % 5 == 0 else {"team": "abcdefg"[n % 7]}
        if n % 4 == 0:
            tags["session"] = f"s{n}"
        if one.environment == "staging":
            tags["project"] = "x"
        told.append(structs.replace(one, tags=tags or None))
    return told


def window(owner: Tenant, environment: str | None = None) -> dict[str, Any]:
    return {**owner.place, "start": NOW.date() - timedelta(days=5), "end": NOW.date(), "environment": environment}


def keys_of(owner: Tenant, *, start: date, end: date) -> TagKeys:
    """Of which the first is the one that is told of several deployments too."""
    _, keys = breakdown_by_tag("", **owner.place, start=start, end=end, declared=[])
    asked: Any = {"organization_id": owner.organization_id, "deployment_ids": [owner.deployment_id]}
    assert dearest_key(**asked, start=start, end=end) == keys.dearest
    return keys


def values_of(owner: Tenant, since: date) -> set[str | None]:
    """Of teams, in any environment."""
    found = requests_by_tag(
        "team",
        organization_id=owner.organization_id,
        since={owner.deployment_id: [since]},
        end=NOW.date(),
        environment=None,
    )
    return {value for by_tag in found.values() for value in by_tag}


def adds_up(owner: Tenant, key: str) -> None:
    """Every sum of every row, in each environment, to those of the cube of requests."""
    for environment in (None, "production", "staging"):
        asked = window(owner, environment)
        whole = totals(**asked).requests
        since = {asked.pop("deployment_id"): [asked.pop("start"), NOW.date() - timedelta(days=1)]}
        found = requests_by_tag(key, since=since, **asked)[owner.deployment_id]
        for name in TAG_SUMS:
            parts = [getattr(sums, name) for days in found.values() for sums in days.values()]
            assert sum(parts) == getattr(whole, name), (environment, key, name)
            assert all(part >= 0 for part in parts)
        assert whole.billed_nano > 0


@pytest.mark.parametrize("bounds", [(20, 200), (2, 3)])
def test_rows_add_up_to_the_whole_piecemeal_late_and_folded(
    priced: None, monkeypatch: pytest.MonkeyPatch, bounds: tuple[int, int]
) -> None:
    monkeypatch.setattr(labels, "MOST_TAG_KEYS", bounds[0])
    monkeypatch.setattr(labels, "MOST_TAG_VALUES", bounds[1])
    requests = tagged_traffic(90, 240)
    at_once, piecemeal, later = tenant(), tenant(), NOW + timedelta(days=200)
    store(at_once, requests)
    rebuild(**at_once.place, now=later)  # its hours are not kept
    for part in (requests[::2], requests[1::2]):
        store(piecemeal, part)
        rebuild(**piecemeal.place, now=NOW)
    days = []
    for owner, now in ((at_once, later), (piecemeal, NOW)):
        (verified,) = verify(organization_id=owner.organization_id, now=now)
        assert verified.different_cells == 0
        with access.scope(owner.organization_id):
            days.append(stored.day_cells(TAGS, days=[NOW.date()], **owner.place).sort(TAGS.keys))
            for key in ("team", "session", "project", "nobody told this"):
                adds_up(owner, key)
            _keys_and_slices(owner, is_crowded=bounds[0] == 2)
    assert days[0].equals(days[1])


def _keys_and_slices(owner: Tenant, *, is_crowded: bool) -> None:
    asked = window(owner)
    days = {"start": asked["start"], "end": asked["end"]}
    found = keys_of(owner, **days)
    assert bool(found.crowded_days) == is_crowded
    assert {one.key for one in found.keys} == {"team", "project", "session"}
    slices, keys = breakdown_by_tag("team", **asked, declared=[])
    assert keys == found
    dearest = breakdown_by_tag(found.dearest or "", **asked, declared=[])
    assert breakdown_by_tag("", **asked, declared=[]) == dearest
    assert sum(one.sums.billed_nano for one in dearest[0]) == totals(**asked).requests.billed_nano
    assert {one.label for one in slices} >= {OTHER if is_crowded else None, "a"}
    starts = [asked["start"], NOW.date() - timedelta(days=1)]
    ours: Any = {"organization_id": owner.organization_id, "deployment_ids": [owner.deployment_id]}
    found_of = chargeback("team", **ours, starts=starts, end=NOW.date(), environment=None, declared={})
    periods = found_of[owner.deployment_id]
    billed_nano = totals(**asked).requests.billed_nano
    assert sum(one.sums.billed_nano for some in periods.values() for one in some) == billed_nano
    several = labels_of_deployments(
        "team",
        organization_id=owner.organization_id,
        deployment_ids=[owner.deployment_id],
        **days,
        environment=asked["environment"],
    )
    named = {one.label: one.sums.requests for one in slices if one.label not in (None, OTHER)}
    assert named[several.dominant[owner.deployment_id]] == max(named.values())
    assert set(several.keys) <= {"team", "project", "session"}
    assert several.keys


def test_a_tag_that_changes_moves_its_request_and_no_stranger_sees_either(priced: None) -> None:
    owner, stranger = tenant(), tenant()
    at = NOW - timedelta(hours=3)
    (request,) = traffic(91, 1, days=1)
    for one, team in ((owner, "before"), (stranger, "theirs")):
        store(one, [structs.replace(request, received_at=at, tags={"team": team})])
        rebuild(**one.place, now=NOW)
    with access.scope(owner.organization_id):
        RawRequest.objects.filter(**owner.place).update(tags={"team": "after"})
        mark(owner, {at.replace(minute=0, second=0, microsecond=0)})
    rebuild(**owner.place, now=NOW)
    with access.scope(owner.organization_id):
        assert {one.key for one in keys_of(owner, start=at.date(), end=NOW.date()).keys} == {"team"}
        assert values_of(owner, at.date()) == {"after"}
        assert not keys_of(stranger, start=at.date(), end=NOW.date()).keys
        days: Any = {**stranger.place, "start": at.date(), "end": NOW.date(), "declared": []}
        assert breakdown_by_tag("", **days) == ([], TagKeys((), 0))
        assert values_of(stranger, at.date()) == set()
