"""What a mail server's answer means: gone, refused, not gone yet, or nobody knows."""

import smtplib

from apps.reports.models import Delivery

State = Delivery.State
PERMANENT = 500
LONGEST = 300


def understand(error: Exception) -> tuple[State, str]:
    """The state after an error while one message to one recipient was handed over, and what to note.

    Only a clear refusal says that nothing has left. A connection that broke or fell silent may have done so after the
    message was taken, so it is never tried again.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            return (State.FAILED if code >= PERMANENT else State.PENDING), _note(code, said)
        case smtplib.SMTPDataError():
            state = State.FAILED if error.smtp_code >= PERMANENT else State.PENDING
            return state, _note(error.smtp_code, error.smtp_error)
        case smtplib.SMTPResponseException():  # the sender refused, the greeting, the sign-in: ours to mend, then again
            return State.PENDING, _note(error.smtp_code, error.smtp_error)
        case _:
            return State.UNKNOWN, f"{type(error).__name__}: {error}"[:LONGEST]


def _note(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())[:LONGEST]
