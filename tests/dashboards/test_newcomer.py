"""The first five minutes of a newcomer, by the clock: from `manage.py up` on an empty folder to the first request on a page."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.test_browser import Watched, watched
from tests.tollmark.running import Up, up

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

OURS_S = 90
"""Of five minutes; the others are for reading and deciding, which takes a test no time."""
SIGN_IN = re.compile(r"find it as (\S+) with the password (\S+):")


class Clock:
    """How long each step took."""

    def __init__(self) -> None:
        self.began = self._last = time.monotonic()
        self.steps: list[tuple[str, float]] = []

    def done(self, step: str) -> None:
        now = time.monotonic()
        self.steps.append((step, now - self._last))
        self._last = now

    @property
    def whole(self) -> float:
        return self._last - self.began

    def told(self) -> str:
        return "".join(f"\n{seconds:6.1f} s  {step}" for step, seconds in (*self.steps, ("together", self.whole)))


def test_a_newcomer_sees_the_first_request_within_five_minutes_of_which_ours_are_ninety_seconds(
    browser: "Browser",
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    clock, context = Clock(), browser.new_context(viewport={"width": 1280, "height": 900})
    with up(tmp_path / "data") as running:
        running.wait_for("Send a first trace")
        clock.done("manage.py up, from an empty folder")
        desktop = watched(context)
        _sign_in(desktop, running)
        clock.done("sign in as it was printed")
        _add_a_deployment(desktop, "Voice notes")
        clock.done("create a deployment")
        command = _snippet(desktop)
        clock.done("make a key")
        sent = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=True)
        assert '"accepted":1' in sent.stdout.replace(" ", ""), sent.stdout + sent.stderr
        clock.done("paste the snippet into a shell")
        desktop.page.get_by_text("1 request, 2 attempts, 1 model").wait_for(timeout=15_000)
        clock.done("see the first request on the page")
        _go_on(desktop)
        clock.done("see where it stands, and the request itself")
        context.close()
    with capsys.disabled():
        sys.stdout.write(clock.told() + "\n")
    for step, seconds in clock.steps:
        record_property(f"{step}, s", round(seconds, 1))
    assert desktop.problems == []
    assert clock.whole < OURS_S, clock.told()


def _sign_in(desktop: Watched, running: Up) -> None:
    found = SIGN_IN.search(running.said)
    assert found, running.said
    desktop.visit(running.url)
    desktop.page.get_by_label("Email").fill(found[1])
    desktop.page.get_by_label("Password").fill(found[2])
    desktop.page.get_by_role("button", name="Sign in").click()
    desktop.page.wait_for_url(f"{running.url}/o/**")


def _add_a_deployment(desktop: Watched, name: str) -> None:
    page = desktop.page
    page.locator("details.switcher > summary").click()
    page.get_by_role("link", name="all deployments").click()
    page.get_by_role("link", name="Add a deployment").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add it").click()


def _snippet(desktop: Watched) -> str:
    """The very text that the page shows, with its key."""
    page = desktop.page
    page.get_by_role("button", name="Make a key and fill it in").click()
    return page.get_by_label("What to copy for Own JSON").inner_text()


def _go_on(desktop: Watched) -> None:
    page = desktop.page
    page.get_by_role("link", name="See where it stands").click()
    page.wait_for_url("**/voice-notes/standing")
    page.get_by_role("link", name="Requests", exact=True).click()
    page.locator(".ledger.requests tbody tr").first.wait_for()
