"""Files on the pages: handed over, named, stopped, taken up again, and reported."""

import csv
import io
import tempfile
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.dashboards.pages.files import as_cell, size
from apps.ingest import hints
from apps.ingest.files import storage
from apps.ingest.files.run import run
from apps.ingest.models import Import, ImportFault
from apps.organizations import access
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.ingest.files import helicone, ndjson

TABLE = "when,llm,took s,=cmd()\n2026-11-20T10:00:00Z,gpt-4o,1.5,a secret prompt\nnever,gpt-4o,1,x\n"


@pytest.fixture(autouse=True)
def no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of another test would read the file before this one looks."""
    monkeypatch.setattr(hints, "read_soon", lambda *_: None)


def hand_over(place: Acme, data: bytes, *, client: Client | None = None, name: str = "export.jsonl") -> str:
    """The address of the file's page."""
    answer = (client or place.client()).post(place.at("chat/files"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    return str(answer["Location"])


def the_import(place: Acme) -> Import:
    organization_id = place.organization().pk
    with access.scope(organization_id):
        return Import.objects.get(organization_id=organization_id)


def read(place: Acme) -> None:
    one = the_import(place)
    with acting_as("worker"):
        run(organization_id=one.organization_id, import_id=one.pk, clock=timezone.now)


def test_a_file_is_handed_over_read_and_shown(place: Acme) -> None:
    client = place.client()
    address = hand_over(place, ndjson([helicone(n) for n in range(3)]) + b"{broken\n")
    waiting = client.get(address).content.decode()
    assert ("data-waiting" in waiting, "http-equiv" in waiting) == (True, True)
    read(place)
    page = client.get(address)
    said = page.content.decode()
    assert "3\u00a0rows of 4 came in new" in said
    assert "Helicone, NDJSON" in said
    assert "data-waiting" not in said
    assert [fault.row for fault in page.context["page"].faults] == ["4"]
    [row] = client.get(place.at("chat/files")).context["page"].rows
    assert (row.name, row.state, row.lacks) == ("export.jsonl", "read, 1\u00a0row not taken", True)


def test_a_table_nobody_knows_shows_its_first_rows_and_asks_for_columns_and_units(place: Acme) -> None:
    client = place.client()
    address = hand_over(place, TABLE.encode(), name="own.csv")
    read(place)
    page = client.get(address)
    said = page.content.decode()
    assert "a secret prompt" in said
    assert page.context["form"]["model"].value() == ""
    wrong = client.post(address, {"received_at": "when", "durations": "s", "costs": "usd"})
    assert "Choose its column" in wrong.content.decode()
    fields = {"received_at": "when", "model": "llm", "latency": "took s", "durations": "s", "costs": "usd"}
    assert client.post(address, fields).status_code == 302
    read(place)
    assert (the_import(place).state, the_import(place).accepted, the_import(place).rejected) == ("done", 1, 1)
    stored = the_import(place).__dict__
    assert "secret" not in str(stored)


def test_the_same_file_again_leads_to_the_same_page_and_says_so(place: Acme) -> None:
    client, data = place.client(), ndjson([helicone(0)])
    first = hand_over(place, data, client=client)
    assert hand_over(place, data, client=client) == first
    assert "nothing is done a second time" in client.get(first).content.decode()


def test_it_can_be_cancelled_and_taken_up_again(place: Acme) -> None:
    client = place.client()
    address = hand_over(place, ndjson([helicone(n) for n in range(3)]))
    page = client.get(address).context["page"]
    assert client.get(page.cancel).status_code == 405
    client.post(page.cancel)
    assert the_import(place).state == "cancelled"
    page = client.get(address).context["page"]
    assert (page.cancel, page.resume != "") == ("", True)
    client.post(page.resume)
    read(place)
    assert (the_import(place).state, the_import(place).accepted) == ("done", 3)


def test_the_report_names_each_row_and_is_no_formula_anywhere(place: Acme) -> None:
    client = place.client()
    address = hand_over(place, b"{broken\n" + ndjson([helicone(0)]) + b"[1]\n")
    read(place)
    one = the_import(place)
    with acting_as("worker"), access.scope(one.organization_id):
        ImportFault.objects.create(
            organization_id=one.organization_id, of=one, row=9, code="=cmd", message="=HYPERLINK(0)"
        )
    answer = client.get(f"{address}/report.csv")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [row[:2] for row in rows] == [["row", "code"], ["1", "invalid_json"], ["3", "invalid_type"], ["9", "'=cmd"]]
    assert rows[3][2] == "'=HYPERLINK(0)"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", " =1", "\t=1", "\r1"])
def test_what_a_spreadsheet_would_run_is_text(value: str) -> None:
    assert as_cell(value) == f"'{value}"
    assert as_cell("plain = text") == "plain = text"


def test_who_may_only_read_hands_nothing_over(place: Acme) -> None:
    other = acme()
    address = hand_over(place, ndjson([helicone(0)]))
    assert other.client().get(address).status_code == 404
    assert other.client().get(address.replace(place.slug, other.slug)).status_code == 404
    assert other.client().post(f"{address}/cancel").status_code == 404
    assert place.client().get(place.at(f"chat/files/{uuid4()}")).status_code == 404
    assert the_import(place).state == "unread"


def test_a_file_never_lies_where_temporary_files_do(place: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    hand_over(place, ndjson([helicone(n) for n in range(3)]))
    assert storage.path_of(the_import(place).stored).is_file()
    assert list(storage.folder().glob("*.upload")) == []


def test_a_file_that_cannot_be_taken_is_refused_in_the_form(place: Acme) -> None:
    answer = place.client().post(place.at("chat/files"), {"file": SimpleUploadedFile("a", b"")})
    assert "The file is empty." in answer.content.decode()
    assert "Choose a file." in place.client().post(place.at("chat/files"), {}).content.decode()


@pytest.mark.parametrize("path", ["accounts/login/", "o/some/chat/files"])
def test_a_strangers_file_is_turned_away_unread(place: Acme, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/{path}", {"file": SimpleUploadedFile("a", b"x" * 3_000_000)})
    assert answer.status_code == 403


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size(n) for n in (7, 2_048, 5 << 20, 200 << 20, 2 << 30)] == [
        "7 bytes",
        "2.0 kB",
        "5.0 MB",
        "200 MB",
        "2.0 GB",
    ]
