"""Lists of public matters walk along an index in their order instead of sorting a whole city."""

from datetime import timedelta

import pytest
from django.db import connection

from mulin.kernel.clock import now
from mulin.kernel.db import is_postgres
from mulin.voices.models import Matter
from mulin.voices.queries import public_matters

pytestmark = pytest.mark.django_db


def plan(rows) -> str:
    if is_postgres():
        with connection.cursor() as cursor:
            # A table of a few rows is sorted gladly; the question is whether an index could serve.
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_the_newest_published_come_from_an_index():
    assert "matter_newest" in plan(public_matters()[:30])


def test_what_came_in_between_two_moments_comes_from_an_index():
    since = now() - timedelta(days=90)
    rows = Matter.objects.filter(publication="shown", restriction="", created_at__range=(since, now()))
    said = plan(rows.order_by("-created_at", "-id")[:1000])
    assert "matter_came" in said and "TEMP B-TREE" not in said
