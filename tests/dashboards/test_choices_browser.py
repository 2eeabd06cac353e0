"""Who serves best, and how rules age, in a real browser with evidence and peers: light and dark, desktop and phone."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.freeze import freeze as freeze_week
from apps.benchmarks.weeks import Week
from apps.rollups.sums import RequestSums
from tests.benchmarks.cells import day_cell
from tests.benchmarks.tenants import Tenant, tenant
from tests.benchmarks.tenants import bring as bring_value
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD, Acme, acme
from tests.dashboards.test_browser import WIDTHS, sign_in, watched
from tests.dashboards.test_files_browser import each_way
from tests.dashboards.test_providers_page import CHEAP, DEAR, OTHER, answers, known
from tests.live import LivePlatform
from tests.names import unique

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

WEEK = Week.last_due(timezone.now())
MORE = [("openai", "gpt-4.1"), ("openai", "gpt-4.1-mini"), ("openai", "gpt-4.1-nano"), ("google", "gemini-2.5-flash")]


@pytest.fixture
def judged(database: None) -> Acme:
    """Three tasks, seven models, twenty-one others with a rate of good choices."""
    made = acme(pool=unique("pool"))
    known(made, [
        *(one for model in (DEAR, CHEAP, OTHER, *MORE) for one in answers("triage", model, 40, 38)),
        *(one for model in (DEAR, CHEAP) for one in answers("extraction", model, 40, 36)),
        *answers("chat", OTHER, 35, 20),
    ])  # fmt: skip
    deployment = made.deployment()
    with acting_as("worker"):
        for n in range(3, 41):
            sums = RequestSums(requests=90, served=90, served_dispatched=90, evaluable=80, optimal=70 - n)
            day_cell(deployment, timezone.now().date() - timedelta(days=n), sums)
    with acting_as("worker"):
        others = [tenant(made.organization().pool) for _ in range(21)]
        own = Tenant(made.organization(), deployment)
    with acting_as("worker"):
        for n, each in enumerate([own, *others]):
            bring_value(each, 0.4 + 0.02 * n, metric="optimal_selection_rate", week=WEEK)
        freeze_week(week=WEEK, now=WEEK.freeze_at + timedelta(hours=1), pool=made.organization().pool)
        user = User.objects.get(email=made.email)
        user.set_password(PASSWORD)
        user.save()
    return made


def test_the_grid_scrolls_in_its_own_region_and_the_band_stands_behind_the_curve(
    browser: "Browser", live_platform: LivePlatform, judged: Acme
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watching, url = watched(context), live_platform.url
    page = watching.page
    sign_in(watching, url, judged.email)
    each_way(watching, url + judged.at("chat/providers"), "providers")
    region = page.get_by_role("region", name="Every task, every model")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        head = region.get_by_role("rowheader", name="extraction")
        region.focus()
        over = region.evaluate("one => one.scrollWidth - one.clientWidth")
        assert (over > 0) is (width == min(WIDTHS))
        region.evaluate("one => { one.scrollLeft = 10_000 }")
        assert head.bounding_box() is not None
        assert (head.bounding_box() or {"x": -1})["x"] >= 0, "the task stays in sight"
    assert region.get_by_role("columnheader").count() == 1 + 7
    assert region.get_by_text("no evidence").count() == 5 + 6
    each_way(watching, url + judged.at("chat/standing"), "standing-selection")
    assert page.get_by_role("row").filter(has_text="Optimal selection").count() == 1
    each_way(watching, url + judged.at("chat/decay"), "decay")
    assert "Peers: median" in page.inner_text("main")
    context.close()
    assert watching.problems == []
