"""What the environment may say."""

import pytest
from pydantic import ValidationError

from tollmark import mail
from tollmark.env import Environment, MissingUrl
from tollmark.logins import derived
from tollmark.settings import database
from tollmark.urls import PROBES, served

KEY = "k" * 40
OWNER = "postgresql://tollmark_owner:pw@db.example.com:6432/tollmark?sslmode=require"


def _environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Environment:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"SECRET_KEY": KEY, **variables}.items():
        monkeypatch.setenv(name, value)
    return Environment()  # type: ignore[call-arg]


def test_urls_of_roles_are_derived_from_the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = _environment(monkeypatch, DATABASE_URL=OWNER)
    password = derived(KEY, "database role web")
    wanted = f"postgresql://tollmark_web:{password}@db.example.com:6432/tollmark?sslmode=require"
    assert environment.database_url_of("web") == wanted
    assert environment.database_url_of("owner") == OWNER


def test_a_role_may_have_a_url_of_its_own_and_then_needs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = _environment(monkeypatch, DATABASE_WEB_URL="postgresql://tollmark_web:x@db/tollmark")
    assert environment.database_url_of("web") == "postgresql://tollmark_web:x@db/tollmark"
    assert not environment.has_database("benchmark")
    with pytest.raises(MissingUrl, match="DATABASE_WORKER_URL"):
        environment.database_url_of("worker")


def test_derived_secrets_differ_by_purpose_and_by_key() -> None:
    secrets = {derived(key, purpose) for key in (KEY, KEY + "x") for purpose in ("a", "b")}
    assert len(secrets) == 4


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", "short"), ("TOLLMARK_ROLE", "root"), ("TOLLMARK_RAW_RETENTION_DAYS", "0")]
)
def test_a_wrong_value_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        _environment(monkeypatch, **{name: value})


def test_the_host_of_the_site_is_allowed_and_decides_on_https(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = _environment(
        monkeypatch, SITE_URL="https://toll.example.com", ALLOWED_HOSTS="a.example.com, b.example.com"
    )
    assert environment.https
    assert environment.hosts[:3] == ["toll.example.com", "a.example.com", "b.example.com"]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 25, "", False, False)),
        ("smtp://me%40x:p%2Fw@mail.example.com:587", ("mail.example.com", 587, "me@x", True, False)),
        ("smtps://me:pw@mail.example.com", ("mail.example.com", 465, "me", False, True)),
    ],
)
def test_mail_goes_where_its_url_says(url: str, wanted: tuple[str, int, str, bool, bool]) -> None:
    outbox = mail.parse(url)
    assert (outbox.host, outbox.port, outbox.user, outbox.starttls, outbox.tls) == wanted


def test_mail_may_go_into_a_folder() -> None:
    assert mail.parse("file:///var/mail%20box").folder == "/var/mail box"


def test_an_unknown_way_for_mail_is_refused() -> None:
    with pytest.raises(ValueError, match="EMAIL_URL"):
        mail.parse("pigeon://coop")


def test_what_a_database_url_asks_for_reaches_the_driver_beside_our_timeouts() -> None:
    url = "postgresql://tollmark_web:pw@a,b/tollmark?sslmode=require&target_session_attrs=read-write"
    made = database("web", url=url)
    assert made["HOST"] == "a,b"
    assert made["OPTIONS"]["sslmode"] == "require"
    assert made["OPTIONS"]["target_session_attrs"] == "read-write"
    assert "statement_timeout=15000" in made["OPTIONS"]["options"]


def test_a_role_that_brings_traces_in_has_the_ways_in_and_a_server_of_pages_all_else() -> None:
    def addresses(*, role: str, serves: str) -> set[int]:
        return {id(address) for address in served(role=role, serves=serves)}

    pages, ways_in = addresses(role="web", serves="pages"), addresses(role="ingest", serves="everything")
    assert pages | ways_in == addresses(role="web", serves="everything")
    assert pages & ways_in == {id(probe) for probe in PROBES}
    assert ways_in == addresses(role="ingest", serves="pages")
