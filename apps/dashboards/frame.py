"""What stands around a page: where one is, where one can go from there, and whether any of it is real."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.dashboards import addresses
from apps.dashboards.carried import Carried, onward, read
from apps.dashboards.door import Here, HereAtDeployment
from apps.organizations.models import Role

LONGEST_MENU = 40
Pages = list[tuple[str, str, Callable[[str, str], str]]]
"""Each page's key, its title, and where it is."""
SHORT = {
    "standing": _("Standing"),
    "money": _("Money"),
    "failures": _("Failures"),
    "waiting": _("Waiting"),
    "decay": _("Choices"),
    "providers": _("Providers"),
    "compare": _("Changes"),
}
"""What a page is called where all of them stand in one row: nine questions in full take two."""
ALL = "all deployments"


@dataclass(frozen=True)
class Link:
    """`short` is what it is called in a row with others, `name` where there is room."""

    name: str
    url: str
    here: bool = False
    short: str = ""


@dataclass(frozen=True)
class Frame:
    """`kind` is what the questions are about: a deployment or an organization."""

    organization: str
    here: str
    kind: str
    demo: bool
    zone: str
    window: str
    deployments: tuple[Link, ...]
    organizations: tuple[Link, ...]
    questions: tuple[Link, ...]
    upkeep: tuple[Link, ...] = ()
    """Pages on which one sets things up and looks after them, apart from those that answer a question."""


def around_organization(here: Here, *, page: str, window: str = "") -> Frame:
    """`page` is the name of the address one is at. Links carry the window that its query asks for."""
    slug, carried = here.organization.slug, read(page, here.query, here.zone)
    pages = [("deployments", "Deployments", addresses.organization)]
    if here.may(Role.OWNER):
        pages += [("members", "Members", addresses.members), ("tokens", "API tokens", addresses.tokens)]
    questions = tuple(Link(name, onward(key, url(slug), carried, here.zone), key == page) for key, name, url in pages)
    return _frame(here, name=ALL, kind="organization", window=window, carried=carried, questions=questions)


def around_deployment(here: HereAtDeployment, *, page: str, window: str = "") -> Frame:
    slug, name, carried = here.organization.slug, here.deployment.slug, read(page, here.query, here.zone)
    asked: Pages = [
        ("standing", "Where do you stand?", addresses.standing),
        ("money", "Where does the money go?", addresses.money),
        ("failures", "What do failures cost?", addresses.failures),
        ("waiting", "What does waiting cost?", addresses.waiting),
        ("decay", "Do your rules still choose well?", addresses.decay),
        ("providers", "Who serves you best?", addresses.providers),
        ("compare", "What changed?", addresses.compare),
        ("what-if", "What if?", addresses.what_if),
        ("requests", "Requests", addresses.requests),
    ]
    kept: Pages = [
        ("deployment", "What comes in?", addresses.deployment),
        ("health", "Is anything lost?", addresses.health),
        ("prices", "Prices", addresses.prices),
        ("rules", "Rules", addresses.rules),
        ("tasks", "Tasks and thresholds", addresses.tasks),
        ("files", "Files", addresses.files),
        ("keys", "Keys", addresses.keys),
        ("settings", "Settings", addresses.settings),
    ]
    questions, upkeep = (
        tuple(
            Link(title, onward(key, url(slug, name), carried, here.zone), key == page, str(SHORT.get(key, title)))
            for key, title, url in pages
        )
        for pages in (asked, kept)
    )
    return _frame(
        here,
        name=here.deployment.name,
        kind="deployment",
        window=window,
        carried=carried,
        questions=questions,
        upkeep=upkeep,
    )


def _frame(
    here: Here,
    *,
    name: str,
    kind: str,
    window: str,
    carried: Carried,
    questions: tuple[Link, ...],
    upkeep: tuple[Link, ...] = (),
) -> Frame:
    organization = here.organization
    deployments = [(ALL, addresses.organization(organization.slug), kind == "organization")]
    deployments += [
        (one.name, addresses.deployment(organization.slug, one.slug), kind == "deployment" and one.name == name)
        for one in here.deployments[:LONGEST_MENU]
    ]
    links = [Link(title, onward("", path, carried, here.zone), at) for title, path, at in deployments]
    others = [one.organization for one in here.memberships if one.organization_id != organization.pk]
    return Frame(
        organization=organization.name,
        here=name,
        kind=kind,
        demo=organization.is_demo,
        zone=here.zone.key,
        window=window,
        deployments=tuple(links),
        organizations=tuple(Link(one.name, addresses.organization(one.slug)) for one in others[:LONGEST_MENU]),
        questions=questions,
        upkeep=upkeep,
    )
