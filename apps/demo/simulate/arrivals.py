"""When requests come: how many on a day, and at which moments of it."""

import math
import random
from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate

from apps.demo.simulate.draws import generator, mean_one_gamma
from apps.demo.simulate.measured import DAILY_CV, HOUR_WEIGHTS
from apps.demo.simulate.profile import Deployment

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WEEKLY_CV = 0.06
"""Coefficient of variation of a deployment's weeks (assumed: two weeks of ServeGen are too few to tell)."""


def count(seed: int, deployment: Deployment, day: date, weeks: float) -> int:
    """Requests on `day`, `weeks` after the demo began; 0 on days it does not work, or after it stopped.

    The days of an ISO week vary as DAILY_CV says, around the week's own level: so a small tenant has quiet days, and no
    month without enough requests to tell anything.
    """
    stopped = deployment.last_day is not None and day > deployment.last_day
    if stopped or day.weekday() not in deployment.weekdays:
        return 0
    year, week, _ = day.isocalendar()
    rng = generator(seed, deployment.key, f"{year}-W{week:02d}")
    level = mean_one_gamma(rng, WEEKLY_CV) * math.exp(deployment.growth * (weeks - 6.5))
    weekend = {weekday: deployment.weekend if weekday >= 5 else 1.0 for weekday in deployment.weekdays}
    days = {weekday: factor * mean_one_gamma(rng, DAILY_CV) for weekday, factor in weekend.items()}
    return round(deployment.weekly * level * days[day.weekday()] / sum(days.values()))


def days_total(seed: int, deployment: Deployment, first: date, last: date, *, began: date) -> int:
    """Requests on the days from `first` to `last`, both included."""
    days = (first + timedelta(days=day) for day in range((last - first).days + 1))
    return sum(count(seed, deployment, day, (day - began).days / 7) for day in days)


def moments(rng: random.Random, deployment: Deployment, number: int) -> list[int]:
    """`number` moments of a UTC day in microseconds, ascending.

    Gaps are gamma with the deployment's coefficient of variation in a time that runs as fast as the traffic of the hour,
    scaled to fit the day.
    """
    shape = 1 / deployment.gap_cv**2
    gamma = rng.gammavariate
    waits = list(accumulate(gamma(shape, 1.0) for _ in range(number + 1)))
    hours = [HOUR_WEIGHTS[(hour + deployment.zone_hours) % 24] for hour in range(24)]
    ends = list(accumulate(hours))
    scale = ends[-1] / waits[-1]
    found = []
    for wait in waits[:-1]:
        traffic = wait * scale
        hour = min(23, bisect_right(ends, traffic))
        into = (traffic - (ends[hour] - hours[hour])) / hours[hour]
        found.append(min(DAY_US - 1, int((hour + into) * HOUR_US)))
    return found
