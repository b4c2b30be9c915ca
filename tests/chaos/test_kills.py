"""The short version of `make chaos`, in every run of the tests: SQLite, three kills."""

import pytest
from django.db import connection

from tests.chaos import kills
from tests.chaos.databases import Sqlite
from tests.chaos.instance import served

pytestmark = [
    pytest.mark.slow,
    # It starts servers of its own: what database this process looks at changes nothing.
    pytest.mark.skipif(connection.vendor != "sqlite", reason="runs once, with the tests on SQLite"),
]


def test_nothing_acknowledged_is_lost_when_web_worker_and_supervisor_are_killed_under_load():
    with served(Sqlite()) as instance:
        result = kills.under_load(instance, 3, order=["web main", "worker", "everything"])
    assert result["voices"] and result["moves"]
    assert result["broken"], "no request was cut off: the kills missed the load"
