"""Who serves, and what is cached."""

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext_noop as _

from apps.rollups.metrics.definition import Direction, Found, Metric, Unit, divided
from apps.rollups.totals import Totals

SMALLEST_SHARE = Fraction(1, 100)
"""Of served requests, below which a provider is not counted."""


def that_serve(served: Mapping[str, int]) -> int:
    """Of providers with how much each served, those that count; under '' what nobody is known to have served."""
    everything = sum(served.values())
    return sum(1 for name, count in served.items() if name and count >= SMALLEST_SHARE * everything > 0)


def _providers(totals: Totals) -> Found:
    served = {name: one.served for name, one in totals.providers.items()}
    counted = that_serve(served)
    return Found(float(counted) if counted else None, sum(served.values()) - served.get("", 0), totals.attempts.served)


def _hhi(totals: Totals) -> Found:
    billed = {name: one.billed_nano for name, one in totals.providers.items() if name}
    whole = sum(billed.values())
    value = float(sum(Fraction(part, whole) ** 2 for part in billed.values())) if whole else None
    return Found(value, totals.requests.priced, totals.requests.requests)


def _cache_share(totals: Totals) -> Found:
    sums = totals.attempts
    share = divided(sums.cache_read_tokens, sums.cache_known_input_tokens)
    return Found(None if share is None else min(share, 1.0), sums.cache_known, sums.input_known)


PROVIDERS = (
    Metric(
        name="providers",
        title=_("Providers that serve"),
        unit=Unit.COUNT,
        direction=Direction.NEITHER,
        numerator=_("providers that served at least one per cent of the requests"),
        denominator="",
        coverage=_("served requests whose provider is known, of those served by an attempt"),
        why=_("With one provider there is nobody to fall back to, and nobody to compare with."),
        caveat=_("More is not better in itself."),
        find=_providers,
    ),
    Metric(
        name="provider_hhi",
        title=_("Concentration of spend on providers"),
        unit=Unit.INDEX,
        direction=Direction.NEITHER,
        numerator=_("sum of the squared shares of providers in what was billed (Herfindahl index)"),
        denominator="",
        coverage=_("requests with a cost, of all"),
        why=_("At 1 everything is paid to one provider."),
        caveat=_("It says how spend is spread, not whether that is good."),
        find=_hhi,
    ),
    Metric(
        name="cache_read_share",
        title=_("Input read from a provider's cache"),
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        numerator=_("cached input tokens"),
        denominator=_("input tokens of attempts that told how many were cached"),
        coverage=_("attempts that told it, of those with input tokens"),
        why=_("Cached input costs a fraction of the same input sent anew."),
        caveat=_("What can be cached depends on the prompts."),
        find=_cache_share,
    ),
)
