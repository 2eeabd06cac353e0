"""Adding a deployment."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.organizations.models import SLUG

WORKLOADS = (
    ("user-facing", _("User-facing: people wait for the answers")),
    ("background", _("Background: nobody waits")),
)


class AddDeployment(forms.Form):
    name = forms.CharField(
        max_length=120,
        label=_("Name"),
        help_text=_("What your team calls the application or gateway, such as support-chat."),
        error_messages={"required": _("Give it the name your team uses.")},
    )
    slug = forms.CharField(
        max_length=63,
        required=False,
        label=_("Short name in addresses"),
        help_text=_("Lower-case letters, digits and hyphens. Left empty, it is made from the name. It stays as it is."),
        validators=[SLUG],
    )
    workload = forms.ChoiceField(
        label=_("Workload"),
        choices=WORKLOADS,
        initial="user-facing",
        widget=forms.RadioSelect,
        help_text=_("Counts for requests that do not say so themselves. It can be changed from any date on."),
    )
    contributes = forms.BooleanField(
        required=False,
        label=_("Contribute to the benchmark"),
        help_text=_(
            "Its weekly ratios (never dollars, names or prompts) enter the medians, and others are compared with "
            "them. You can see the median either way."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and cleaned.get("name"):
            cleaned["slug"] = slugify(cleaned["name"])[:63].strip("-")
            if not cleaned["slug"]:
                self.add_error("slug", _("No short name can be made from this name: write one."))
        return cleaned
