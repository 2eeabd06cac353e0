"""Models, providers and differences in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.wording import money
from apps.dashboards.wording.translate import Names
from apps.rollups.labels import OTHER
from apps.rollups.sums import Lack

LACKING: Names[Lack] = Names(
    {
        "price": gettext_noop("no known price"),
        "price or tokens": gettext_noop("no known price, or tokens not told"),
        "tokens": gettext_noop("no tokens told"),
    }
)
"""Why attempts of a model have no cost."""


def model_of(name: tuple[str, str]) -> str:
    return _("other models, added up") if name[1] == OTHER else name[1] or _("no model told")


def provider_of(name: tuple[str, str]) -> str:
    return _("other providers") if name[0] == OTHER else name[0] or _("no provider told")


def signed(nano: int) -> str:
    return f"+{money.dollars(nano)}" if nano > 0 else money.dollars(nano)
