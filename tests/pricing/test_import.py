"""The price list in the database: added once a version, read by everybody, changed by nobody."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from polars.testing import assert_frame_equal
from psycopg.errors import UniqueViolation

from apps.pricing import load
from apps.pricing.book import frame_prices
from apps.pricing.import_prices import PricesDifferError, add_list, import_prices
from apps.pricing.models import Price, PriceList
from apps.pricing.unfold import SOURCE, packaged_prices, packaged_version
from tests.connections import acting_as
from tests.names import unique

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_importing_again_adds_nothing(as_worker: None) -> None:
    import_prices(now=NOW)
    before = Price.objects.count(), PriceList.objects.filter(source=SOURCE).count()
    assert import_prices(now=NOW).added == 0
    assert (Price.objects.count(), PriceList.objects.filter(source=SOURCE).count()) == before


def test_the_command_says_what_it_did(as_worker: None) -> None:
    import_prices(now=NOW)
    said = StringIO()
    call_command("prices", "import", stdout=said)
    assert said.getvalue() == f"{SOURCE} {packaged_version()}: there already\n"


def test_what_is_read_is_what_the_package_holds(as_worker: None) -> None:
    import_prices(now=NOW)
    stored = PriceList.objects.get(source=SOURCE, version=packaged_version())
    assert_frame_equal(load.load_prices(stored.pk), frame_prices(packaged_prices()))
    assert_frame_equal(load.load_history().drop("edition"), frame_prices(packaged_prices()))


def test_a_newer_version_is_added_and_the_older_one_stays(as_worker: None) -> None:
    source = unique("list")
    row = packaged_prices()[0]
    add_list(source=source, version="1", rows=[row], now=NOW)
    first = load.current_list(source=source)
    dearer = replace(row, input_nano_per_mtok=(row.input_nano_per_mtok or 0) + 1)
    assert add_list(source=source, version="2", rows=[dearer], now=NOW).added == 1
    assert load.current_list(source=source).version == "2"
    assert_frame_equal(load.load_prices(first.pk), frame_prices([row]))


def test_one_version_cannot_say_two_things(as_worker: None) -> None:
    source = unique("list")
    row = packaged_prices()[0]
    add_list(source=source, version="1", rows=[row], now=NOW)
    with pytest.raises(PricesDifferError):
        add_list(source=source, version="1", rows=[replace(row, model="other")], now=NOW)


def test_a_box_is_there_once(as_worker: None) -> None:
    row = packaged_prices()[0]
    with pytest.raises(UniqueViolation, match="pricing_price_box"):
        add_list(source=unique("list"), version="1", rows=[row, row], now=NOW)


@pytest.mark.parametrize("role", ["worker", "owner"])
@pytest.mark.parametrize("statement", ["UPDATE pricing_price SET input_from = 1", "DELETE FROM pricing_pricelist"])
def test_nobody_changes_a_price(database: None, role: str, statement: str) -> None:
    from django.db import connection

    with (
        acting_as(role),  # type: ignore[arg-type]
        pytest.raises(DatabaseError, match=r"only ever added to|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["web", "ingest", "benchmark"])
def test_everybody_reads_prices_and_only_the_worker_adds(database: None, role: str) -> None:
    with acting_as("worker"):
        import_prices(now=NOW)
    with acting_as(role):  # type: ignore[arg-type]
        assert Price.objects.filter(model="gpt-4o-mini").exists()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            PriceList.objects.create(source=unique("list"), version="1", digest=b"", imported_at=NOW)
