"""Handing messages to a mail server, one at a time, and saying what became of each."""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from apps.organizations.models import Organization
from apps.reports.answers import understand
from apps.reports.models import Delivery

FILES = "django.core.mail.backends.filebased.EmailBackend"
RESERVED = (".example", ".invalid", ".test", ".localhost")
"""Top-level names that belong to nobody (RFC 2606)."""


class UnreachableError(Exception):
    """The mail server could not be reached; nothing has left."""


class Outbox:
    """A connection that is opened when it is first needed, and again after an error."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def hand_over(self, message: EmailMessage) -> tuple[Delivery.State, str]:
        """(state, what the server said). Raises UnreachableError when there was nobody to hand it to."""
        try:
            connection = self._open()
        except OSError as error:
            self.close()
            raise UnreachableError(f"{type(error).__name__}: {error}") from error
        try:
            connection.send_messages([message])
        except OSError as error:  # smtplib's errors are OSErrors too
            self.close()
            return understand(error)
        return Delivery.State.SENT, ""

    def close(self) -> None:
        connection, self._connection = self._connection, None
        with suppress(OSError):
            if connection is not None:
                connection.close()

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = get_connection(**self._options)
        self._connection.open()
        return self._connection


def outbox_of(organization: Organization) -> Outbox:
    """Where an organization's mail goes: the demo's into files, whatever mail server is configured."""
    return files() if organization.is_demo else Outbox()


def files() -> Outbox:
    folder = Path(settings.DATA_DIR) / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    return Outbox(backend=FILES, file_path=str(folder))


def belongs_to_nobody(address: str) -> bool:
    return address.lower().rstrip(".").endswith(RESERVED)
