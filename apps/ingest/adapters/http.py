"""HTTP spans. A client's, below a call of a model, are its attempts: a library sends one request a try.

Only requests of an LLM API count, told by their path: a call may also fetch a token or a picture.
"""

from typing import Any

from apps.ingest.adapters import glimpse, kept
from apps.ingest.spans import CLIENT_KIND, SERVER_KIND, Role

DIALECT = "http"
TEXTS = {"http.url": glimpse.url, "url.full": glimpse.url}


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:  # noqa: ARG001
    if kind == SERVER_KIND:
        return DIALECT, "server"
    if kind == CLIENT_KIND and kept.OPERATION in said:
        return DIALECT, "http"
    return "", "other"
