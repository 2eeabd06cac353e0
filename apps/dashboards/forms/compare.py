"""Which two sides are compared. All of it stands in the address, so that a comparison can be shared."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.dashboards.queries.span import ALL, Span
from apps.dashboards.wording.translate import Names
from apps.deployments.create import FIRST_DAY
from apps.rollups.queries import PRODUCTION

DAYS, POLICIES, DEPLOYMENTS = "days", "policies", "deployments"
WAYS = Names(
    {
        DAYS: gettext_noop("Two stretches of days"),
        POLICIES: gettext_noop("Two policies"),
        DEPLOYMENTS: gettext_noop("Two deployments"),
    }
)
DEFAULT_DAYS = 14
LONGEST_DAYS = 400


class Day(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Write a day such as 2026-11-22."), "required": _("Say which day.")},
            **options,
        )


def _usual(said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What is looked at when nothing is said: two weeks, and those before them."""
    end = _day(said.get("end")) or today
    start = _day(said.get("start")) or end - timedelta(days=DEFAULT_DAYS - 1)
    until = _day(said.get("until")) or start - timedelta(days=1)
    length = min(max(end - start, timedelta()), timedelta(days=LONGEST_DAYS))  # dates end, on either side
    days = {"start": start, "end": end, "before": until - length, "until": until}
    return {**{name: day.isoformat() for name, day in days.items()}, "environment": PRODUCTION}


def _day(text: Any) -> date | None:
    try:
        return max(date.fromisoformat(text), FIRST_DAY) if text else None
    except ValueError:
        return None  # the form says so


class CompareFilter(forms.Form):
    """`start` and `end` are the side that is looked at; `before` and `until` the days it is compared with."""

    start = Day(label=_("From"))
    end = Day(label=_("Until, included"))
    before = Day(label=_("Compared with, from"))
    until = Day(label=_("Until, included"))
    policy = forms.ChoiceField(label=_("Policy"), required=False)
    other_policy = forms.ChoiceField(label=_("Compared with"), required=False)
    other = forms.ChoiceField(label=_("Compared with"), required=False)
    environment = forms.CharField(label=_("Environment, or all"), max_length=256)

    def __init__(self, said: Mapping[str, Any], *, by: str, today: date) -> None:
        super().__init__({**_usual(said, today), **{name: value for name, value in said.items() if value}})
        self.by = by
        unused = {
            DAYS: ("policy", "other_policy", "other"),
            POLICIES: ("before", "until", "other"),
            DEPLOYMENTS: ("before", "until", "policy", "other_policy"),
        }
        for name in unused[by]:
            del self.fields[name]

    def offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # of this class alone
        field.choices = list(choices)
        field.error_messages["invalid_choice"] = _("Choose one of the list; %(value)s is not in it.")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        self._look_at(said, "start", "end")
        if self.by == DAYS:
            self._look_at(said, "before", "until")
        return said

    def _look_at(self, said: dict[str, Any], first: str, last: str) -> None:
        start, end = said.get(first), said.get(last)
        if start is None or end is None:
            return
        if start < FIRST_DAY:
            self.add_error(first, _("Choose a day from {day} on.").format(day=FIRST_DAY))
        elif start > end:
            self.add_error(first, _("Choose a day that is not after the last one."))
        elif (end - start).days >= LONGEST_DAYS:
            self.add_error(first, _("Compare at most {days} days.").format(days=LONGEST_DAYS))

    def span(self) -> Span:
        """The days that are looked at."""
        return self._span("start", "end")

    def span_before(self) -> Span:
        return self._span("before", "until")

    def _span(self, first: str, last: str) -> Span:
        environment = self.cleaned_data["environment"]
        days = self.cleaned_data[first], self.cleaned_data[last]
        return Span(*days, None if environment == ALL else environment)
