"""What stands around a page: where one is, where one can go from there, and whether any of it is real."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards import addresses
from apps.dashboards.carried import Carried, onward, read
from apps.dashboards.door import Here, HereAtDeployment
from apps.organizations.models import Role

LONGEST_MENU = 40
Pages = list[tuple[str, str, Callable[[str, str], str]]]
"""Each page's key, its title, and where it is."""
SHORT = {
    "standing": gettext_lazy("Standing"),
    "money": gettext_lazy("Money"),
    "failures": gettext_lazy("Failures"),
    "waiting": gettext_lazy("Waiting"),
    "decay": gettext_lazy("Choices"),
    "providers": gettext_lazy("Providers"),
    "compare": gettext_lazy("Changes"),
}
"""What a page is called where all of them stand in one row: nine questions in full take two."""


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
    pages = [("deployments", _("Deployments"), addresses.organization)]
    if here.may(Role.OWNER):
        pages += [("members", _("Members"), addresses.members), ("tokens", _("API tokens"), addresses.tokens)]
    questions = tuple(Link(name, onward(key, url(slug), carried, here.zone), key == page) for key, name, url in pages)
    return _frame(
        here, name=_("all deployments"), kind="organization", window=window, carried=carried, questions=questions
    )


def around_deployment(here: HereAtDeployment, *, page: str, window: str = "") -> Frame:
    slug, name, carried = here.organization.slug, here.deployment.slug, read(page, here.query, here.zone)
    asked: Pages = [
        ("standing", _("Where do you stand?"), addresses.standing),
        ("money", _("Where does the money go?"), addresses.money),
        ("failures", _("What do failures cost?"), addresses.failures),
        ("waiting", _("What does waiting cost?"), addresses.waiting),
        ("decay", _("Do your rules still choose well?"), addresses.decay),
        ("providers", _("Who serves you best?"), addresses.providers),
        ("compare", _("What changed?"), addresses.compare),
        ("what-if", _("What if?"), addresses.what_if),
        ("requests", _("Requests"), addresses.requests),
    ]
    kept: Pages = [
        ("deployment", _("What comes in?"), addresses.deployment),
        ("health", _("Is anything lost?"), addresses.health),
        ("prices", _("Prices"), addresses.prices),
        ("rules", _("Rules"), addresses.rules),
        ("tasks", _("Tasks and thresholds"), addresses.tasks),
        ("files", _("Files"), addresses.files),
        ("keys", _("Keys"), addresses.keys),
        ("settings", _("Settings"), addresses.settings),
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
    deployments = [(_("all deployments"), addresses.organization(organization.slug), kind == "organization")]
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
