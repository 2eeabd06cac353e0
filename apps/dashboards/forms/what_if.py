"""Which change one asks about. All of it stands in the address, for pages and programs alike."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Model, Move, PriceChange
from apps.dashboards.forms.fields import Percent
from apps.dashboards.queries.what_if import Offered
from apps.dashboards.wording.translate import Names
from apps.pricing.names import canonical_name, canonical_provider

MOVE, CAP, DROP, ADD, FALLBACK, PRICE = "move", "cap", "drop", "add", "fallback", "price"
KINDS = Names(
    {
        MOVE: gettext_noop("Another model for a task"),
        CAP: gettext_noop("Fewer retries"),
        FALLBACK: gettext_noop("Another fallback"),
        DROP: gettext_noop("One provider less"),
        ADD: gettext_noop("One provider more"),
        PRICE: gettext_noop("Another price"),
    }
)
FIELDS: Mapping[str, tuple[str, ...]] = {
    MOVE: ("task", "to"),
    CAP: ("retries", "route"),
    FALLBACK: ("to", "route"),
    DROP: ("provider", "to"),
    ADD: ("sold_by",),
    PRICE: ("of", "per_cent"),
}
NO_TASK = "(none)"
"""How requests without a task are asked for."""
LONGEST_LABEL = 256
MOST_RETRIES = 20
TARGETS = "what-if-models"
"""The id of the list that a model may be chosen from."""


class WhatIfForm(forms.Form):
    """The fields of one kind of change, with the choices that a deployment offers."""

    task = forms.ChoiceField(label=_("Requests of the task"))
    retries = forms.IntegerField(label=_("Attempts after the first, at most"), min_value=0, max_value=MOST_RETRIES)
    provider = forms.ChoiceField(label=_("Ask no more"))
    of = forms.ChoiceField(label=_("The price of"))
    to = forms.CharField(
        label=_("Go to the model"),
        max_length=2 * LONGEST_LABEL,
        help_text=_("As <code>provider/model</code>: one of the list, or any other with a price."),
        widget=forms.TextInput(attrs={"list": TARGETS, "autocomplete": "off"}),
    )
    route = forms.ChoiceField(label=_("On the route"), required=False)
    sold_by = forms.CharField(
        label=_("Ask too, where it is cheaper"),
        max_length=LONGEST_LABEL,
        help_text=_("A provider that sells models you use, such as <code>azure</code> or <code>openrouter</code>."),
    )
    per_cent = Percent(label=_("Moves by"), unit="%", min_value=-100, max_value=10_000, max_digits=9, decimal_places=4)

    def __init__(self, said: Mapping[str, Any], *, kind: str, offered: Offered, asked: bool = True) -> None:
        super().__init__(said if asked else None, initial=dict(said), auto_id="what_if_%s")
        self.kind, self.offered = kind, offered
        for name in set(self.fields) - set(FIELDS[kind]):
            del self.fields[name]
        self.order_fields(FIELDS[kind])
        self._offer(
            "task", [(NO_TASK if one is None else one, one or str(_("without a task"))) for one in offered.tasks]
        )
        self._offer("route", [("", str(_("every route"))), *((one, one) for one in offered.routes)])
        self._offer("provider", [(one, one) for one in offered.providers])
        models = [(one.written, one.written) for one in offered.models]
        self._offer(
            "of", [*((one, _("everything of {provider}").format(provider=one)) for one in offered.providers), *models]
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
            field.error_messages["invalid_choice"] = _("Choose one that was seen in these days; %(value)s was not.")

    @property
    def targets(self) -> list[str]:
        return [one.written for one in self.offered.targets] if "to" in self.fields else []

    def clean_to(self) -> Model:
        """By its name in the list, else as a name that prices may know."""
        text = str(self.cleaned_data["to"]).strip()
        found = next((one for one in self.offered.targets if one.written == text), None)
        if found is not None:
            return found
        name = canonical_name(None, text)
        if name.model is None:
            raise forms.ValidationError(_("Write a model such as openai/gpt-4o-mini."))
        return Model(name.provider, name.model)

    def clean_sold_by(self) -> str:
        name = canonical_provider(self.cleaned_data["sold_by"])
        if name is None:
            raise forms.ValidationError(_("Write a provider such as azure; a gateway sells nothing."))
        return name

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        to = said.get("to")
        if self.kind == DROP and isinstance(to, Model) and to.provider == said.get("provider"):
            self.add_error("to", _("That is a model of the provider that is asked no more."))
        return said

    def change(self) -> Change:
        """Of a form that is valid."""
        said = self.cleaned_data
        route = said.get("route") or None
        match self.kind:
            case "move":
                return Move(None if said["task"] == NO_TASK else said["task"], said["to"])
            case "cap":
                return Cap(said["retries"], route)
            case "fallback":
                return Fallback(said["to"], route)
            case "drop":
                return Drop(said["provider"], said["to"])
            case "add":
                return Add(said["sold_by"])
            case _:
                return self._price(said["of"], said["per_cent"])

    def _price(self, of: str, ppm: int) -> PriceChange:
        one = next((one for one in self.offered.models if one.written == of), None)
        return PriceChange(of, None, ppm) if one is None else PriceChange(one.provider or "", one.name, ppm)
