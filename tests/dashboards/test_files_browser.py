"""A file in a real browser: handed over, its columns named, read, and its report fetched; every page looked at."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD, Acme, acme
from tests.dashboards.test_browser import THEMES, WIDTHS, Watched, sign_in, watched
from tests.ingest.files import helicone, ndjson
from tests.live import LivePlatform

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def tenant(database: None) -> Acme:
    made = acme()
    with acting_as("worker"):
        user = User.objects.get(email=made.email)
        user.set_password(PASSWORD)
        user.save()
    return made


def table(path: Path) -> Path:
    begun = datetime.now(UTC) - timedelta(hours=2)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "model name", "prompt", "took", "price", "prompt_tokens", "completion_tokens"])
        for n in range(40):
            took = "" if n % 7 else "soon"
            writer.writerow([begun + timedelta(seconds=n), "gpt-4o-mini", "How do I " * 9, took, "0.02", 120 + n, 30])
    return path


def each_way(watching: Watched, url: str, name: str) -> None:
    for theme in THEMES:
        for width in WIDTHS:
            watching.page.emulate_media(color_scheme=theme)
            watching.page.set_viewport_size({"width": width, "height": 900})
            watching.visit(url, name=name)


def test_a_table_of_ones_own_from_the_file_to_its_report(
    browser: "Browser", live_platform: LivePlatform, tenant: Acme, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watching = watched(context)
    page, files = watching.page, live_platform.url + tenant.at("chat/files")
    sign_in(watching, live_platform.url, tenant.email)
    each_way(watching, files, "files-none")
    page.get_by_label("File").set_input_files(table(tmp_path / "calls-of-november.csv"))
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_role("heading", name="Its first rows").wait_for(timeout=30_000)
    each_way(watching, page.url, "file-columns")
    assert page.get_by_label("When the request came").input_value() == "time"
    page.get_by_label("Model that was asked for").select_option("model name")
    page.get_by_label("How long it took").select_option("took")
    page.get_by_label("What it cost").select_option("price")
    page.get_by_label("US cents").check()
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("came in new").wait_for(timeout=30_000)
    each_way(watching, page.url, "file-read")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    assert Path(download.value.path()).read_text().count("invalid_type") == 6
    watching.visit(files)
    page.get_by_label("File").set_input_files({"name": "a.jsonl", "mimeType": "", "buffer": ndjson([helicone(0)])})
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_text("came in new").wait_for(timeout=30_000)
    each_way(watching, files, "files")
    context.close()
    assert watching.problems == []
