"""When two streets become one: what the worker found out about each of them."""

from collections.abc import Mapping

from django.db.models import Min, Sum

from mulin.insight.models import HotLook, LateCount
from mulin.kernel.db import write
from mulin.places.joining import meeting


def join_streets(mapping: Mapping[str, str]) -> int:
    """Overdue cases of both streets are added up until the worker counts again; that somebody looked for hot
    topics is forgotten, so that it looks again at once. Returns how many rows went."""
    n = 0
    with write():
        for pks in meeting(LateCount.objects.all(), mapping).values():
            both = LateCount.objects.filter(pk__in=pks)
            LateCount.objects.filter(pk=pks[0]).update(
                **both.aggregate(n=Sum("n"), counted_at=Min("counted_at"))
            )
            n += both.exclude(pk=pks[0]).delete()[0]
        for pks in meeting(HotLook.objects.all(), mapping).values():
            n += HotLook.objects.filter(pk__in=pks).delete()[0]
    return n
