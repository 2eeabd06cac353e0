"""What must be read inside a text that may hold content: one number or name is taken, and the text is dropped. Pure.

Nothing is evaluated: JSON is decoded into exactly the fields wanted, Python's notation is searched for counts by name, and a
text beyond its bound is not looked at.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from apps.ingest.adapters import allowed, kept

MOST_JSON = 65_536
MOST_TEXT = 8_192
_STATUS = re.compile(r"(?:error code|status[_ ]code|http status)\W{1,4}([1-5]\d\d)(?!\d)", re.IGNORECASE)
_COUNT = re.compile(r"""['"](\w{1,40}+)['"]:\s{0,4}+(\d{1,12}+)(?![\d.])""")
_COUNTS = {
    kept.INPUT: ("prompt_tokens", "input_tokens", "input"),
    kept.OUTPUT: ("completion_tokens", "output_tokens", "output"),
    kept.CACHE_READ: ("cached_tokens", "cache_read_input_tokens", "input_cached_tokens"),
    kept.CACHE_WRITE: ("cache_creation_input_tokens", "cache_write_tokens", "cache_creation_tokens"),
    kept.REASONING: ("reasoning_tokens", "output_reasoning_tokens"),
}
APART = ("input",)
"""Names of a count of input tokens that leaves out the cached ones, beside those that have them all."""


class _Metadata(Struct):
    model_group: str | None = None


class _Parameters(Struct):
    model: str | None = None
    stream: bool | None = None
    service_tier: str | None = None
    metadata: _Metadata | None = None


def status_in(message: str) -> int | None:
    """A status code that a library wrote into its error message: `Error code: 429 - ...`."""
    found = _STATUS.search(message[:MOST_TEXT])
    return int(found.group(1)) if found else None


def invocation(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001  # one signature for all glimpses
    """Model, streaming, tier and model group out of the parameters of a call, beside which they also hold tools."""
    if len(text) > MOST_JSON:
        return {}
    try:
        said = msgspec.json.decode(text, type=_Parameters)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return {}
    group = said.metadata.model_group if said.metadata else None
    found = {
        kept.MODEL: allowed.label("model", said.model),
        kept.STREAM: said.stream,
        kept.TIER: allowed.tier("service_tier", said.service_tier),
        kept.GROUP: allowed.label("model_group", group),
    }
    return {name: value for name, value in found.items() if value is not None}


def counts(text: str) -> dict[str, str]:
    """The counts by name in a dictionary written as JSON or in Python's notation; the first of a name counts."""
    return dict(reversed(_COUNT.findall(text[:MOST_TEXT])))


def usage(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001
    """Token counts of OpenAI's shape, input including what was cached; or of disjoint kinds, which are summed."""
    told = counts(text)
    said: dict[str, Any] = {}
    for name, spellings in _COUNTS.items():
        for spelling in spellings:
            if spelling in told:
                said[name] = allowed.tokens(spelling, int(told[spelling]))
                if spelling in APART:
                    said[name] += sum(
                        int(told.get(s, 0)) for kind in (kept.CACHE_READ, kept.CACHE_WRITE) for s in _COUNTS[kind]
                    )
                break
    return said


def disjoint_usage(text: str, started_ns: int) -> dict[str, Any]:
    """As Anthropic counts: input tokens leave out those read from a cache and those written to it."""
    said = usage(text, started_ns)
    if kept.INPUT in said:
        said[kept.INPUT] += said.get(kept.CACHE_READ, 0) + said.get(kept.CACHE_WRITE, 0)
    return said


def first_chunk_at(text: str, started_ns: int) -> dict[str, Any]:
    """A moment, quoted as JSON, as seconds from the start."""
    try:
        moment = datetime.fromisoformat(text[:64].strip('"'))
    except ValueError:
        return {}
    if moment.tzinfo is None:
        return {}
    seconds = moment.timestamp() - started_ns / 1e9
    return {kept.FIRST_CHUNK: seconds} if 0 <= seconds <= allowed.MAX_SECONDS else {}


def url(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001
    """Whose API is asked for what; of a long address only what is before its query."""
    path = text[:MOST_TEXT].partition("?")[0]
    return _url(path) if len(path) <= allowed.MOST_PATH else {}


@lru_cache(maxsize=1_024)
def _url(path: str) -> dict[str, Any]:
    """Not to be changed by who gets it."""
    host = path.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    found = {kept.HOST: allowed.host("url", host), kept.OPERATION: allowed.operation("url", path)}
    return {name: value for name, value in found.items() if value is not None}


def api_base(text: str, started_ns: int) -> dict[str, Any]:
    return {name: value for name, value in url(text, started_ns).items() if name == kept.HOST}


def amount(text: str, name: str) -> float | None:
    """A number by name in JSON of names and numbers."""
    try:
        found = msgspec.json.decode(text[:MOST_TEXT], type=dict[str, float]).get(name)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return found
