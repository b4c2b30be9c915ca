"""Opposite moves at one moment: PostgreSQL lets them run side by side, so the actions must keep an order."""

import threading
from collections.abc import Callable

import pytest

from mulin.cases.actions import joining
from mulin.cases.models import Case
from mulin.kernel.testing.together import at_once
from mulin.voices.models import Matter, Voice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 6


def merge(cast, number: str, into: str) -> Callable[[], Case]:
    return lambda: joining.merge_cases(actor=cast.clerk.actor, number=number, into=into)


def test_of_two_opposite_merges_one_wins_and_the_other_is_told_why(speak, cast, monkeypatch):
    # Both are inside their transactions before either goes on to the other's case.
    inside = threading.Barrier(2)
    real = joining._merge_target

    def late(*args):
        if not inside.broken:
            try:
                inside.wait(1)
            except threading.BrokenBarrierError:
                pass
        return real(*args)

    monkeypatch.setattr(joining, "_merge_target", late)
    first, second = speak(), speak(text="三单元的灯坏了，看不见台阶")
    raised = at_once(merge(cast, first.number, second.number), merge(cast, second.number, first.number))
    assert raised in (["target-merged"], ["wrong-state"])
    assert sorted(Case.objects.values_list("state", flat=True)) == ["merged", "reported"]
    kept = Matter.objects.get(merged_into=None)
    assert set(Voice.objects.values_list("matter", flat=True)) == {kept.pk} and kept.voices_count == 2


def test_a_merge_and_an_unmerge_around_it_never_block_each_other(speak, cast):
    small, middle, large = (speak(text=f"三单元的灯坏了，第{n}盏") for n in range(3))
    for _ in range(ROUNDS):
        merge(cast, small.number, middle.number)()
        raised = at_once(
            merge(cast, middle.number, large.number),
            lambda: joining.unmerge_case(actor=cast.clerk.actor, number=small.number, reason="不是一件事"),
        )
        assert raised == []
        if Case.objects.get(number=small.number).state == "merged":
            joining.unmerge_case(actor=cast.clerk.actor, number=small.number, reason="不是一件事")
        joining.unmerge_case(actor=cast.clerk.actor, number=middle.number, reason="不是一件事")
