"""Whatever happens in whatever order: counters equal a recount, the journal verifies, one line an action."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.cases import moves, states
from mulin.cases.actions import close_confirmed, escalate_overdue
from mulin.cases.models import Case, Clock
from mulin.kernel import clock, counters, journal
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry
from mulin.kernel.recounting import compare

PARTS = ("clerk", "secretary", "street", "department", "resident", "district", "gridworker")
NAMES = sorted(moves.ALL)
CATEGORIES = ("street_lamp", "garbage", "illegal_building", "gas_leak")


def choices():
    """One step of a walk: which case, what, by whom, and a number that picks among possible fields."""
    return st.tuples(
        st.integers(0, 2), st.sampled_from([*NAMES, "tick", "recategorise", "relocate", "withdraw"]),
        st.sampled_from(PARTS), st.integers(0, 7),
    )  # fmt: skip


@pytest.fixture
def three(speak, cast):
    return [
        speak(),
        speak(text="垃圾堆在楼道口没人收，味道很大", category="garbage"),
        speak(text="三单元门口的灯坏了，看不见台阶"),
    ]


class Walk:
    """Plays steps and knows what must hold after each of them."""

    def __init__(self, cast, world, cases):
        self.cast, self.world, self.cases = cast, world, cases
        self.done: Counter = Counter()

    def fields(self, move: str, pick: int) -> dict:
        world = self.world
        orgs = [world.city_management, world.housing, world.committee, world.property_firm]
        values = {
            "facts": {"basics": "看过现场"},
            "org": orgs[pick % 4].id if pick < 6 else None,
            "proposed": None,
            "orgs": [orgs[pick % 4].id],
            "reason": "写一句原因",
            "reason_code": "out_of_scope" if move == "exclude" else "elsewhere",
            "uphold": pick % 2,
            "done_text": "修好了",
            "reply": "修好了，看过现场",
            "confirm_reply": True,
            "is_solved": pick % 3 != 0,
            "is_satisfied": pick % 2 == 0,
            "review_on": clock.today().replace(year=clock.today().year + 1, day=1).isoformat(),
            "into": self.cases[pick % 3].number,
            "item": "cordon",
            "state": ("arrived", "done")[pick % 2],
            "result": ("reached", "no_answer", "declined", "no_contact")[pick % 4],
            "how": "phone",
            "handler": self.cast.secretary.id,
            "text": "备注",
            "agree": pick % 2,
            "note": "一句说明",
        }
        return {name: values.get(name) for name, _required in moves.field_names(move)}

    def act(self, which: int, what: str, part: str, pick: int) -> int:
        """Do one step; returns how many actions took effect (0 when it was refused)."""
        said, actor = self.cases[which], getattr(self.cast, part).actor
        if what == "tick":
            return escalate_overdue() + close_confirmed()
        if what in moves.ALL:
            moves.perform(what, actor=actor, number=said.number, **self.fields(what, pick))
        else:
            self.voice_action(what, actor, said, pick)
        return 1

    def voice_action(self, what, actor, said, pick):
        from mulin.voices import actions

        if what == "recategorise":
            actions.recategorise_matter(
                actor=actor, number=said.number, category=CATEGORIES[pick % 4],
                severity=("minor", "major")[pick == 7],
            )  # fmt: skip
        elif what == "relocate":
            place = (self.world.home, "500108002001")[pick % 2]
            actions.relocate_matter(actor=actor, number=said.number, place=place)
        else:
            actions.withdraw_voice(actor=actor, number=said.voice.number, reason="by_mistake")

    def step(self, which, what, part, pick):
        lines = Entry.objects.count()
        before = {case.id: case.state for case in Case.objects.all()}
        try:
            with transaction.atomic():  # what an action did before it refused is undone
                effects = self.act(which, what, part, pick)
        except (ActionError, NotVisible):
            effects = 0
        assert Entry.objects.count() == lines + effects, (what, effects)
        self.done[what] += effects
        for case in Case.objects.all():
            self.check_case(case, before[case.id], what, effects)
        _figures, wrong = compare()
        assert not wrong, wrong[:5]

    def check_case(self, case, was, what, effects):
        assert case.state in states.STATES
        assert case.is_open == (case.state in states.OPEN)
        if case.state != was:
            assert effects
            if what in states.MOVES and what not in {"confirm", "unmerge", "resume", "decide-objection"}:
                assert was in states.MOVES[what].sources
        running = Clock.objects.filter(case=case, stopped_at=None, paused_at=None)
        if case.state not in {"suspended", "merged"}:
            assert case.due_at == min((c.due_at for c in running), default=case.due_at)
        if case.state in {"closed", "refused"}:
            assert not running.exists() and case.closed_at and case.outcome
        if case.state in {"suspended", "merged"}:
            assert not running.exists()


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(choices(), min_size=5, max_size=25), days=st.lists(st.integers(0, 6), max_size=25))
def test_counters_equal_a_recount_after_any_walk(steps, days, three, cast, world):
    start = clock.now()
    with transaction.atomic():
        sid = transaction.savepoint()
        walk = Walk(cast, world, three)
        passed = 0
        for n, step in enumerate(steps):
            passed += days[n] if n < len(days) else 0
            with clock.at(start + timedelta(days=passed)):
                walk.step(*step)
        counters.fold_all()
        assert compare()[1] == []
        assert journal.verify().ok
        transaction.savepoint_rollback(sid)


@pytest.mark.slow
def test_a_long_likely_walk_reaches_most_states(three, cast, world):
    """Random steps are mostly refused; this one is led along what is possible."""
    import random

    dice = random.Random(7)
    walk = Walk(cast, world, three)
    start = clock.now()
    seen = set()
    for n in range(260):
        with clock.at(start + timedelta(hours=7 * n)):
            which = dice.randrange(3)
            part = dice.choice(PARTS)
            case = three[which].case()
            possible = [move.name for move in moves.moves_for(getattr(cast, part).actor, case)]
            if part == "resident":
                possible = ["confirm", "reopen"]
            if not possible:
                continue
            walk.step(which, dice.choice([*possible, *possible, "tick"]), part, dice.randrange(8))
            seen.add(three[which].case().state)
    assert len(seen) >= 10, seen
    assert journal.verify().ok
    counters.fold_all()
    figures, wrong = compare()
    assert figures > 50 and wrong == []


def test_the_command_counts_again_and_says_so(three, capsys):
    import json

    from django.core.management import call_command

    call_command("counters", "fold")
    call_command("counters", "verify")
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert json.loads(last) == {"figures": compare()[0], "wrong": 0, "ok": True}


def test_the_command_finds_a_counter_that_was_tampered_with(three, capsys):
    from django.core.management import call_command

    from mulin.kernel.models import CountLevel

    counters.fold_all()
    row = CountLevel.objects.filter(measure="cases.now").first()
    CountLevel.objects.filter(pk=row.pk).update(n=row.n + 1)
    with pytest.raises(SystemExit):
        call_command("counters", "verify")
    assert "cases.now" in capsys.readouterr().err
