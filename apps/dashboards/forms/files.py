"""Handing a file over, and saying which of its columns is what."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.ingest.adapters.exports import columns
from apps.ingest.adapters.exports.columns import FIELDS, REQUIRED

NOT_IN_IT = ""
LABELS = {
    "received_at": "When the request came",
    "request_id": "Its id",
    "model": "Model that was asked for",
    "provider": "Provider",
    "status": "HTTP status",
    "error_type": "Kind of error",
    "latency": "How long it took",
    "ttft": "Time to the first token",
    "streaming": "Whether it streamed",
    "input_tokens": "Input tokens",
    "cache_read_input_tokens": "of which from the cache",
    "output_tokens": "Output tokens",
    "reasoning_output_tokens": "of which reasoning",
    "cost": "What it cost",
    "task": "Task",
    "route": "Route",
    "environment": "Environment",
    "team": "Team",
}
HELP = {
    "received_at": "ISO 8601, or Unix time in seconds or finer. Without a zone it is UTC.",
    "request_id": "Without one, a row is known by all that it says: equal rows count once.",
    "input_tokens": "Cached ones included.",
    "output_tokens": "Reasoning included.",
}
GROUPS = (
    ("The request", FIELDS[:4]),
    ("How it went", FIELDS[4:9]),
    ("What it used", FIELDS[9:14]),
    ("Where it belongs", FIELDS[14:]),
)


class HandOver(forms.Form):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file.", "missing": "Choose a file."},
        help_text="NDJSON, JSON, CSV or Parquet, plain or packed with gzip or zstd. Prompts and answers in it are not read.",
    )


class Columns(forms.Form):
    durations = forms.ChoiceField(
        label="Durations are in",
        choices=(("ms", "milliseconds"), ("s", "seconds")),
        initial="ms",
        widget=forms.RadioSelect,
    )
    costs = forms.ChoiceField(
        label="Costs are in",
        choices=(("usd", "US dollars"), ("cents", "US cents")),
        initial="usd",
        widget=forms.RadioSelect,
    )

    def __init__(self, *arguments: Any, names: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        guessed = columns.guess(list(names))
        choices = [(NOT_IN_IT, "not in the file"), *((name, name[:80]) for name in names)]
        for field in FIELDS:
            self.fields[field] = forms.ChoiceField(
                label=LABELS[field],
                choices=choices,
                required=field in REQUIRED,
                initial=guessed.get(field, NOT_IN_IT),
                help_text=HELP.get(field, ""),
                error_messages={"required": "Choose its column: without it no row can be taken."},
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[field] for field in fields]) for title, fields in GROUPS]

    def mapping(self) -> dict[str, Any]:
        """What was said; only after `is_valid`."""
        said = self.cleaned_data
        chosen = {field: said[field] for field in FIELDS if said[field]}
        return {"columns": chosen, "durations": said["durations"], "costs": said["costs"]}
