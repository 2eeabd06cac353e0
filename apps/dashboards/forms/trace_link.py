"""Where the tenant's own trace viewer shows a request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deployments.trace_link import EXAMPLE, LONGEST, BadTemplateError, checked


class TraceLink(forms.Form):
    trace_link = forms.CharField(
        label=_("Address of one request"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url", "placeholder": EXAMPLE}
        ),
        help_text=_("With {trace_id}, {request_id}, {response_id} or {day} where they go. Left empty: no link."),
    )

    def clean_trace_link(self) -> str:
        try:
            return checked(self.cleaned_data["trace_link"])
        except BadTemplateError as error:
            raise forms.ValidationError(str(error)) from error
