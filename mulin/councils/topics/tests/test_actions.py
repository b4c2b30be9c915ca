"""What is done with a topic, from the draft to the last step."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mulin.councils.steps import Progress
from mulin.councils.topics import actions, moves, queries, reading
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, ThreadLink
from mulin.kernel.testing.together import at_once
from mulin.people.models import Post

pytestmark = pytest.mark.django_db


def lines(code: str) -> list[Entry]:
    return list(Entry.objects.filter(code=f"councils.topic.{code}"))


def steps(topic: Topic) -> dict[str, Step]:
    return {one.key: one for one in queries.steps_of(topic)}


def refused(code: str, act, **fields) -> ActionError:
    with pytest.raises(ActionError) as caught:
        act(**fields)
    assert caught.value.code == code
    return caught.value


# Drafts -------------------------------------------------------------------------------------------------


def test_a_draft_has_its_steps_with_days_and_nobody_else_sees_it(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(starts_on=date(2026, 3, 2))
    made = steps(topic)
    assert list(made) == ["talk", "think", "choose"]
    assert (made["talk"].begins_on, made["talk"].ends_on) == (date(2026, 3, 2), date(2026, 3, 7))
    with pytest.raises(NotVisible):
        queries.public_topic(topic.number)
    with pytest.raises(NotVisible):
        queries.get_topic(cast.resident.actor, topic.number)
    assert queries.get_topic(cast.secretary.actor, topic.number) == topic
    (line,) = lines("drafted")
    assert line.matter == topic.pk and line.data == {"number": topic.number, "process": "bench"}


@pytest.mark.parametrize(
    "who", ["resident", "group_member", "gridworker", "other_clerk", "department", "auditor"]
)
def test_others_cannot_start_a_topic_here(bench, world, cast, who):
    with pytest.raises(NotAllowed):
        actions.start_topic(
            actor=getattr(cast, who).actor, process="bench", place=world.home, title="放不放长椅"
        )
    assert not Topic.objects.exists()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no-process", {"process": "nothing"}),
        ("no-title", {"title": "  "}),
        ("text-too-long", {"title": "长" * 81}),
        ("personal-data", {"summary": "请打13800138000找他"}),
        ("no-place", {"place": "500108002000"}),
        ("no-place", {"place": "bogus"}),
        ("no-site", {"site": "500108002005-B001"}),
        ("no-site", {"site": "500108106003-E01"}),
        ("bad-days", {"days": {"talk": (date(2020, 1, 1), date(2020, 1, 2))}}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(bench, world, cast, code, fields):
    given = {"actor": cast.clerk.actor, "process": "bench", "place": world.home, "title": "放不放长椅"}
    refused(code, actions.start_topic, **{**given, **fields})
    assert not Topic.objects.exists() and not lines("drafted")


def test_a_group_runs_its_own_topic_and_no_other(make_topic, world, cast):
    leader = cast.group_leader.actor
    own = make_topic(leader, org=world.group.pk)
    assert queries.get_topic(leader, own.number) == own
    with pytest.raises(NotAllowed):
        make_topic(leader)
    with pytest.raises(NotVisible):
        actions.announce_topic(actor=leader, number=make_topic().number)


def test_a_topic_of_an_estate_names_it(make_topic, world):
    assert make_topic(site=world.estate).site == world.estate


def test_a_draft_can_be_changed_and_thrown_away(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic()
    actor = cast.clerk.actor
    actions.edit_topic(
        actor=actor, number=topic.number, title="放两张", summary="老人多", starts_on=date(2026, 4, 1)
    )
    topic.refresh_from_db()
    assert topic.title == "放两张" and steps(topic)["talk"].begins_on == date(2026, 4, 1)
    actions.discard_topic(actor=actor, number=topic.number)
    assert not Topic.objects.exists() and not Step.objects.exists()
    assert len(lines("edited")) == len(lines("discarded")) == 1


def test_what_was_announced_keeps_its_title_and_cannot_be_thrown_away(make_topic, cast):
    topic = make_topic(announce=True)
    actions.edit_topic(actor=cast.clerk.actor, number=topic.number, title="别的", summary="说清楚些")
    topic.refresh_from_db()
    assert (topic.title, topic.summary) == ("三栋门口放不放长椅", "说清楚些")
    refused("not-now", actions.discard_topic, actor=cast.clerk.actor, number=topic.number)


def test_a_later_edition_of_the_file_changes_nothing_for_a_topic(make_topic, own_folder, cast):
    topic = make_topic()
    (own_folder / "bench.toml").unlink()
    topic = actions.announce_topic(actor=cast.clerk.actor, number=topic.number)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    assert steps(topic)["talk"].state == "open"


# Announcing, and what residents said ------------------------------------------------------------------------


def test_a_matter_becomes_a_topic_and_one_thread_tells_both(make_topic, published, cast, world):
    matter = published()
    topic = make_topic(matter=matter.number, place="")
    assert topic.place == world.home and topic.matter == matter
    link = ThreadLink.objects.get(child=topic.pk)
    assert (link.child_kind, link.parent_kind, link.parent) == ("councils.topic", "voices.matter", matter.pk)
    assert lines("drafted")[0].matter == matter.pk


def test_whoever_spoke_is_told_when_it_is_announced_and_when_a_step_begins(
    make_topic, published, cast, settle
):
    topic = make_topic(matter=published().number, announce=True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    settle()
    told = Notice.objects.filter(account=cast.resident.account, code__startswith="councils.")
    assert {one.code for one in told} == {"councils.topic.announced", "councils.topic.step_begun"}
    assert {one.url for one in told} == {f"/council/{topic.number}/"}


@pytest.mark.parametrize("fields", [{"kind": "tip_off"}, {"severity": "major"}])
def test_a_tip_off_and_a_major_matter_never_become_topics(bench, cast, world, published, fields):
    matter = published(publish=False, **fields)
    assert matter.restriction
    actor = cast.district.actor if "kind" in fields else cast.secretary.actor
    given = {"actor": actor, "process": "bench", "matter": matter.number, "title": "不行"}
    refused("restricted", actions.start_topic, **given)


def test_announcing_late_moves_the_days_and_happens_once(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(starts_on=date(2026, 3, 2))
    freeze("2026-03-12 10:00")
    actions.announce_topic(actor=cast.clerk.actor, number=topic.number)
    assert steps(topic)["talk"].begins_on == date(2026, 3, 12)
    refused("not-now", actions.announce_topic, actor=cast.clerk.actor, number=topic.number)
    assert len(lines("announced")) == 1


# Steps ----------------------------------------------------------------------------------------------------


def test_the_whole_road_from_the_first_step_to_the_end(make_topic, bench, cast, freeze):
    freeze("2026-03-02 10:00")
    clerk, secretary = cast.clerk.actor, cast.secretary.actor
    topic = make_topic(announce=True)
    number = topic.number
    actions.begin_step(actor=clerk, number=number, key="talk")
    bench.progress = Progress(outcome="都想要", result={"options": [{"key": "a"}], "winners": ["a"]})
    actions.end_step(actor=clerk, number=number, key="talk", remark="二十人来过")
    assert queries.result_of(topic, "talk") == {"options": [{"key": "a"}], "winners": ["a"]}
    assert steps(topic)["talk"].outcome == "都想要\n二十人来过"
    actions.skip_step(actor=clerk, number=number, key="think", reason="大家说得够清楚了")
    freeze("2026-03-05 10:00")
    actions.begin_step(actor=secretary, number=number, key="choose")
    freeze("2026-03-10 10:00")
    actions.end_step(actor=secretary, number=number, key="choose", remark="放")
    topic.refresh_from_db()
    assert topic.state == "done" and topic.ended_at is not None
    assert bench.done == [("begin", "talk"), ("end", "talk"), ("begin", "choose"), ("end", "choose")]
    assert [len(lines(one)) for one in ("step_begun", "step_ended", "step_skipped", "finished")] == [
        2,
        1,
        1,
        1,
    ]
    assert moves.next_moves(topic, queries.steps_of(topic)) == []


def test_a_step_waits_for_what_it_needs(make_topic, cast):
    topic = make_topic(announce=True)
    error = refused("not-yet", actions.begin_step, actor=cast.clerk.actor, number=topic.number, key="think")
    assert "说一说" in error.message


def test_a_step_waits_for_its_notice(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(announce=True)
    clerk, number = cast.clerk.actor, topic.number
    actions.begin_step(actor=clerk, number=number, key="talk")
    actions.end_step(actor=clerk, number=number, key="talk")
    actions.skip_step(actor=clerk, number=number, key="think", reason="不用了")
    error = refused("not-yet", actions.begin_step, actor=cast.secretary.actor, number=number, key="choose")
    assert "3月5日" in error.message
    freeze("2026-03-05 00:10")
    actions.begin_step(actor=cast.secretary.actor, number=number, key="choose")


def _choosing(make_topic, cast, freeze) -> Topic:
    freeze("2026-03-02 10:00")
    topic = make_topic(announce=True)
    clerk, number = cast.clerk.actor, topic.number
    actions.begin_step(actor=clerk, number=number, key="talk")
    actions.end_step(actor=clerk, number=number, key="talk")
    actions.skip_step(actor=clerk, number=number, key="think", reason="不用了")
    freeze("2026-03-05 10:00")
    actions.begin_step(actor=cast.secretary.actor, number=number, key="choose")
    return topic


def test_a_step_cannot_end_before_the_promised_time_has_passed(make_topic, cast, freeze):
    topic = _choosing(make_topic, cast, freeze)
    secretary = cast.secretary.actor
    # Two days from Thursday end on Saturday, a day off: the last day is Monday the 9th.
    freeze("2026-03-09 23:00")
    error = refused(
        "not-yet", actions.end_step, actor=secretary, number=topic.number, key="choose", remark="放"
    )
    assert "3月10日" in error.message
    freeze("2026-03-10 00:10")
    actions.end_step(actor=secretary, number=topic.number, key="choose", remark="放")


def test_a_step_that_needs_words_does_not_end_without(make_topic, cast, freeze):
    topic = _choosing(make_topic, cast, freeze)
    freeze("2026-03-20 10:00")
    refused("not-yet", actions.end_step, actor=cast.secretary.actor, number=topic.number, key="choose")


def test_what_its_kind_misses_keeps_a_step_open(make_topic, bench, cast):
    topic = make_topic(announce=True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    bench.progress = Progress(missing=("还没有人来。",))
    error = refused("not-yet", actions.end_step, actor=cast.clerk.actor, number=topic.number, key="talk")
    assert error.message == "还没有人来。" and steps(topic)["talk"].state == "open"
    assert ("end", "talk") not in bench.done


def test_only_the_posts_that_the_process_names_do_their_step(make_topic, cast, freeze):
    topic = _choosing(make_topic, cast, freeze)
    freeze("2026-03-20 10:00")
    with pytest.raises(NotAllowed):
        actions.end_step(actor=cast.clerk.actor, number=topic.number, key="choose", remark="放")


@pytest.mark.parametrize("who", ["resident", "other_clerk", "neighbour", "department"])
def test_who_does_not_see_a_topic_at_the_desk_gets_no_hint_of_it(make_topic, cast, who):
    topic = make_topic(announce=True)
    with pytest.raises(NotVisible):
        actions.begin_step(actor=getattr(cast, who).actor, number=topic.number, key="talk")


def test_an_auditor_reads_and_does_nothing(make_topic, cast):
    topic = make_topic(announce=True)
    assert queries.get_topic(cast.auditor.actor, topic.number)
    with pytest.raises(NotAllowed):
        actions.begin_step(actor=cast.auditor.actor, number=topic.number, key="talk")


def test_only_an_optional_step_is_left_out_and_never_without_a_reason(make_topic, cast):
    topic = make_topic(announce=True)
    given = {"actor": cast.clerk.actor, "number": topic.number}
    refused("not-optional", actions.skip_step, key="talk", reason="算了", **given)
    refused("no-reason", actions.skip_step, key="think", reason=" ", **given)
    refused("personal-data", actions.skip_step, key="think", reason="问13800138000", **given)
    refused("no-step", actions.skip_step, key="nothing", reason="算了", **given)


def test_what_a_kind_refuses_leaves_everything_as_it_was(make_topic, monkeypatch, bench, cast):
    topic = make_topic(announce=True)

    def refuse(*args, **kwargs):
        raise ActionError("no-roster", "先要有名册。")

    bench.done = type("Refusing", (list,), {"append": refuse})()
    refused("no-roster", actions.begin_step, actor=cast.clerk.actor, number=topic.number, key="talk")
    assert steps(topic)["talk"].state == "waiting" and not lines("step_begun")


def test_days_move_on_with_everything_behind_and_never_under_the_promise(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(announce=True)
    clerk, number = cast.clerk.actor, topic.number
    later = (date(2026, 3, 10), date(2026, 3, 20))
    actions.move_days(actor=clerk, number=number, days={"talk": later})
    made = steps(topic)
    assert (made["talk"].begins_on, made["talk"].ends_on) == later
    assert made["think"].begins_on == date(2026, 3, 21)
    begin = made["choose"].begins_on
    error = refused(
        "bad-days", actions.move_days, actor=clerk, number=number, days={"choose": (begin, begin)}
    )
    assert error.field == "days_choose"
    refused("bad-days", actions.move_days, actor=clerk, number=number, days={"talk": (later[1], later[0])})


def test_a_topic_that_stops_closes_what_is_open_and_says_why(make_topic, bench, cast):
    topic = make_topic(announce=True)
    clerk, number = cast.clerk.actor, topic.number
    actions.begin_step(actor=clerk, number=number, key="talk")
    refused("no-reason", actions.stop_topic, actor=clerk, number=number, reason="")
    actions.stop_topic(actor=clerk, number=number, reason="多数人不想要")
    topic.refresh_from_db()
    assert (topic.state, topic.stop_reason) == ("stopped", "多数人不想要")
    assert ("stop", "talk") in bench.done
    refused("not-now", actions.begin_step, actor=clerk, number=number, key="think")
    assert len(lines("stopped")) == 1


def test_every_line_holds_codes_only(make_topic, cast, freeze):
    topic = _choosing(make_topic, cast, freeze)
    actions.stop_topic(actor=cast.clerk.actor, number=topic.number, reason="先放一放")
    for line in Entry.objects.filter(code__startswith="councils.topic."):
        assert set(line.data) <= {"number", "process", "step", "is_last", "n"}
        assert "长椅" not in str(line.data) and "放一放" not in str(line.data)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_a_step_at_once_one_is_told_that_it_is_over(make_topic, cast, bench):
    topic = make_topic(announce=True)
    clerk, secretary = cast.clerk.actor, cast.secretary.actor
    actions.begin_step(actor=clerk, number=topic.number, key="talk")

    def end(actor):
        return lambda: actions.end_step(actor=actor, number=topic.number, key="talk")

    assert at_once(end(clerk), end(secretary)) == ["not-now"]
    assert len(lines("step_ended")) == 1


def test_what_can_be_done_next_is_what_the_actions_allow(make_topic, bench, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(announce=True)
    (first,) = moves.next_moves(topic, queries.steps_of(topic))
    assert (first.kind, first.step.key, first.is_ready) == ("begin", "talk", True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    bench.progress = Progress(missing=("还差一点。",))
    (second,) = moves.next_moves(topic, queries.steps_of(topic))
    assert (second.kind, second.missing) == ("end", ("还差一点。",))
    assert clock.today() + timedelta(days=5) == second.on


# What a review found ------------------------------------------------------------------------------------


def test_a_post_in_another_community_does_no_step_here(make_topic, cast, world, freeze):
    topic = _choosing(make_topic, cast, freeze)
    freeze("2026-03-20 10:00")
    Post.objects.create(account=cast.clerk.account, role="secretary", place=world.other_home)
    both = cast.clerk.again()
    assert {"clerk", "secretary"} <= both.roles
    with pytest.raises(NotAllowed):
        actions.end_step(actor=both, number=topic.number, key="choose", remark="放")
    Post.objects.create(account=cast.clerk.account, role="secretary", place=world.home)
    done = actions.end_step(actor=cast.clerk.again(), number=topic.number, key="choose", remark="放")
    assert done.state == "done"


def test_days_that_somebody_set_stay_when_only_words_of_a_draft_change(make_topic, cast, freeze):
    freeze("2026-03-02 10:00")
    wanted = (date(2026, 3, 10), date(2026, 3, 20))
    topic = make_topic(starts_on=date(2026, 3, 2), days={"talk": wanted})
    words = {"actor": cast.clerk.actor, "number": topic.number, "title": "放两张"}
    actions.edit_topic(**words, starts_on=date(2026, 3, 2))
    assert (steps(topic)["talk"].begins_on, steps(topic)["talk"].ends_on) == wanted
    actions.edit_topic(**words, starts_on=date(2026, 3, 3))
    assert steps(topic)["talk"].begins_on == date(2026, 3, 3)


def test_a_matter_of_another_place_does_not_become_a_topic_here(bench, cast, published, world):
    matter = published()
    officer = cast.district.actor
    fields = {"actor": officer, "process": "bench", "title": "放不放长椅", "matter": matter.number}
    refused("elsewhere", actions.start_topic, place=world.other_home, **fields)
    assert actions.start_topic(place=world.home, **fields).matter == matter


def test_what_something_was_prepared_for_is_not_thrown_away(make_topic, cast, world):
    from mulin.councils.upward.actions import discard_proposal, draft_proposal

    topic = make_topic()
    actor = cast.clerk.actor
    wish = draft_proposal(actor=actor, place=world.home, title="拨一笔钱", topic=topic)
    refused("in-use", actions.discard_topic, actor=actor, number=topic.number)
    assert steps(topic) and not lines("discarded")
    discard_proposal(actor=actor, number=wish.number)
    actions.discard_topic(actor=actor, number=topic.number)
    assert not Topic.objects.exists()


def test_days_of_a_step_that_is_over_cannot_be_made_up(make_topic, cast, freeze):
    topic = _choosing(make_topic, cast, freeze)
    before = {key: (one.begins_on, one.ends_on) for key, one in steps(topic).items()}
    made_up = (date(2020, 1, 1), date(2030, 1, 1))
    actions.move_days(actor=cast.clerk.actor, number=topic.number, days={"talk": made_up})
    assert {key: (one.begins_on, one.ends_on) for key, one in steps(topic).items()} == before


def test_what_came_out_is_kept_in_both_languages(make_topic, bench, cast):
    topic = make_topic(announce=True)
    words = _("已公布")
    bench.progress = Progress(outcome=words)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    actions.end_step(actor=cast.clerk.actor, number=topic.number, key="talk", remark="二十人来过")
    step = topic.steps.get(key="talk")
    assert step.outcome == "已公布\n二十人来过"
    with translation.override("en"):
        assert step.outcome_en == f"{words}\n二十人来过"
        assert str(words) != "已公布"
        shown = reading.road(topic, queries.steps_of(topic))
        assert [one.outcome for one in shown if one.key == "talk"] == [step.outcome_en]
