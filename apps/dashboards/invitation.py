"""The mail that tells somebody they were added to an organization; it carries no secret."""

from functools import partial

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)


def invite(*, email: str, inviter: str, organization: str) -> None:
    """Sent once the membership is committed; a mail server that is away costs the mail, not the membership."""
    values = {
        "inviter": inviter,
        "organization": organization,
        "sign_in": settings.SITE_URL + reverse("account_login"),
        "set_password": settings.SITE_URL + reverse("account_reset_password"),
    }
    message = EmailMessage(
        subject=_("You can now see what {organization} pays for model routing").format(
            organization=_one_line(organization)
        ),
        body=render_to_string("dashboards/mail/invitation.txt", values),
        to=[email],
    )
    transaction.on_commit(partial(_send, message))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        log.exception("invitation not sent")


def _one_line(text: str) -> str:
    return " ".join(text.split())
