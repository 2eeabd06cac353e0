"""Whether reports can leave; nothing is sent."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection

from apps.operations.doctor.finding import FAIL, OK, WARN, Finding, graded

SMTP = "django.core.mail.backends.smtp.EmailBackend"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def delivery(_now: datetime) -> Iterator[Finding]:
    if settings.EMAIL_BACKEND != SMTP:
        yield Finding("mail", WARN, "no message leaves this host", "Set EMAIL_URL to a mail server.")
        return
    yield _server()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    yield graded(
        "mail sender",
        WARN if sender in LOOPBACK else OK,
        f"@{sender}",
        "Set EMAIL_FROM to an address that may be answered.",
    )
    host = urlsplit(settings.SITE_URL).hostname or ""
    yield graded(
        "links in mail", WARN if host in LOOPBACK else OK, host, "Set SITE_URL to the address that people use."
    )


def _server() -> Finding:
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        said = f"{settings.EMAIL_HOST} does not take us: {type(error).__qualname__}"
        return Finding("mail server", FAIL, said, "See EMAIL_URL: host, port, encryption, user and password.")
    connection.close()
    return Finding("mail server", OK, f"{settings.EMAIL_HOST} answers")
