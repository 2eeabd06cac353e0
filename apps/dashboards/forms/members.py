"""Adding people and changing what they may do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.organizations.models import Role


class AddMember(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={
            "invalid": _("Write the whole address, such as you@example.com."),
            "required": _("Whose address?"),
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class ChangeRole(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
