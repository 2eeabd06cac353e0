"""What a deployment must pass before it is compared, and what would open each gate that is shut."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.dashboards.wording.translate import gettext as _


@dataclass(frozen=True)
class Gate:
    """One condition; `state` is the word in front of it, `fix` what to do when it is open."""

    state: str
    passed: bool
    what: str
    detail: str


def gates(conditions: Iterable[tuple[bool, str, str]]) -> tuple[Gate, ...]:
    """From (passed, what, detail), the open ones first: they are what the reader can change."""
    made = [Gate(_("done") if passed else _("open"), passed, what, detail) for passed, what, detail in conditions]
    return tuple(sorted(made, key=lambda gate: gate.passed))
