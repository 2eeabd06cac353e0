"""What msgspec says of an item that does not fit, as a code for programs and a sentence that helps."""

import re

from apps.ingest.refusals import ItemError

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
LONE_SURROGATE = re.compile(
    rb"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_ENUM = re.compile(r"(Invalid enum value) .*?( - at `\$[\w.\[\]]*`)?", re.DOTALL)
_UNKNOWN = "contains unknown field"
NOT_FINITE = re.compile(rb"[:\[,]\s*[-+]?(?:NaN|Infinity|inf|nan)\b")

_PATTERNS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), code, advice)
    for pattern, code, advice in (
        (r"missing required field", "missing_field", "Every request needs request_id and received_at."),
        (r"contains unknown field", "unknown_field", "Leave it out; the names are in /api/v1/traces/schema.json."),
        (r"with a timezone component", "invalid_time", "Add the offset, as in 2026-11-24T08:00:00Z."),
        (r"Invalid RFC3339", "invalid_time", "Write it as 2026-11-24T08:00:00Z."),
        (r"(?:>= 0(?:\.0)?)(?: |$)", "negative_value", "It cannot be negative; leave it out when it was not measured."),
        (
            r"Number out of range|Integer value out of range",
            "out_of_range",
            "The number is larger than any measurement.",
        ),
        (r"Expected `array` of length <=", "too_many_attempts", "Send the first ones, and completeness count_only."),
        (r"Expected `object` of length <=", "too_many_attributes", "Keep those that you group by."),
        (r"Expected `str` of length", "invalid_length", "Names have 1 to 256 characters; leave out an empty one."),
        (r"Expected `(?:int|float)` [<>]=", "out_of_range", "Check the unit."),
        (r"Invalid enum value", "invalid_value", "The allowed values are in /api/v1/traces/schema.json."),
        (r"matching regex", "invalid_value", "A currency is three capital letters, as in USD."),
        (
            r"got `",
            "invalid_type",
            "Numbers are JSON numbers, whole where they count; leave out what was not measured.",
        ),
    )
)


def of_validation(error: Exception) -> ItemError:
    """For an item that is JSON but not a request."""
    said = str(error)
    for pattern, code, advice in _PATTERNS:
        if pattern.search(said):
            return ItemError(code, f"{_readable(said)}. {advice}")
    return ItemError("invalid_value", f"{_readable(said)}.")


def of_syntax(item: bytes, error: Exception) -> ItemError:
    """For an item that is not JSON, or carries text that no database keeps."""
    if LONE_SURROGATE.search(item):
        return ItemError("invalid_encoding", "It holds half of a surrogate pair; send text as UTF-8.")
    if NOT_FINITE.search(item):
        return ItemError("out_of_range", "NaN and Infinity are no JSON and no measurement; leave the field out.")
    return ItemError("invalid_json", f"It is not JSON: {str(error)[:200]}.")


def of_text(item: bytes) -> ItemError | None:
    """Text that JSON allows and Postgres does not."""
    if b"\\u0000" in item and NUL.search(item):
        return ItemError("invalid_encoding", "It holds the character U+0000; remove it.")
    return None


def unquoted(message: str) -> str:
    """The message as it may be kept: its sender is told the name of a field that is not known, which might be anything."""
    if _UNKNOWN in message:
        return "It has a field that is not known here. Leave it out; the answer to the post names it."
    return message


def _readable(said: str) -> str:
    """`Expected ... - at `$.attempts[0].status`` with the path first, and no value of the sender."""
    if (enum := _ENUM.fullmatch(said)) is not None:
        said = enum[1] + (enum[2] or "")
    text, _, path = said.partition(" - at ")
    where = path.strip("`").removeprefix("$.").removeprefix("$")
    text = text.replace("`", "")[:160]
    return f"{where}: {text}" if where else text
