"""Filling posts every place in order, each by its own key, and stops at a refusal."""

import io
from datetime import timedelta

import pytest

from apps.demo.fill import CONNECTIONS, expected, fill
from apps.demo.lay import Place
from apps.demo.post import RefusedError
from apps.demo.progress import Progress
from apps.demo.simulate.stream import batches
from tests.demo.now import BEGAN, CAST, NOW, SEED
from tests.demo.scripted import serving

SINCE = NOW - timedelta(days=6)
DEPLOYMENTS = [deployment for organization in CAST[:3] for deployment in organization.deployments]
PLACES = [Place(one, number, number, f"key-{number}") for number, one in enumerate(DEPLOYMENTS)]
DUE = [(place, SINCE) for place in PLACES]


def bodies(place: Place) -> list[bytes]:
    made = batches(deployment=place.profile, since=SINCE, until=NOW, began=BEGAN, seed=SEED)
    return [line for batch in made for line in batch.body.splitlines()]


def test_everything_is_posted_once_by_the_key_of_its_deployment() -> None:
    whole: list[Place] = []
    with serving() as server:
        tally = fill(due=DUE, began=BEGAN, until=NOW, url=server.url, posted=whole.append)
        assert len(server.connections) <= CONNECTIONS
    assert tally.accepted == sum(len(bodies(place)) for place in PLACES) > 0
    assert sorted(place.deployment_id for place in whole) == list(range(len(PLACES)))
    for place in PLACES:
        posted = [
            request.request_id
            for post in server.posts
            if post.headers["Authorization"] == f"Bearer {place.ingest_key}"
            for request in post.requests
        ]
        assert len(posted) == len(bodies(place))
        assert [identity.rsplit("-", 2)[1:] for identity in posted] == sorted(
            identity.rsplit("-", 2)[1:] for identity in posted
        )


def test_a_refusal_ends_it() -> None:
    whole: list[Place] = []
    with serving(*[(401, {}, "no such key")] * len(PLACES)) as server:
        with pytest.raises(RefusedError, match="no such key"):
            fill(due=DUE, began=BEGAN, until=NOW, url=server.url, posted=whole.append)
        assert len(server.posts) <= CONNECTIONS
    assert not [place for place in whole if place.profile.weekly]


def test_a_deployment_that_never_sent_anything_is_not_waited_for() -> None:
    (silent,) = (place for place in PLACES if place.profile.weekly == 0)
    assert expected(silent, SINCE, began=BEGAN, until=NOW) == 0
    with serving() as server:
        assert fill(due=[(silent, SINCE)], began=BEGAN, until=NOW, url=server.url).accepted == 0
        assert not server.posts


def test_what_is_expected_is_about_what_is_posted() -> None:
    for place in PLACES:
        assert expected(place, SINCE, began=BEGAN, until=NOW) == pytest.approx(len(bodies(place)), abs=60)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_bar_moves_in_its_line() -> None:
    stream = Terminal()
    progress = Progress("Posting", total=200, stream=stream)
    progress.advance(50)
    progress.advance(150)
    progress.finish()
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert " 25%  50 in " in text
    assert "100%  200 in " in text


def test_elsewhere_it_says_a_line_for_each_tenth() -> None:
    stream = io.StringIO()
    progress = Progress("Posting", total=1_000, stream=stream)
    for _ in range(100):
        progress.advance(10)
    progress.finish()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert " 10%  100 in " in lines[0]
    assert "100%  1,000 in " in lines[-1]


def test_the_end_is_the_end_though_less_came_than_expected() -> None:
    stream = io.StringIO()
    progress = Progress("Posting", total=1_000, stream=stream)
    progress.advance(40)
    progress.finish()
    assert "100%  40 in " in stream.getvalue()
