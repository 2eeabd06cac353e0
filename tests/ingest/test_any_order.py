"""Whatever order posts come in, however often, and wherever a process dies: sent = stored + rejected + held."""

import pkgutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from unittest import mock

import msgspec
import pytest
from django.db import connection
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.demo import remove
from apps.deployments.declare import Declaration, declare
from apps.deployments.models import Deployment
from apps.ingest import otlp
from apps.ingest.limits import Limits
from apps.ingest.rederive import rederive
from apps.ingest.resolve import OTLP, Owner, resolve
from apps.ingest.spans import SpanFact
from apps.organizations import access
from apps.pricing.book import PRICES, Book, frame_prices
from apps.pricing.unfold import packaged_prices
from apps.rollups import turns
from apps.rollups.models import Rebuild
from apps.rollups.rebuild import rebuild
from apps.rollups.sweep import mark_new_prices_of
from apps.rollups.verify import verify
from tests.connections import acting_as
from tests.effort import effort
from tests.ingest import captures, pieces
from tests.ingest.items import array, attempt, item
from tests.ingest.sender import NATIVE_PATH, OTLP_PATH, PROTOBUF, new_sender

NOON = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(12), UTC)
SPANS = pieces.of("litellm-proxy-otel-v2__fallback", "litellm-otel-v2__fallback_chain", at=NOON)
BOOKS = {-1: Book.of(frame_prices(packaged_prices())), -2: Book.of(PRICES.to_frame())}
"""Two price lists by their number: the packaged one, and one in which nothing has a price."""


class Killed(BaseException):
    """What a process meets that is killed: nobody catches it, and its transaction is rolled back."""


class Item(NamedTuple):
    """A request: what tells it from others, what it says, and whether it can be stored at all."""

    number: int
    day: int
    says: int
    bad: bool

    @property
    def identity(self) -> tuple[str, date]:
        return f"r-{self.number}", (NOON - timedelta(days=self.day)).date()

    def written(self) -> dict[str, Any]:
        tried = attempt(status=500, error_type="cut", start_offset_ms=0.0)
        spoilt = {"latency_ms": -1} if self.bad else {}
        at = NOON - timedelta(days=self.day)
        said = {"task": f"task-{self.says}", "attempts": [tried, attempt(start_offset_ms=900.0)]}
        return item(f"r-{self.number}", at=at, **said, **spoilt)


items = st.builds(
    Item, st.integers(0, 5), st.integers(0, 2), st.integers(0, 1), st.integers(0, 5).map(lambda n: n == 5)
)
posts = st.lists(items, min_size=1, max_size=6).map(tuple) | st.lists(
    st.integers(0, len(SPANS) - 1), min_size=1, max_size=6
).map(tuple)
Post = tuple[Item, ...] | tuple[int, ...]
"""What one post brings: requests, or spans by their number."""

ENTERING, COPYING = "apps.ingest.ledger.enter", "apps.ingest.copying.copy"
BEFORE_COMMIT = (ENTERING, COPYING)
AFTER_COMMIT = ("apps.ingest.answers.accepted", "apps.ingest.answers.exported")
IN_DERIVING = ("apps.ingest.rederive.derived.replace", "apps.ingest.rederive._mark_hours")
IN_REBUILDING = (
    "apps.rollups.rebuild.compute",
    "apps.rollups.rebuild.replace",
    "apps.rollups.rebuild.marks.clear",
    "apps.rollups.rebuild.turns.finish",
)


@contextmanager
def killing(*points: str) -> Iterator[None]:
    """The process does what is at the point, and dies."""
    with ExitStack() as stack:
        for point in points:
            stack.enter_context(mock.patch(point, _dying(pkgutil.resolve_name(point))))
        yield


def _dying(deed: Callable[..., Any]) -> Callable[..., Any]:
    def die(*arguments: Any, **options: Any) -> None:
        deed(*arguments, **options)
        raise Killed

    return die


