"""Why an attempt failed, in words."""

from django.utils.translation import gettext_noop as _

from apps.costing import causes
from apps.dashboards.wording.translate import Names

CAUSES = Names(
    {
        causes.RATE_LIMITED: _("rate limited"),
        causes.TIMEOUT: _("timed out"),
        causes.SERVER_ERROR: _("server error"),
        causes.CUT: _("answer cut off"),
        causes.CONNECTION: _("no connection"),
        causes.REJECTED: _("request rejected"),
        causes.UNAUTHORIZED: _("not authorized"),
        causes.CLIENT_CLOSED: _("client gave up"),
        causes.OTHER: _("another error"),
    }
)
"""In the order in which they are offered."""
