"""Pages are read from the replica while it is close behind, and from the primary whenever it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.dashboards import replica
from apps.deployments.create import create_deployment
from apps.organizations import access
from tests import standby
from tests.connections import acting_as
from tests.dashboards.tenants import Acme
from tollmark.embedded.postgres import Postgres
from tollmark.settings import ENVIRONMENT, database

pytestmark = pytest.mark.kills  # copies the cluster


@dataclass(frozen=True)
class Replica:
    """To hold it still, and to let it go on."""

    url: str

    def pause(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_pause()")
            while connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                pass

    def resume(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        while replica.lag_s() != 0.0:
            pass


@pytest.fixture
def copy(services: Postgres, place: Acme, settings: Settings) -> Iterator[Replica]:
    settings.REPLICA_LAG_S = 3_600.0
    with standby.of(services) as url:
        web = urlsplit(ENVIRONMENT.database_url_of("web"))
        where = web._replace(netloc=f"{web.netloc.rpartition(':')[0]}:{urlsplit(url).port}").geturl()
        configured = {"default": django_settings.DATABASES["default"], replica.ALIAS: database("web", url=where)}
        connections.settings[replica.ALIAS] = connections.configure_settings(configured)[replica.ALIAS]
        try:
            yield Replica(url)
        finally:
            connections[replica.ALIAS].close()
            del connections.settings[replica.ALIAS]
            del connections[replica.ALIAS]


def _add(place: Acme, slug: str) -> None:
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        create_deployment(
            organization=organization, slug=slug, name=slug, user_facing=True, now=timezone.now(), actor=None
        )


def _listed(client: Client, place: Acme, slug: str, *, now: bool = False) -> bool:
    """Whether the list of deployments names it; `now`: the replica is asked again how far it is."""
    if now:
        replica._asked = replica._Asked(0.0, fit=False)
    answer = client.get(place.at(""))
    assert answer.status_code == 200
    return f"/{slug}/" in answer.content.decode()


def test_pages_are_read_from_the_replica_while_it_is_close_behind(
    copy: Replica, place: Acme, settings: Settings
) -> None:
    client = place.client()
    copy.catch_up()
    copy.pause()
    assert replica.lag_s() == 0.0
    _add(place, "later")
    assert not _listed(client, place, "later", now=True), "a replica that stands still does not know of it yet"

    client.cookies[replica.WROTE] = "1"
    assert _listed(client, place, "later"), "who has just changed something sees it"
    del client.cookies[replica.WROTE]
    assert client.get(place.at("later/standing")).status_code == 200, "what is not there yet is looked for at home"

    settings.REPLICA_LAG_S = 0.01
    assert _listed(client, place, "later", now=True), "one that is too far behind is not asked"

    settings.REPLICA_LAG_S = 3_600.0
    copy.resume()
    copy.catch_up()
    _add(place, "last")
    copy.catch_up()
    assert _listed(client, place, "last", now=True)
    answer = client.post(place.at("last/keys"), {"label": "of a test"})
    assert answer.status_code < 400
    assert client.cookies[replica.WROTE].value == "1"

    with psycopg.connect(copy.url, autocommit=True) as connection:
        connection.execute("SELECT pg_promote()")
    del client.cookies[replica.WROTE]
    assert replica.lag_s() is None, "one that was promoted is no replica"
    assert _listed(client, place, "last", now=True)


def test_a_replica_that_is_away_costs_nobody_a_page(place: Acme, services: Postgres, settings: Settings) -> None:
    configured = {
        "default": django_settings.DATABASES["default"],
        replica.ALIAS: database("web", url="postgresql://tollmark_web:x@127.0.0.1:9/tollmark"),
    }
    connections.settings[replica.ALIAS] = connections.configure_settings(configured)[replica.ALIAS]
    try:
        assert _listed(place.client(), place, "chat", now=True)
    finally:
        del connections.settings[replica.ALIAS]
        del connections[replica.ALIAS]
