"""Pages in a real browser: light and dark, desktop and phone, on paper, by keyboard, and without script."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.utils import timezone

from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups.reprice import reprice
from tests.connections import acting_as
from tests.dashboards.shown import ACCOUNT, EMPTY, OUTSIDE, Shown, stand
from tests.dashboards.tenants import PASSWORD, Acme, acme
from tests.live import LivePlatform

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".data" / "screenshots"
WIDTHS = (390, 1280)
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def shown(database: None, live_platform: LivePlatform) -> Shown:
    return stand()


@pytest.fixture(scope="module")
def empty(database: None) -> Acme:
    return acme()


@dataclass
class Watched:
    """A page that remembers what went wrong on it."""

    page: "Page"
    problems: list[str]

    def visit(self, url: str, *, name: str = "") -> None:
        self.page.goto(url)
        self.page.wait_for_load_state("load")
        if name:
            self._draw()
            self._examine(name)

    def _draw(self) -> None:
        """Charts that are further down are drawn for the printer as well, and then for the window again."""
        self.page.evaluate("['beforeprint', 'afterprint'].forEach((one) => dispatchEvent(new Event(one)))")
        for chart in self.page.locator("[data-plot]").all():
            chart.locator(".main-svg").first.wait_for(state="attached")

    def _examine(self, name: str) -> None:
        root = "document.documentElement"
        over = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        if over > 0:
            self.problems.append(f"{name}: {over} px wider than the window")
        self.problems += [f"{name}: {rule}" for rule in _axe(self.page)]
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or {"width": 0}
        theme = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{theme}-{size['width']}.png", full_page=True)


def _axe(page: "Page") -> list[str]:
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(Path(AXE_FILE_PATH).read_text())
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found["violations"]]


def watched(context: "BrowserContext") -> Watched:
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda said: problems.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    return Watched(page, problems)


def sign_in(watching: Watched, url: str, email: str) -> None:
    watching.visit(f"{url}/accounts/login/")
    watching.page.get_by_label("Email").fill(email)
    watching.page.get_by_label("Password").fill(PASSWORD)
    watching.page.get_by_role("button", name="Sign in").click()
    watching.page.wait_for_url(f"{url}/o/**")


@pytest.fixture
def desktop(browser: "Browser") -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watched(context)
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_clean(
    browser: "Browser", live_platform: LivePlatform, shown: Shown, empty: Acme, theme: Theme, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, timezone_id="Asia/Tokyo"
    )
    watching = watched(context)
    url = live_platform.url
    for name, path in OUTSIDE.items():
        watching.visit(url + path, name=name)
    watching.problems = [one for one in watching.problems if "404" not in one]  # the browser reports the missing page
    sign_in(watching, url, shown.email)
    for name, path in {**shown.pages, **ACCOUNT}.items():
        watching.visit(url + path, name=name)
        if name in shown.pages:
            assert "clock times in Asia/Tokyo" in (watching.page.text_content(".foot") or ""), "as this browser has it"
    context.clear_cookies()
    sign_in(watching, url, empty.email)
    for name, path in EMPTY.items():
        watching.visit(url + empty.at(path), name=name)
    context.close()
    assert watching.problems == []


def test_strips_say_in_words_what_they_show(desktop: Watched, live_platform: LivePlatform, shown: Shown) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    desktop.visit(live_platform.url + shown.pages["standing"])
    labels = [one.get_attribute("aria-label") or "" for one in desktop.page.locator("svg.strip").all()]
    assert len(labels) >= 3  # the headline and the metrics that were brought
    assert all(label.startswith("You ") and "median" in label for label in labels)


def test_charts_are_drawn_in_the_colours_of_the_page(
    desktop: Watched, live_platform: LivePlatform, shown: Shown
) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    desktop.visit(live_platform.url + shown.pages["failures"])
    desktop.page.locator("#plot-overhead").scroll_into_view_if_needed()
    bar = desktop.page.locator("#plot-overhead .bars .point path").first
    bar.wait_for(state="attached")  # the first day may have nothing to show
    assert bar.evaluate("one => getComputedStyle(one).fill") == "rgb(185, 60, 31)"
    assert (
        desktop.page.locator("#plot-overhead .main-svg").first.evaluate("one => getComputedStyle(one).position")
        == "absolute"
    )
    desktop.page.get_by_text("The same as a table").click()
    assert desktop.page.get_by_role("columnheader", name="Overhead").is_visible()
    assert desktop.problems == []


def test_menus_open_by_keyboard_and_close_on_escape(
    desktop: Watched, live_platform: LivePlatform, shown: Shown
) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    page = desktop.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.locator("details.account > summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert desktop.problems == []


def test_the_colours_one_chooses_stay(desktop: Watched, live_platform: LivePlatform, shown: Shown) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    page = desktop.page
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="dark").click()
    desktop.visit(live_platform.url + shown.pages["standing"])
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"


def test_pages_work_without_script(browser: "Browser", live_platform: LivePlatform, empty: Acme) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    url = live_platform.url
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", empty.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.goto(url + empty.at("chat/"))
    assert page.locator("noscript meta, meta[http-equiv=refresh]").count() == 1
    page.locator("details.account > summary").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    context.close()


def test_the_pages_of_a_deployment_are_a_row_and_on_a_phone_a_menu(
    desktop: Watched, live_platform: LivePlatform, shown: Shown
) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    desktop.visit(live_platform.url + shown.pages["tasks"])
    page = desktop.page
    row = page.locator("nav.questions")
    for width in (1280, 970):
        page.set_viewport_size({"width": width, "height": 800})
        assert len({one.bounding_box()["y"] for one in row.locator("a").all()}) == 1, "one line"  # type: ignore[index]
    page.locator("details.upkeep > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "What comes in?"
    page.set_viewport_size({"width": 390, "height": 800})
    assert not row.is_visible()
    page.locator("details.pages-menu > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Do your rules still choose well?").click()
    page.wait_for_url("**/chat/decay")
    assert desktop.problems == []


def test_todays_prices_are_asked_for_by_a_press_and_appear_on_the_page(
    desktop: Watched, live_platform: LivePlatform, shown: Shown
) -> None:
    sign_in(desktop, live_platform.url, shown.email)
    desktop.visit(live_platform.url + shown.pages["prices"])
    page = desktop.page
    page.get_by_role("button", name="Re-price the last 90 days").click()
    page.locator("#today[data-waiting]").wait_for()
    organization = shown.pages["deployments"].split("/")[2]
    with acting_as("worker"):  # what beat would send a worker to do
        owner = Organization.objects.get(slug=organization)
        with access.scope(owner.pk):
            mine = Deployment.objects.get(organization=owner, slug="chat")
        reprice(organization_id=owner.pk, deployment_id=mine.pk, now=timezone.now())
    page.locator("#today tbody tr").first.wait_for()
    assert page.get_by_role("button", name="Re-price the last 90 days").is_visible(), "to be asked again"
    assert desktop.problems == []


def test_a_chart_on_paper_is_light_and_fits_the_page(
    browser: "Browser", live_platform: LivePlatform, shown: Shown
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    watching = watched(context)
    sign_in(watching, live_platform.url, shown.email)
    watching.visit(live_platform.url + shown.pages["failures"])
    page = watching.page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 972})  # A4 with margins of 14 mm
    bar = page.locator("#plot-overhead .bars .point path").first
    bar.wait_for(state="attached")
    assert bar.evaluate("one => getComputedStyle(one).fill") == "rgb(185, 60, 31)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator(".rows, .choose, .foot nav").filter(visible=True).count()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    bar.wait_for(state="attached")
    assert bar.evaluate("one => getComputedStyle(one).fill") == "rgb(232, 101, 58)", "dark again"
    context.close()
    assert watching.problems == []
