"""A real SMTP server that keeps what it is sent, and can be told to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tollmark.embedded.children import free_port


@dataclass
class Received:
    recipients: list[str]
    message: EmailMessage

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def text(self) -> str:
        return self._body("plain")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"the message has no {kind} body"
        return str(part.get_content())


@dataclass
class SmtpServer:
    host: str
    port: int
    messages: list[Received] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """An answer by recipient, such as {"a@example.com": "550 no such user"}."""

    def to(self, recipient: str) -> list[Received]:
        """What one recipient got; other tests and mails may use the same server."""
        return [received for received in self.messages if recipient in received.recipients]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        self.messages.append(Received(list(envelope.rcpt_tos), message))
        return "250 kept"


@contextmanager
def serving() -> Iterator[SmtpServer]:
    handler = SmtpServer("127.0.0.1", free_port())
    controller = Controller(handler, hostname=handler.host, port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
