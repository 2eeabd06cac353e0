"""Pages in a real browser: light and dark, desktop and phone, on paper, by keyboard, and without script."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.freeze import freeze
from apps.dashboards.exports.write import write
from apps.dashboards.models import RequestExport
from apps.ingest.models import Batch, SetAside
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.rollups.sweep import rebuild_all
from tests.benchmarks import tenants
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD, Acme, acme
from tests.live import LivePlatform
from tests.names import unique
from tests.rollups.tenants import Tenant, store, traffic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".data" / "screenshots"
WIDTHS = (390, 1280)
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
OUTSIDE = {
    "sign-in": "/accounts/login/",
    "forgotten": "/accounts/password/reset/",
    "sign-up": "/accounts/signup/",
    "not-found": "/nothing-here",
    "method": "/method",
}
ACCOUNT = {
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
    "two-factor": "/accounts/2fa/",
    "confirm": "/accounts/2fa/totp/activate/",
    "sign-out": "/accounts/logout/",
}


@dataclass(frozen=True)
class Shown:
    """An organization that stands among 21 others, with traffic of every kind, and one with nothing."""

    email: str
    pages: dict[str, str]


@pytest.fixture(scope="module")
def shown(database: None, live_platform: LivePlatform) -> Shown:
    with acting_as("worker"):
        pool, members = unique("pool"), []
        for number in range(22):
            made = tenants.tenant(pool)
            for metric, low, step in (("efficiency_billing", 0.70, 0.01), ("retry_rate", 0.02, 0.005)):
                tenants.bring(made, low + step * number, metric=metric, stratum="complete")
            tenants.bring(made, 0.01 + 0.002 * number)
            members.append(made)
        freeze(week=tenants.WEEK, now=tenants.NOW, pool=pool)
        first = members[3]
        came = traffic(1, 400, days=20, end=timezone.now())
        store(Tenant(first.organization.pk, first.deployment.pk), came)
        import_prices(now=timezone.now())
        rebuild_all(now=timezone.now())
        _lose(first.organization.pk, first.deployment.pk)
        slug = first.organization.slug
        user = User.objects.get(email=f"{slug}@example.com")
        user.set_password(PASSWORD)
        user.save()
    at = f"/o/{slug}"
    names = {"deployments": "/", "standing": "/chat/standing", "arrivals": "/chat/", "keys": "/chat/keys"}
    names |= {
        "settings": "/chat/settings",
        "health": "/chat/health",
        "members": "/-/members",
        "tokens": "/-/tokens",
        "add": "/-/add",
    }
    names |= {
        "prices": "/chat/prices",
        "prices-entering": "/chat/prices?provider=self-hosted&model=house-llama#enter-price",
    }
    names |= {"money": "/chat/money", "money-by-model": "/chat/money?by=model&per=week&environment=all"}
    names |= {"money-mistaken": "/chat/money?from=2026-99-99", "bills": "/chat/money/bills"}
    names |= {"requests": "/chat/requests", "requests-filtered": "/chat/requests?cause=rate_limited&min_cost_usd=x"}
    names |= {
        "failures": "/chat/failures",
        "waiting": "/chat/waiting?environment=all",
        "waiting-wrong": "/chat/waiting?from=yesterday",
    }
    longest = max(came, key=lambda one: len(one.attempts))
    names["request"] = f"/chat/requests/{longest.received_at.astimezone(UTC):%Y-%m-%d}/{longest.request_id}"
    names |= {"exports": "/chat/requests/exports", "export": f"/chat/requests/exports/{_exported(first)}"}
    return Shown(user.email, {name: at + rest for name, rest in names.items()})


def _exported(place: tenants.Tenant) -> UUID:
    """A file that is ready."""
    now, organization_id = timezone.now(), place.organization.pk
    with acting_as("web"), access.scope(organization_id):
        one = RequestExport.objects.create(
            organization_id=organization_id,
            deployment_id=place.deployment.pk,
            asked={"outcome": "failed"},
            said="outcome=failed",
            since=now - timedelta(days=28),
            until=now,
            state=RequestExport.State.WAITING,
            created_at=now,
            expires_at=now + timedelta(days=7),
        )
    with acting_as("worker"):
        write(organization_id=organization_id, export_id=one.pk, clock=timezone.now)
    return one.key


def _lose(organization_id: int, deployment_id: int) -> None:
    """A post of which something was not taken, one that was turned down, and a clock that was wrong."""
    message = "received_at is older than 400 days, for which raw traces are kept."
    samples = [{"index": number, "code": "too_old", "message": message} for number in (3, 17)]
    lossy = {"accepted": 812, "rejected": 2, "reasons": {"too_old": 2}, "warnings": {"clock_skew_corrected": 812}}
    whole = {"accepted": 0, "rejected": 0, "reasons": {}, "warnings": {}, "refused": "body_too_large"}
    owner = {"organization_id": organization_id, "deployment_id": deployment_id, "received_at": timezone.now()}
    common = {"duplicate": 4, "conflict": 0, "body_bytes": 1, "digest": b""}
    with access.scope(organization_id):
        Batch.objects.create(**owner, **common, **lossy, source="native", samples=samples, skew_ms=95_000)
        Batch.objects.create(**owner, **common, **whole, source="otlp")
        SetAside.objects.create(
            organization_id=organization_id,
            deployment_id=deployment_id,
            unit="a",
            error="builtins.ValueError",
            at=timezone.now(),
        )


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
    for name, path in {
        "empty-deployments": "",
        "waiting": "chat/",
        "empty-standing": "chat/standing",
        "empty-health": "chat/health",
        "empty-requests": "chat/requests",
        "empty-exports": "chat/requests/exports",
        "empty-failures": "chat/failures",
        "empty-waiting": "chat/waiting",
        "empty-money": "chat/money",
    }.items():
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
    desktop.visit(live_platform.url + shown.pages["prices"])
    page = desktop.page
    row = page.locator("nav.questions")
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
