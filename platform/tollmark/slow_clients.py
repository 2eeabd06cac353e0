"""gunicorn's threaded worker, with an end to the patience it has with a client that does not go on.

A thread that reads from a silent client waits for ever, and a handful of such clients would hold every thread there is. Of
a proxy in front this is asked too, but not everybody has one.
"""

from typing import Any

from gunicorn.workers import gthread

from apps.ingest.deadlines import within

FIRST_BYTE_SECONDS = 0.02
"""A connection that says nothing at once waits in the poller, where it costs no thread."""
HEADER_SECONDS = 5.0
FORM_SECONDS = 10.0
REQUEST_SECONDS = 40.0
"""For any other body; posts of programs have a shorter limit of their own, and an answer that says so."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Worker(gthread.ThreadWorker):
    def handle(self, conn: Any) -> Any:
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_SECONDS):
            return gthread._DEFER  # noqa: SLF001  # what the method answers there itself, after five seconds
        with within(HEADER_SECONDS, conn.sock) as conn.header_deadline:
            goes_on = super().handle(conn)  # type: ignore[no-untyped-call]
        if not goes_on:
            _close(conn)
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Called by `handle` once the header is there."""
        conn.header_deadline.lift()
        with within(FORM_SECONDS if _is_form(req) else REQUEST_SECONDS, conn.sock):
            return super().handle_request(req, conn)  # type: ignore[no-untyped-call]


def _is_form(req: Any) -> bool:
    return any(name == "CONTENT-TYPE" and value.startswith(FORMS) for name, value in req.headers)


def _close(conn: Any) -> None:
    """Here and not in the main loop, which would stand still for as long as the client keeps its end open."""
    conn.close(graceful=True)
    conn.close = lambda **_: None
