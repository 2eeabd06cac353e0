"""What to do about each code with which a post, an item of it or a row of a file was turned down or remarked upon.

The answer to a post says the same of the one item; this is what there is to say of a code alone.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

_UNITS = _(
    "Check the unit: durations are milliseconds, costs are whole currency units, and nothing measured is that large."
)
_CLOCK = _("Set the sender's clock, or send `Sent-At` with each post in the native format: then times are corrected.")

ITEMS: Mapping[str, str] = {
    "contradiction": _(
        "The item says two things that cannot both be true, as an answer without an attempt that answered."
    ),
    "future": _CLOCK,
    "invalid_encoding": _("Send text as UTF-8, without U+0000 and without half surrogate pairs."),
    "invalid_id": _("A trace id has 16 bytes, a span id 8, and neither is all zeros: look at what makes the spans."),
    "invalid_json": _("The item is not JSON. Let a JSON library write it."),
    "invalid_length": _("Names have 1 to 256 characters; leave an empty one out."),
    "invalid_mapping": _("Say which column is what, as the page of the file asks."),
    "invalid_time": _("Write times as 2026-11-24T08:00:00Z, with their offset."),
    "invalid_type": _("Numbers are JSON numbers, whole where they count, and an item is an object."),
    "invalid_value": _("The allowed values are in /api/v1/traces/schema.json."),
    "missing_field": _(
        "A request needs `request_id` and `received_at`, a span its start, a row the id and time of its call."
    ),
    "negative_value": _("Nothing that is measured is negative; leave it out when it was not measured."),
    "no_target": _("A score names its request by exactly one of `request_id`, `response_id` and `trace_id`."),
    "not_a_call": _("The row is no call of a model. Nothing has to be done."),
    "out_of_range": _UNITS,
    "row_too_long": _("A quote is open, or a row holds text that need not be sent. Export the file again without it."),
    "too_many_attempts": _("Send the first attempts, and the completeness `count_only`."),
    "too_many_attributes": _("Keep the attributes and tags that you group by."),
    "too_old": _("Older than raw traces are kept. It can no longer be taken."),
    "unknown_field": _("Leave the field out; the names that are known are in /api/v1/traces/schema.json."),
    "wrong_columns": _(
        "The row has more or fewer fields than the head names: look for a delimiter that is not quoted."
    ),
}
"""Of items that were not taken."""

POSTS: Mapping[str, str] = {
    "backlog": _("The installation is behind with its work. Send the post again; whoever runs it is told."),
    "bad_encoding": _("The body was cut off or is not what Content-Encoding says. Send it again whole."),
    "bad_length": _("Send a Content-Length that is a number, or let the HTTP client write it."),
    "body_too_large": _("Send fewer requests a post: make the exporter's batch smaller."),
    "body_too_slow": _("The sender's connection is too slow for the size of its posts. Make its batch smaller."),
    "disk_low": _("The installation is short of disk. Send the post again; whoever runs it is told."),
    "empty": _("The body held nothing. Send a post only when there is something in it."),
    "incomplete_body": _("The connection broke before the body's end. Send it again."),
    "invalid_encoding": _("Send UTF-8 without a byte order mark."),
    "invalid_json": _("The body is not the JSON that this address takes. Look at the exporter's protocol and address."),
    "invalid_mapping": _('columns is JSON: {"columns": {"received_at": "time", ...}, "durations": "ms"}.'),
    "invalid_protobuf": _("The body is no OTLP export. Look at the exporter's protocol and address."),
    "length_required": _("Send a file with its Content-Length, not in chunks."),
    "logs_not_spans": _("Set OTEL_LOGS_EXPORTER=none, or send logs to /v1/logs."),
    "method_not_allowed": _("Send a POST; a file's state is read with a GET."),
    "no_name": _("Name the replay set in the address: `?name=` and up to 100 characters."),
    "not_found": _("This deployment has no such file. Use the key of the deployment that it was handed over to."),
    "quota_exceeded": _(
        "The key brings more than it may. Send after Retry-After, or ask whoever runs the installation."
    ),
    "too_deep": _("The body is nested deeper than any request. Look at what writes it."),
    "too_many_files": _("Wait until the files that were handed over are read."),
    "too_many_items": _("Split the post."),
    "too_many_records": _("Split the post: make the exporter's batch smaller."),
    "too_many_spans": _("Split the post: make the exporter's batch smaller."),
    "unauthorized": _("Send one of the deployment's keys that is neither expired nor revoked."),
    "unavailable": _("It could not be stored then. Exporters send such a post again by themselves."),
    "unsupported_encoding": _("Compress with gzip or zstd, or not at all."),
    "unsupported_type": _(
        "Send the Content-Type of the address: JSON or NDJSON for requests, protobuf or JSON for OTLP."
    ),
}
"""Of posts that were turned down whole."""

WARNINGS: Mapping[str, str] = {
    "cached_exceeds_input": _("Input tokens include the cached ones. Send their sum as `input_tokens`."),
    "clock_skew_corrected": _("The sender's clock is wrong; its times were corrected. Set the clock."),
    "from_the_future": _("The sender's clock is a little fast. Set it, or send `Sent-At`."),
    "overhead_without_basis": _(
        "Say with `overhead_basis` what `routing_overhead_ms` is: without it, it is not counted."
    ),
    "reasoning_exceeds_output": _("Output tokens include those of reasoning. Send their sum as `output_tokens`."),
    "ttft_after_end": _("The first token came after the end: check the unit of `ttft_ms` and `latency_ms`."),
}
"""Of items that were taken with something odd about them."""

BY_KIND: Mapping[str, Mapping[str, str]] = {"rejected": ITEMS, "refused": POSTS, "warning": WARNINGS}


def advice(kind: str, code: str) -> str:
    """Empty for a code that an earlier version gave and this one no longer does."""
    return BY_KIND[kind].get(code, "")
