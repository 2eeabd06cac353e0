"""What an error of the mail server means for a delivery."""

import smtplib

import pytest

from apps.reports.answers import understand
from apps.reports.models import Delivery

State = Delivery.State


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such user")}), State.FAILED),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"greylisted")}), State.PENDING),
        (smtplib.SMTPDataError(554, b"spam"), State.FAILED),
        (smtplib.SMTPDataError(451, b"later"), State.PENDING),
        (smtplib.SMTPSenderRefused(530, b"sign in first", "t@x"), State.PENDING),
        (smtplib.SMTPServerDisconnected("gone"), State.UNKNOWN),
        (TimeoutError("the read timed out"), State.UNKNOWN),
        (ConnectionResetError(104, "reset"), State.UNKNOWN),
    ],
)
def test_only_a_clear_refusal_says_that_nothing_has_left(error: Exception, state: Delivery.State) -> None:
    assert understand(error)[0] is state


def test_the_note_is_one_short_line() -> None:
    _, note = understand(smtplib.SMTPRecipientsRefused({"a@b": (550, b"no\r\nsuch user " + b"x" * 1_000)}))
    assert note.startswith("550 no such user x")
    assert len(note) == 300
