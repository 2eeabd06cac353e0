"""How much of a request is known, and how its attempts were put together, in words."""

from django.utils.translation import gettext_noop as _

from apps.dashboards.wording.translate import Names

COMPLETENESS = Names(
    {
        "complete": _("complete"),
        "complete_first_hop": _("complete to the next gateway"),
        "count_only": _("attempts counted, not seen"),
        "lower_bound": _("at least what is shown"),
        "unknown": _("unknown"),
    }
)
COMPLETENESS_MEANS = Names(
    {
        "complete": _("Every attempt was reported."),
        "complete_first_hop": _("Every attempt up to the next gateway was reported; what that one did is not seen."),
        "count_only": _("It is known how many attempts there were, not what each of them was."),
        "lower_bound": _("Some attempts were reported, and there may have been more."),
        "unknown": _("Nobody said whether these were all attempts."),
    }
)
GROUPING_MEANS = Names(
    {
        "explicit": _("The sender said which attempts belong together."),
        "inferred": _("Which attempts belong together was inferred from what the sender reported."),
        "ambiguous": _("Which attempts belong together is not certain."),
    }
)
