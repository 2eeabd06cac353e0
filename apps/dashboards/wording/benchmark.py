"""What the benchmark says of a place and of its gates, in the language of the page; the API says the same in English."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.disclosure.gates import FIXES, Gate
from apps.benchmarks.disclosure.verdict import Verdict
from apps.benchmarks.disclosure.yardsticks import Reference
from apps.dashboards.wording.translate import Names

VERDICTS = (
    gettext_noop("in the best tenth of peers"),
    gettext_noop("in the best quarter of peers"),
    gettext_noop("in the fastest tenth of peers"),
    gettext_noop("in the fastest quarter of peers"),
    gettext_noop("better than the median"),
    gettext_noop("faster than the median"),
    gettext_noop("at the median"),
    gettext_noop("worse than the median"),
    gettext_noop("dearer than the median"),
    gettext_noop("slower than the median"),
    gettext_noop("in the worst quarter of peers"),
    gettext_noop("in the dearest quarter of peers"),
    gettext_noop("in the slowest quarter of peers"),
    gettext_noop("in the worst tenth of peers"),
    gettext_noop("in the dearest tenth of peers"),
    gettext_noop("in the slowest tenth of peers"),
)
"""All that a verdict can be: the rules of disclosure put it together, and know nothing of languages."""

_BASES = Names(
    {
        "receive_to_dispatch": gettext_noop("receive to dispatch"),
        "total_minus_provider": gettext_noop("total minus provider"),
        "decision_only": gettext_noop("decision only"),
    }
)
_SHORT = Names(
    {
        "study, low end": gettext_noop("low end"),
        "study, high end": gettext_noop("high end"),
        "study, at deployment": gettext_noop("at deployment"),
        "study, after 90 days": gettext_noop("after 90 days"),
        "study, one provider": gettext_noop("one provider"),
        "study, several providers with fallback chains": gettext_noop("several providers with fallback chains"),
    }
)


def place(verdict: Verdict) -> str:
    return _(verdict.words)


def fix(gate: Gate) -> str:
    """How to pass it."""
    return gate.fix_in(_(FIXES[gate.name]))


def literature(one: Reference, value: str) -> str:
    """A figure of the study where that is named already: `14 ms one provider`."""
    said = _SHORT.get(one.label, "")
    return f"{value} {said}" if said else value


def basis(name: str) -> str:
    """What an overhead includes; a class of completeness is told as it is called."""
    return _BASES.get(name) or name.replace("_", " ")
