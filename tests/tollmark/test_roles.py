"""The roles that the walls stand on."""

import pytest
from django.db import connections

from tests.connections import acting_as

pytestmark = pytest.mark.usefixtures("database")


def _ask(question: str) -> object:
    with connections["default"].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_queries_run_as_the_web_role_unless_told_otherwise() -> None:
    assert _ask("SELECT current_user") == "tollmark_web"


def test_a_part_of_a_test_can_act_as_the_worker_and_returns() -> None:
    with acting_as("worker"):
        assert _ask("SELECT current_user") == "tollmark_worker"
        assert _ask("SHOW statement_timeout") == "4min"
    assert _ask("SELECT current_user") == "tollmark_web"
    assert _ask("SHOW statement_timeout") == "15s"
