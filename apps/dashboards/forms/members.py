"""Adding people and changing what they may do."""

from django import forms

from apps.organizations.models import Role


class AddMember(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        error_messages={"invalid": "Write the whole address, such as you@example.com.", "required": "Whose address?"},
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)


class ChangeRole(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
