"""What to do about each code with which a post, an item of it or a row of a file was turned down or remarked upon.

The answer to a post says the same of the one item; this is what there is to say of a code alone.
"""

from collections.abc import Mapping

_UNITS = (
    "Check the unit: durations are milliseconds, costs are whole currency units, and nothing measured is that large."
)
_CLOCK = "Set the sender's clock, or send `Sent-At` with each post in the native format: then times are corrected."

ITEMS: Mapping[str, str] = {
    "contradiction": "The item says two things that cannot both be true, as an answer without an attempt that answered.",
    "future": _CLOCK,
    "invalid_encoding": "Send text as UTF-8, without U+0000 and without half surrogate pairs.",
    "invalid_id": "A trace id has 16 bytes, a span id 8, and neither is all zeros: look at what makes the spans.",
    "invalid_json": "The item is not JSON. Let a JSON library write it.",
    "invalid_length": "Names have 1 to 256 characters; leave an empty one out.",
    "invalid_mapping": "Say which column is what, as the page of the file asks.",
    "invalid_time": "Write times as 2026-11-24T08:00:00Z, with their offset.",
    "invalid_type": "Numbers are JSON numbers, whole where they count, and an item is an object.",
    "invalid_value": "The allowed values are in /api/v1/traces/schema.json.",
    "missing_field": "A request needs `request_id` and `received_at`, a span its start, a row the id and time of its call.",
    "negative_value": "Nothing that is measured is negative; leave it out when it was not measured.",
    "no_target": "A score names its request by exactly one of `request_id`, `response_id` and `trace_id`.",
    "not_a_call": "The row is no call of a model. Nothing has to be done.",
    "out_of_range": _UNITS,
    "row_too_long": "A quote is open, or a row holds text that need not be sent. Export the file again without it.",
    "too_many_attempts": "Send the first attempts, and the completeness `count_only`.",
    "too_many_attributes": "Keep the attributes and tags that you group by.",
    "too_old": "Older than raw traces are kept. It can no longer be taken.",
    "unknown_field": "Leave the field out; the names that are known are in /api/v1/traces/schema.json.",
    "wrong_columns": "The row has more or fewer fields than the head names: look for a delimiter that is not quoted.",
}
"""Of items that were not taken."""

POSTS: Mapping[str, str] = {
    "backlog": "The installation is behind with its work. Send the post again; whoever runs it is told.",
    "bad_encoding": "The body was cut off or is not what Content-Encoding says. Send it again whole.",
    "bad_length": "Send a Content-Length that is a number, or let the HTTP client write it.",
    "body_too_large": "Send fewer requests a post: make the exporter's batch smaller.",
    "body_too_slow": "The sender's connection is too slow for the size of its posts. Make its batch smaller.",
    "disk_low": "The installation is short of disk. Send the post again; whoever runs it is told.",
    "empty": "The body held nothing. Send a post only when there is something in it.",
    "incomplete_body": "The connection broke before the body's end. Send it again.",
    "invalid_encoding": "Send UTF-8 without a byte order mark.",
    "invalid_json": "The body is not the JSON that this address takes. Look at the exporter's protocol and address.",
    "invalid_mapping": 'columns is JSON: {"columns": {"received_at": "time", ...}, "durations": "ms"}.',
    "invalid_protobuf": "The body is no OTLP export. Look at the exporter's protocol and address.",
    "length_required": "Send a file with its Content-Length, not in chunks.",
    "logs_not_spans": "Set OTEL_LOGS_EXPORTER=none, or send logs to /v1/logs.",
    "method_not_allowed": "Send a POST; a file's state is read with a GET.",
    "no_name": "Name the replay set in the address: `?name=` and up to 100 characters.",
    "not_found": "This deployment has no such file. Use the key of the deployment that it was handed over to.",
    "quota_exceeded": "The key brings more than it may. Send after Retry-After, or ask whoever runs the installation.",
    "too_deep": "The body is nested deeper than any request. Look at what writes it.",
    "too_many_files": "Wait until the files that were handed over are read.",
    "too_many_items": "Split the post.",
    "too_many_records": "Split the post: make the exporter's batch smaller.",
    "too_many_spans": "Split the post: make the exporter's batch smaller.",
    "unauthorized": "Send one of the deployment's keys that is neither expired nor revoked.",
    "unavailable": "It could not be stored then. Exporters send such a post again by themselves.",
    "unsupported_encoding": "Compress with gzip or zstd, or not at all.",
    "unsupported_type": "Send the Content-Type of the address: JSON or NDJSON for requests, protobuf or JSON for OTLP.",
}
"""Of posts that were turned down whole."""

WARNINGS: Mapping[str, str] = {
    "cached_exceeds_input": "Input tokens include the cached ones. Send their sum as `input_tokens`.",
    "clock_skew_corrected": "The sender's clock is wrong; its times were corrected. Set the clock.",
    "from_the_future": "The sender's clock is a little fast. Set it, or send `Sent-At`.",
    "overhead_without_basis": "Say with `overhead_basis` what `routing_overhead_ms` is: without it, it is not counted.",
    "reasoning_exceeds_output": "Output tokens include those of reasoning. Send their sum as `output_tokens`.",
    "ttft_after_end": "The first token came after the end: check the unit of `ttft_ms` and `latency_ms`.",
}
"""Of items that were taken with something odd about them."""

BY_KIND: Mapping[str, Mapping[str, str]] = {"rejected": ITEMS, "refused": POSTS, "warning": WARNINGS}


def advice(kind: str, code: str) -> str:
    """Empty for a code that an earlier version gave and this one no longer does."""
    return BY_KIND[kind].get(code, "")
