"""Naming keys and tokens."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deployments.models import Deployment
from apps.organizations.scopes import Scope


class Label(forms.Form):
    label = forms.CharField(
        max_length=80,
        label=_("Name of the new key"),
        help_text=_("Where it is used, such as litellm production."),
        error_messages={"required": _("Name it after where it will be used, so that you know what revoking it stops.")},
    )


class NewToken(Label):
    """Of the deployments that there are, those it reads; none of them named: all, also later ones."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
        label=_("What it may read"),
        error_messages={"required": _("A token that may read nothing is no token: choose at least one.")},
    )
    deployments = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Of these deployments alone"),
        help_text=_("None chosen: of all, also those that are added later."),
    )

    def __init__(self, *arguments: object, deployments: Sequence[Deployment], **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.fields["label"].label = _("Name of the new token")
        self.fields["label"].help_text = _("The program that will read, such as finance export.")
        named = self.fields["deployments"]
        if isinstance(named, forms.MultipleChoiceField):
            named.choices = [(str(one.pk), one.name) for one in deployments]
        if len(deployments) < 2:
            del self.fields["deployments"]
