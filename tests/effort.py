"""How long a property is looked at: seconds by default, minutes with `manage.py test --all`."""

from typing import Any

from hypothesis import HealthCheck, settings


def effort(examples: int, **options: Any) -> settings:
    """Settings of a property whose examples are dear: as many of them by default, and in proportion with `--all`."""
    share = settings().max_examples / settings.get_profile("default").max_examples
    allowed = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
    return settings(max_examples=round(examples * share), deadline=None, suppress_health_check=allowed, **options)
