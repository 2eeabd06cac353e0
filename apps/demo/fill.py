"""Posting the demo's traces through the running ingest endpoint, as gateways would."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import date, datetime
from queue import Empty, SimpleQueue
from threading import Event, Lock

from apps.demo.lay import SEED, Place
from apps.demo.post import Poster, Tally
from apps.demo.progress import Progress
from apps.demo.simulate.arrivals import days_total
from apps.demo.simulate.stream import batches

CONNECTIONS = 2


def fill(*, due: Sequence[tuple[Place, datetime]], began: date, until: datetime, url: str) -> Tally:
    """Post each place from its moment on to `until`, a place at a time on each connection, its batches in order.

    So what is stored of a place has no gap, wherever this is interrupted. Raises RefusedError or UnreachableError.
    """
    total = sum(expected(place, since, began=began, until=until) for place, since in due)
    progress = Progress("Posting the demo's traces", total=total)
    work: SimpleQueue[tuple[Place, datetime]] = SimpleQueue()
    for one in due:
        work.put(one)
    tally, lock, stop = Tally(), Lock(), Event()

    def post_places() -> None:
        with Poster(url) as poster:
            while not stop.is_set():
                try:
                    place, since = work.get_nowait()
                except Empty:
                    return
                for batch in batches(deployment=place.profile, since=since, until=until, began=began, seed=SEED):
                    answer = poster.post(batch.body, key=place.ingest_key)
                    with lock:
                        tally.add(answer)
                    progress.advance(batch.requests)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        posting = [pool.submit(post_places) for _ in range(CONNECTIONS)]
        try:
            done, _ = wait(posting, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for ended in done:
        ended.result()
    progress.finish()
    return tally


def expected(place: Place, since: datetime, *, began: date, until: datetime) -> int:
    """About how many requests there are to post: the first and the last day count as far as they are asked for."""
    whole = days_total(SEED, place.profile, since.date(), until.date(), began=began)
    before = days_total(SEED, place.profile, since.date(), since.date(), began=began) * _passed(since)
    after = days_total(SEED, place.profile, until.date(), until.date(), began=began) * (1 - _passed(until))
    return round(whole - before - after)


def _passed(moment: datetime) -> float:
    """The share of its UTC day that lies before it."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86_400