class AnyOrder(RuleBasedStateMachine):
    """A client, the platform, and beside them a model of what must be stored."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()
        self.prices = -1
        self.deleted = False
        self._patched = ExitStack()
        self._patched.enter_context(mock.patch("apps.rollups.prices.current_edition", self._edition))
        self._patched.enter_context(mock.patch("apps.rollups.prices.load_book", self._book))
        self._found()

    def _found(self) -> None:
        self.sender = new_sender("")
        self.place = {"organization_id": self.sender.organization_id, "deployment_id": self.sender.deployment_id}
        self.held: list[Post] = []
        self.answered: list[Post] = []
        self.stored: dict[tuple[str, date], int] = {}
        self.spans: set[int] = set()
        self.deaths = 0

    def _edition(self) -> int:
        return self.prices

    def _book(self, *, edition: int | None = None) -> Book:  # the state of these tests, not that of the table
        return BOOKS[self.prices]

    @initialize(first=st.lists(posts, min_size=2, max_size=6))
    def begin(self, first: list[Post]) -> None:
        self.held += first

    @rule(post=posts)
    def write(self, post: Post) -> None:
        self.held.append(post)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), fate=st.sampled_from(("answered", "answered", "unknown", *BEFORE_COMMIT)))
    def send(self, data: st.DataObject, fate: str) -> None:
        """In any order, and with any end: answered; stored while the client does not know it; or not stored."""
        post = self._take(data)
        if fate == "answered":
            assert self._post(post) == self._expected(post)
            self.answered.append(post)
            return
        if fate == "unknown":
            with killing(*AFTER_COMMIT):
                self._post(post, dies=True)
            self._expected(post)
        elif fate == ENTERING or self._brings_news(post):
            with killing(fate):
                self._post(post, dies=True)
        self.held.append(post)

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """Exporters do that to posts that were answered, too."""
        self.held.append(data.draw(st.sampled_from(self.answered)))

    @precondition(lambda self: any(len(post) > 1 for post in self.held))
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        post = self._take(data)
        at = data.draw(st.integers(1, max(1, len(post) - 1)))
        self.held += [part for part in (post[:at], post[at:]) if part]

    @rule(dies_at=st.sampled_from((None, None, *IN_DERIVING, *IN_REBUILDING)))
    def work(self, dies_at: str | None) -> None:
        """As the worker's tasks do. When nothing disturbs them, nothing is left to do, and every cell is right."""
        if dies_at is None:
            self._work()
            return
        done = None
        with killing(dies_at):
            with swallowed():
                rederive(**self.place, now=now())
            with swallowed() as killed:
                done = rebuild(**self.place, now=now())
        self.deaths = 0 if done else self.deaths + len(killed)

    @rule(how=st.sampled_from(("declared", "priced", "priced while a rebuild begins")), days=st.integers(0, 3))
    def value_anew(self, how: str, days: int) -> None:
        if how == "declared":
            self._declare(days)
        elif how == "priced":
            self._price_anew()
        else:
            with mock.patch("apps.rollups.rebuild.access.snapshot_scope", self._priced_before(access.snapshot_scope)):
                self._rebuild()

    @precondition(lambda self: self.stored and not self.deleted)
    @rule()
    def delete(self) -> None:
        """The organization and all it has: no row is left, and another one begins with nothing."""
        self.deleted = True
        tables = self._delete()
        ours = f"WHERE organization_id = {self.sender.organization_id}"  # the worker sees the marks of all
        left = " UNION ALL ".join(f"SELECT '{table.name}' FROM {table.name} {ours}" for table in tables)
        assert self._rows(left) == []
        self._found()

    @invariant()
    def what_was_sent_is_stored_or_rejected_or_held(self) -> None:
        """By what tells one from another and by what it says, so that nothing is there twice or instead of another."""
        found = self._rows("SELECT request_id, day, task FROM traces_request WHERE source = 'native'")
        assert sorted(found) == sorted((*identity, f"task-{says}") for identity, says in self.stored.items())
        spans = self._rows("SELECT trace_id, span_id FROM traces_span")
        assert sorted(spans) == sorted((SPANS[n].trace_id, SPANS[n].span_id) for n in self.spans)
        answered = [one for post in self.answered for one in post]
        assert {one for one in answered if isinstance(one, int)} <= self.spans
        assert {one.identity for one in answered if isinstance(one, Item) and not one.bad} <= self.stored.keys()

    def teardown(self) -> None:
        try:
            while self.held:
                post = self.held.pop()
                assert self._post(post) == self._expected(post)
                self.answered.append(post)
            self.what_was_sent_is_stored_or_rejected_or_held()
            self._work()
        finally:
            self._delete()
            self._patched.close()

    def _work(self) -> None:
        rederive(**self.place, now=now())
        self._rebuild()
        (verified,) = verify(organization_id=self.sender.organization_id, now=now())
        assert (verified.different_cells, verified.pending) == (0, 0), verified.differences
        assert self._derived() == self._to_derive()

    def _take(self, data: st.DataObject) -> Post:
        return self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))

    def _post(self, post: Post, *, dies: bool = False) -> tuple[int, int, int, int] | None:
        """(accepted, duplicate, conflict, rejected) as the ledger has them, which the answer repeats; None: no answer."""
        native = isinstance(post[0], Item)
        body = array([one.written() for one in post]) if native else pieces.together([SPANS[n] for n in post])  # type: ignore[union-attr,index]
        path, kind = (NATIVE_PATH, "application/json") if native else (OTLP_PATH, PROTOBUF)
        with swallowed() as killed:
            answer = self.client.generic("POST", path, body, content_type=kind, headers={"x-api-key": self.sender.key})
            assert answer.status_code == 200, answer.content
        assert bool(killed) == dies
        if dies:
            return None
        counts = "SELECT accepted, duplicate, conflict, rejected FROM ingest_batch ORDER BY id DESC LIMIT 1"
        told: tuple[int, int, int, int] = self._rows(counts)[0]
        if native:
            said = answer.json()
            assert told == (said["accepted"], said["duplicate"], said["conflict"], len(said["rejected"]))
        return told

    def _expected(self, post: Post) -> tuple[int, int, int, int]:
        """What becomes of each, one after the other; the first of several is kept."""
        accepted = duplicate = conflict = rejected = 0
        for one in post:
            if isinstance(one, int):
                new, same = one not in self.spans, True
                self.spans.add(one)
            elif one.bad:
                rejected += 1
                continue
            else:
                new = one.identity not in self.stored
                same = self.stored.setdefault(one.identity, one.says) == one.says
            accepted, duplicate, conflict = accepted + new, duplicate + (same and not new), conflict + (not same)
        return accepted, duplicate, conflict, rejected

    def _brings_news(self, post: Post) -> bool:
        """Whether a row is copied at all."""
        return any(
            one not in self.spans if isinstance(one, int) else not one.bad and one.identity not in self.stored
            for one in post
        )

    def _rebuild(self) -> None:
        turn = turns.Turn(**self.place)
        if self.deaths >= turns.MOST_ATTEMPTS:
            assert rebuild(**self.place, now=now()) is None  # set aside, until the operator releases it
            with access.scope(self.sender.organization_id):
                turns.release(turn)
        done = rebuild(**self.place, now=now())
        assert done is not None
        assert not done.left
        self.deaths = 0

    def _declare(self, days: int) -> None:
        with access.scope(self.sender.organization_id):
            declare(
                deployment=Deployment.objects.get(pk=self.sender.deployment_id),
                declaration=Declaration(user_facing=bool(days % 2), engagement_loss_ppm=12_000 + 10_000 * days),
                effective_from=NOON.date() - timedelta(days=days),
                now=now(),
                actor=None,
            )

    def _price_anew(self) -> None:
        self.prices = -3 - self.prices
        rebuilds = Rebuild.objects.filter(**self.place).values_list("pk", flat=True)
        for pk in list(rebuilds):
            mark_new_prices_of(pk, organization_id=self.sender.organization_id, current=self.prices, now=now())

    def _priced_before(self, real: Callable[[int], Any]) -> Callable[[int], Any]:
        def scope(organization_id: int) -> Any:
            self._price_anew()
            return real(organization_id)

        return scope

    def _derived(self) -> list[tuple[Any, ...]]:
        rows = self._rows("SELECT request_id, day, content_hash FROM traces_request WHERE source = 'otlp'")
        return sorted((request_id, day, bytes(content)) for request_id, day, content in rows)

    def _to_derive(self) -> list[tuple[Any, ...]]:
        """From all spans at once, without a database."""
        body = pieces.together([SPANS[n] for n in sorted(self.spans)])
        told = otlp.decode(body, now=now(), limits=Limits()).spans
        facts = msgspec.json.decode(msgspec.json.encode(told), type=list[SpanFact])  # as they come from the store
        owner = Owner(**self.place)
        rows = [resolve(r, r.received_at, (), owner=owner, source=OTLP, now=now()) for r in captures.requests_of(facts)]
        return sorted((row.request_id, row.received_at.date(), row.content_hash) for row in rows)

    def _rows(self, question: str) -> list[Any]:
        with access.scope(self.sender.organization_id), connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())

    def _delete(self) -> list[remove.Table]:
        tables = remove.tenant_tables()
        remove._remove_organization(self.sender.organization_id, tables)
        return tables


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def swallowed() -> Iterator[list[Killed]]:
    """The process is gone, and the test goes on as the next one."""
    deaths: list[Killed] = []
    try:
        yield deaths
    except Killed as death:
        deaths.append(death)


@pytest.mark.usefixtures("alone")
def test_any_interleaving_keeps_what_was_sent() -> None:
    with acting_as("worker"):
        run_state_machine_as_test(AnyOrder, settings=effort(6, stateful_step_count=20))
