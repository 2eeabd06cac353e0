"""Naming keys and tokens."""

from django import forms


class Label(forms.Form):
    label = forms.CharField(
        max_length=80,
        label="Name of the new key",
        help_text="Where it is used, such as litellm production.",
        error_messages={"required": "Name it after where it will be used, so that you know what revoking it stops."},
    )


class TokenLabel(Label):
    field_order = ("label",)

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.fields["label"].label = "Name of the new token"
        self.fields["label"].help_text = "The program that will read, such as finance export."
