"""One member's message: the letter, and the headers that mail servers and programs go by."""

import hashlib
import hmac
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from apps.accounts.models import User
from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization
from apps.reports.letter import Letter
from apps.reports.wording import one_line


def message(
    letter: Letter, *, organization: Organization, user: User, week: Week, unsubscribe: str
) -> EmailMultiAlternatives:
    """Its Message-ID is always the same for a week and a recipient: should it ever come twice, it threads as one."""
    mail = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=letter.text,
        to=[formataddr((one_line(user.name), user.email))],
        headers={
            "Message-ID": message_id(organization=organization, user=user, week=week),
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
            "List-Id": f"Weekly report of {organization.slug} <weekly.{organization.slug}.{_host()}>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def message_id(*, organization: Organization, user: User, week: Week) -> str:
    """Says the week, and neither who nor whose."""
    who = f"weekly/{organization.pk}/{week}/{user.pk}"
    digest = hmac.digest(settings.SECRET_KEY.encode(), who.encode(), hashlib.sha256).hex()
    return f"<{week}.{digest[:32]}@{_host()}>"


def _host() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
