"""Rows of a file that no module knows: its tenant says which column is what, and in which units."""

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct

from apps.ingest.adapters.exports import values
from apps.ingest.adapters.exports.calls import provider_of, request_of, usage_of, without_provider
from apps.ingest.adapters.exports.labels import of_pairs
from apps.ingest.adapters.exports.values import Row
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Request

NAME = "columns named by you"
DurationUnit = Literal["ms", "s"]
CostUnit = Literal["usd", "cents"]
FIELDS = (
    "received_at",
    "request_id",
    "model",
    "provider",
    "status",
    "error_type",
    "latency",
    "ttft",
    "streaming",
    "input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "cost",
    "task",
    "route",
    "environment",
    "team",
)
REQUIRED = ("received_at", "model")
MAX_COLUMN = 256


class ColumnMapping(Struct, frozen=True, forbid_unknown_fields=True):
    """`columns`: field to the name of its column."""

    columns: dict[str, str]
    durations: DurationUnit = "ms"
    costs: CostUnit = "usd"


def mapping_of(said: Any) -> ColumnMapping:
    """From what was stored or posted. Raises ItemError."""
    try:
        mapping = msgspec.convert(said, ColumnMapping)
    except msgspec.ValidationError as error:
        raise ItemError("invalid_mapping", f"{str(error)[:200]}.") from None
    unknown = sorted(set(mapping.columns) - set(FIELDS))
    if unknown:
        raise ItemError("invalid_mapping", f"There is no field {unknown[0][:40]!r}; there are {', '.join(FIELDS)}.")
    missing = [field for field in REQUIRED if not mapping.columns.get(field)]
    if missing:
        raise ItemError("invalid_mapping", f"Say which column is {missing[0]}.")
    return mapping


def reader(mapping: ColumnMapping) -> Callable[[Row], Request]:
    """`read(row)` under this mapping."""
    named = {field: column for field, column in mapping.columns.items() if column}
    duration = 1_000.0 if mapping.durations == "s" else 1.0
    cost = Decimal("0.01") if mapping.costs == "cents" else Decimal(1)

    def read(row: Row) -> Request:
        said = {field: row.get(column) for field, column in named.items()}
        try:
            return _read(said, row, duration=duration, cost=cost)
        except ItemError as error:
            field, colon, why = error.message.partition(":")
            raise ItemError(error.code, f"{named.get(field, field)}{colon}{why}") from None

    return read


def _read(said: Mapping[str, Any], row: Row, *, duration: float, cost: Decimal) -> Request:
    status, error = values.status(said, "status"), values.text(said, "error_type")
    model = values.text(said, "model")
    provider = values.text(said, "provider") or provider_of(model)
    usage = usage_of(
        values.whole(said, "input_tokens"),
        values.whole(said, "output_tokens"),
        cache_read=values.whole(said, "cache_read_input_tokens"),
        reasoning=values.whole(said, "reasoning_output_tokens"),
    )
    paid = values.money(said, "cost")
    ttft = _times(values.number(said, "ttft"), duration)
    made = request_of(
        request_id=values.text(said, "request_id") or _by_content(row),
        received_at=values.moment(said, "received_at"),
        served=not error and (status is None or status < 400),
        provider=provider.lower() if provider else None,
        model=without_provider(model, provider),
        labels=of_pairs(said),
        latency_ms=_times(values.number(said, "latency"), duration),
        ttft_ms=ttft,
        streaming=values.flag(said, "streaming") if "streaming" in said else (True if ttft else None),
        status=status,
        error_type=values.error_class(said, "error_type") or (str(status) if status else None),
        usage=usage,
        cost=None if paid is None else paid * cost,
        cost_basis=None if paid is None else "gateway",
    )
    if status is None and not error and (usage is None or not usage.output_tokens):
        # Nothing says how it ended.
        return msgspec.structs.replace(made, outcome=None, serving_attempt=None)
    return made


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _by_content(row: Row) -> str:
    """A row without an id is known by all that it says, so that files that overlap do not count it twice."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(row, key=str):
        digest.update(f"{name}\0{row[name]}\0".encode("utf-8", "surrogatepass"))
    return f"row-{digest.hexdigest()}"


def guess(header: list[str]) -> dict[str, str]:
    """Field to the column that is probably it: the form shows this, and a person decides."""
    by_word = {_word(name): name for name in reversed(header)}
    return {field: by_word[word] for field, words in _GUESSES.items() for word in words[::-1] if word in by_word}


def _word(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


_GUESSES: Mapping[str, tuple[str, ...]] = {
    "received_at": ("timestamp", "time", "createdat", "receivedat", "starttime", "date", "datetime", "ts"),
    "request_id": ("requestid", "id", "traceid", "callid", "uuid"),
    "model": ("model", "modelname", "requestmodel", "modelid"),
    "provider": ("provider", "providername", "vendor"),
    "status": ("statuscode", "httpstatus", "responsestatus", "status"),
    "error_type": ("errortype", "errorclass", "error"),
    "latency": ("latencyms", "durationms", "latency", "duration", "responsetime", "latencys", "durations"),
    "ttft": ("ttftms", "ttft", "timetofirsttoken", "timetofirsttokenms"),
    "streaming": ("streaming", "stream", "isstream", "streamed"),
    "input_tokens": ("inputtokens", "prompttokens", "tokensin", "tokensprompt"),
    "cache_read_input_tokens": ("cachereadinputtokens", "cachedtokens", "cachedinputtokens"),
    "output_tokens": ("outputtokens", "completiontokens", "tokensout", "tokenscompletion"),
    "reasoning_output_tokens": ("reasoningoutputtokens", "reasoningtokens"),
    "cost": ("costusd", "cost", "totalcost", "price", "spend", "costcents"),
    "task": ("task", "tasklabel", "usecase"),
    "route": ("route",),
    "environment": ("environment", "env"),
    "team": ("team",),
}
"""Likeliest first; a word is a column's name in lower case without signs."""
