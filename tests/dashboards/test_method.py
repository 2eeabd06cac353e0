"""The page of the method says what the registry says."""

import pytest
from django.test import Client

from apps.dashboards.pages import method
from apps.rollups.metrics.registry import METRICS

pytestmark = pytest.mark.usefixtures("database")


def test_every_metric_is_defined_there_for_everybody_in_the_words_of_the_registry() -> None:
    answer = Client().get("/method")
    assert answer.status_code == 200
    shown = answer.content.decode()
    for metric in METRICS.values():
        assert f'id="{metric.name}"' in shown
        assert metric.caveat in shown
    assert "10 other organizations" in shown


def test_the_study_is_computed_anew_from_its_own_figures() -> None:
    found = [one.found for one in method.build().corrections]
    assert found[0].startswith("5.0 hours a day; 208 hours take 10 million requests a day.")
    assert "about $1 a day" in found[0]
    assert found[1].replace("\N{NO-BREAK SPACE}", " ").startswith("13.4 % more only")
    assert "5.0 % when they were not" in found[1].replace("\N{NO-BREAK SPACE}", " ")
    assert found[2].replace("\N{NO-BREAK SPACE}", " ") == "14 / 58 is 24 %."
