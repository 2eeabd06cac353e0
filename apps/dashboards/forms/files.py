"""Handing a file over, and saying which of its columns is what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.dashboards.wording.translate import Names
from apps.ingest.adapters.exports import columns
from apps.ingest.adapters.exports.columns import FIELDS, REQUIRED

NOT_IN_IT = ""
LABELS = Names(
    {
        "received_at": gettext_noop("When the request came"),
        "request_id": gettext_noop("Its id"),
        "model": gettext_noop("Model that was asked for"),
        "provider": gettext_noop("Provider"),
        "status": gettext_noop("HTTP status"),
        "error_type": gettext_noop("Kind of error"),
        "latency": gettext_noop("How long it took"),
        "ttft": gettext_noop("Time to the first token"),
        "streaming": gettext_noop("Whether it streamed"),
        "input_tokens": gettext_noop("Input tokens"),
        "cache_read_input_tokens": gettext_noop("of which from the cache"),
        "output_tokens": gettext_noop("Output tokens"),
        "reasoning_output_tokens": gettext_noop("of which reasoning"),
        "cost": gettext_noop("What it cost"),
        "task": gettext_noop("Task"),
        "route": gettext_noop("Route"),
        "environment": gettext_noop("Environment"),
        "team": gettext_noop("Team"),
    }
)
HELP = Names(
    {
        "received_at": gettext_noop("ISO 8601, or Unix time in seconds or finer. Without a zone it is UTC."),
        "request_id": gettext_noop("Without one, a row is known by all that it says: equal rows count once."),
        "input_tokens": gettext_noop("Cached ones included."),
        "output_tokens": gettext_noop("Reasoning included."),
    }
)
GROUPS = (
    (_("The request"), FIELDS[:4]),
    (_("How it went"), FIELDS[4:9]),
    (_("What it used"), FIELDS[9:14]),
    (_("Where it belongs"), FIELDS[14:]),
)


class HandOver(forms.Form):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file."), "missing": _("Choose a file.")},
        help_text=_(
            "NDJSON, JSON, CSV or Parquet, plain or packed with gzip or zstd. Prompts and answers in it are not read."
        ),
    )


class Columns(forms.Form):
    durations = forms.ChoiceField(
        label=_("Durations are in"),
        choices=(("ms", _("milliseconds")), ("s", _("seconds"))),
        initial="ms",
        widget=forms.RadioSelect,
    )
    costs = forms.ChoiceField(
        label=_("Costs are in"),
        choices=(("usd", _("US dollars")), ("cents", _("US cents"))),
        initial="usd",
        widget=forms.RadioSelect,
    )

    def __init__(self, *arguments: Any, names: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        guessed = columns.guess(list(names))
        choices = [(NOT_IN_IT, _("not in the file")), *((name, name[:80]) for name in names)]
        for field in FIELDS:
            self.fields[field] = forms.ChoiceField(
                label=LABELS[field],
                choices=choices,
                required=field in REQUIRED,
                initial=guessed.get(field, NOT_IN_IT),
                help_text=HELP.get(field, ""),
                error_messages={"required": _("Choose its column: without it no row can be taken.")},
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(str(title), [self[field] for field in fields]) for title, fields in GROUPS]

    def mapping(self) -> dict[str, Any]:
        """What was said; only after `is_valid`."""
        said = self.cleaned_data
        chosen = {field: said[field] for field in FIELDS if said[field]}
        return {"columns": chosen, "durations": said["durations"], "costs": said["costs"]}
