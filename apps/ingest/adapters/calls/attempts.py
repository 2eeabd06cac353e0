"""The attempts of a call: those that spans below it show, else the one that is known, and how many more there were."""

from dataclasses import dataclass, field
from typing import Any

from apps.ingest.adapters import kept
from apps.ingest.adapters.anthropic_sdk import DIALECT as ANTHROPIC
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.openrouter import DIALECT as OPENROUTER
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Completeness

MOST_HIDDEN = 20
UNKNOWN_ERROR = "unknown"
"""Of an attempt that is known to have failed, and of which nothing else is known."""
_ORDER: tuple[Completeness, ...] = ("complete", "complete_first_hop", "count_only", "lower_bound", "unknown")


@dataclass
class Try:
    """One attempt; times in Unix nanoseconds, null where a span covers more than this attempt."""

    said: dict[str, Any] = field(default_factory=dict)
    started_ns: int | None = None
    ended_ns: int | None = None
    error: str | None = None


def tries_of(call: Call) -> tuple[list[Try], Completeness]:
    """In the order of dispatch. The last one is that of the call's outcome."""
    if call.inner:
        return _of_inner(call)
    return _of_itself(call)


def worst(found: list[Completeness]) -> Completeness:
    return max(found, key=_ORDER.index, default="unknown")


def _of_inner(call: Call) -> tuple[list[Try], Completeness]:
    """Attempts are all there (OpenRouter), only those that failed (pydantic-ai), or calls of another library."""
    inner = sorted(call.inner, key=lambda c: (c.started_ns, c.span.span_id))
    if call.span.dialect == OPENROUTER:
        return _of_openrouter(call, inner)
    found = [tries_of(one) for one in inner]
    tries = [one for some, _ in found for one in some]
    classes = [completeness for _, completeness in found]
    if inner[0].span.role != "attempt":
        return tries, worst(classes)
    for some, _ in found:
        some[-1].error = some[-1].error or UNKNOWN_ERROR
    if call.failed and not call.requests:
        return tries, worst(classes)
    own, completeness = _of_itself(call)
    if not call.requests:
        own[0].started_ns = max(one.ended_ns for one in inner)
    return [*tries, *own], worst([*classes, completeness])


def _of_openrouter(call: Call, inner: list[Call]) -> tuple[list[Try], Completeness]:
    """What an attempt says of its outcome is not relied on: the last one has that of the whole, the others failed."""
    tries = [Try(one.said, one.started_ns, one.ended_ns, UNKNOWN_ERROR) for one in inner]
    tries[-1] = Try(call.said | inner[-1].said, inner[-1].started_ns, inner[-1].ended_ns, error_of(call))
    return tries, "complete" if len(tries) == 1 else "count_only"


def _of_itself(call: Call) -> tuple[list[Try], Completeness]:
    if call.requests:
        return _of_requests(call), "complete_first_hop"
    own = Try(call.said, call.started_ns, None, error_of(call))
    if not call.is_native:
        return [own], "unknown"
    hidden = min(own.said.get(kept.RESENT, 0), MOST_HIDDEN)
    if hidden:
        # How long the attempts before it took is not known, so neither is when the last one began.
        own.started_ns = None
        return [*(Try(error=UNKNOWN_ERROR) for _ in range(hidden)), own], "count_only"
    native = next(s for s in (call.span, *call.others) if s.dialect == ANTHROPIC)
    own.started_ns, own.ended_ns = native.started_ns, native.ended_ns
    if kept.FIRST_CHUNK in own.said:
        own.said[kept.FIRST_CHUNK] = native.attributes.get(kept.FIRST_CHUNK, own.said[kept.FIRST_CHUNK])
    return [own], "complete_first_hop"


def _of_requests(call: Call) -> list[Try]:
    """One HTTP request is one attempt; the call's outcome, usage and answer belong to the last that may have brought them."""
    said = call.said
    asked = {name: said[name] for name in (kept.PROVIDER, kept.SYSTEM, kept.MODEL) if name in said}
    requests = sorted(call.requests, key=lambda s: (s.started_ns, s.span_id))
    answered = [n for n, one in enumerate(requests) if not _refused(one)]
    own = answered[-1] if answered and not call.failed else len(requests) - 1
    tries: list[Try] = []
    for n, one in enumerate(requests):
        status = one.attributes.get(kept.STATUS)
        known = {kept.HOST: one.attributes.get(kept.HOST, said.get(kept.HOST)), kept.STATUS: status}
        told = {name: value for name, value in known.items() if value is not None}
        if n == own:
            waited = (one.started_ns - call.started_ns) / 1e9
            own_said = {k: v for k, v in said.items() if k != kept.STATUS} | told
            if kept.FIRST_CHUNK in said:
                own_said[kept.FIRST_CHUNK] = said[kept.FIRST_CHUNK] - waited
            tries.append(Try(own_said, one.started_ns, max(call.ended_ns, one.ended_ns or 0), error_of(call)))
        else:
            error = one.attributes.get(kept.ERROR) or (str(status) if status else UNKNOWN_ERROR)
            tries.append(Try(asked | told, one.started_ns, one.ended_ns, error))
    return tries


def _refused(request: SpanFact) -> bool:
    status = request.attributes.get(kept.STATUS)
    return request.failed or (status is not None and status >= 400)


def error_of(call: Call) -> str | None:
    if not call.failed:
        return None
    said = call.said
    if kept.CUT in said and kept.ERROR not in said:
        return "cut"
    return said.get(kept.ERROR) or (str(said[kept.STATUS]) if kept.STATUS in said else UNKNOWN_ERROR)
