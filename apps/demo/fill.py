"""Posting the demo's traces through the running ingest endpoint, as gateways would."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from queue import Empty, SimpleQueue
from threading import Event, Lock

from apps.demo.lay import SEED, Place
from apps.demo.post import Poster, Tally
from apps.demo.progress import Progress
from apps.demo.simulate.arrivals import days_total
from apps.demo.simulate.stream import batches

CONNECTIONS = 2
Due = Sequence[tuple[Place, datetime]]


def fill(
    *, due: Due, began: date, until: datetime, url: str, posted: Callable[[Place], object] = lambda _: None
) -> Tally:
    """Post each place from its moment on to `until`, a place at a time on each connection, its batches in order.

    So what is stored of a place has no gap, wherever this is interrupted. `posted` is told of each that is whole, in the
    thread of the caller, while others are on their way. Raises RefusedError or UnreachableError.
    """
    filling = _Filling(due, began=began, until=until)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        posting = [pool.submit(filling.post_places, url) for _ in range(CONNECTIONS)]
        try:
            for _ in posting:
                for place in iter(filling.whole.get, None):
                    posted(place)
        finally:
            filling.stop.set()
    for ended in posting:
        ended.result()
    filling.progress.finish()
    return filling.tally


class _Filling:
    """What the connections share."""

    def __init__(self, due: Due, *, began: date, until: datetime) -> None:
        total = sum(expected(place, since, began=began, until=until) for place, since in due)
        self.progress = Progress("Posting the demo's traces", total=total)
        self.work: SimpleQueue[tuple[Place, datetime]] = SimpleQueue()
        for one in due:
            self.work.put(one)
        self.whole: SimpleQueue[Place | None] = SimpleQueue()
        """Places that were posted; None from each connection when it is done."""
        self.tally, self.stop, self._lock = Tally(), Event(), Lock()
        self._began, self._until = began, until

    def post_places(self, url: str) -> None:
        try:
            with Poster(url) as poster:
                while not self.stop.is_set() and self._post_next(poster):
                    pass
        except BaseException:
            self.stop.set()
            raise
        finally:
            self.whole.put(None)

    def _post_next(self, poster: Poster) -> bool:
        """Whether there was one."""
        try:
            place, since = self.work.get_nowait()
        except Empty:
            return False
        made = batches(deployment=place.profile, since=since, until=self._until, began=self._began, seed=SEED)
        for batch in made:
            answer = poster.post(batch.body, key=place.ingest_key)
            with self._lock:
                self.tally.add(answer)
            self.progress.advance(batch.requests)
        self.whole.put(place)
        return True


def expected(place: Place, since: datetime, *, began: date, until: datetime) -> int:
    """About how many requests there are to post: the first and the last day count as far as they are asked for."""
    whole = days_total(SEED, place.profile, since.date(), until.date(), began=began)
    before = days_total(SEED, place.profile, since.date(), since.date(), began=began) * _passed(since)
    after = days_total(SEED, place.profile, until.date(), until.date(), began=began) * (1 - _passed(until))
    return round(whole - before - after)


def _passed(moment: datetime) -> float:
    """The share of its UTC day that lies before it."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86_400
