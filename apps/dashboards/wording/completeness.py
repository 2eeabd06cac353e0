"""How much of a request is known, and how its attempts were put together, in words."""

COMPLETENESS = {
    "complete": "complete",
    "complete_first_hop": "complete to the next gateway",
    "count_only": "attempts counted, not seen",
    "lower_bound": "at least what is shown",
    "unknown": "unknown",
}
COMPLETENESS_MEANS = {
    "complete": "Every attempt was reported.",
    "complete_first_hop": "Every attempt up to the next gateway was reported; what that one did is not seen.",
    "count_only": "It is known how many attempts there were, not what each of them was.",
    "lower_bound": "Some attempts were reported, and there may have been more.",
    "unknown": "Nobody said whether these were all attempts.",
}
GROUPING_MEANS = {
    "explicit": "The sender said which attempts belong together.",
    "inferred": "Which attempts belong together was inferred from what the sender reported.",
    "ambiguous": "Which attempts belong together is not certain.",
}
