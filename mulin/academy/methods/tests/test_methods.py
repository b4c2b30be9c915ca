"""Methods from the draft to the shelf: who writes, tries out, recommends and takes over, and who is told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.academy.methods import actions, adopting, goals, piloting, queries, states, telling
from mulin.academy.methods.models import Adoption, Method, Pilot
from mulin.academy.methods.piloting import Measure
from mulin.kernel import clock, registry, waiting
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, ThreadLink

WORDS = {
    "title": "小圆桌议事", "problem": "大会上只有两三个人说话，其他人不开口。",
    "steps": ["六七个人围一张小桌", "每人先写一句", "一张纸上画出方案"],
    "people": "一个牵头的", "money": "不花钱",
    "shifts": ["taking_part"], "goal_codes": ["voice", "settled"],
}  # fmt: skip


def draft(actor, place, **more):
    return actions.draft_method(actor=actor, place=place, **{**WORDS, **more})


def refused(code: str, act, *args, **kwargs):
    with pytest.raises(ActionError) as error:
        act(*args, **kwargs)
    assert error.value.code == code, error.value.message
    return error.value


@pytest.fixture
def published(world, cast):
    clerk = cast.clerk.actor
    made = draft(clerk, world.home)
    actions.add_evidence(actor=clerk, number=made.number, words="一年里商量成的事", figure="27", unit="件")
    return actions.publish_method(actor=clerk, number=made.number)


def pilot(cast, world, number, **more):
    today = clock.today()
    given = {
        "place": world.street, "sites": [world.home, "500108002012"], "starts_on": today,
        "ends_on": today + timedelta(days=90),
        "criteria": [Measure("开了几次小圆桌", "least", 6, "次"), Measure("又闹起来的事", "most", 1, "件")],
    }  # fmt: skip
    return piloting.decide_pilot(actor=cast.street.actor, number=number, **{**given, **more})


# Writing


def test_a_draft_is_seen_by_its_makers_only_and_says_what_is_missing(world, cast):
    made = draft(cast.clerk.actor, world.home, steps=["只有一步"], people="", money="")
    for person in (cast.other_clerk, cast.resident):
        with pytest.raises(NotVisible):
            queries.get_method(person.actor, made.number)
    assert not queries.public_methods().exists()
    error = refused("incomplete", actions.publish_method, actor=cast.clerk.actor, number=made.number)
    for word in ("至少 2 步做法", "需要什么人、钱或场地", "至少一条依据"):
        assert word in str(error.message)


def test_each_act_writes_one_line_that_holds_no_words_of_it(world, cast, published):
    lines = list(Entry.objects.filter(subject=published.pk).order_by("id"))
    assert [one.code for one in lines] == [
        "academy.method.drafted", "academy.method.evidence_added", "academy.method.published",
    ]  # fmt: skip
    assert not any(word in str(one.data) for one in lines for word in ("小圆桌", "商量", "牵头"))


def test_a_leader_writes_for_their_group_and_staff_publish_it(world, cast):
    leader = cast.group_leader.actor
    made = draft(leader, world.home, org=world.group.pk)
    actions.add_evidence(actor=leader, number=made.number, words="花开了")
    with pytest.raises(NotAllowed):
        actions.publish_method(actor=leader, number=made.number)
    with pytest.raises(NotAllowed):
        draft(leader, world.home)
    assert actions.publish_method(actor=cast.clerk.actor, number=made.number).state == "published"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": " "}, "no-words"),
        ({"title": "很" * 41}, "text-too-long"),
        ({"problem": "打 13812345678 找老李"}, "personal-data"),
        ({"steps": ["一步"] * 13}, "too-many"),
        ({"shifts": ["nothing"]}, "not-offered"),
        ({"goal_codes": ["nothing"]}, "not-offered"),
    ],
)
def test_words_that_cannot_stand_in_the_library_are_refused(world, cast, more, code):
    refused(code, draft, cast.clerk.actor, world.home, **more)
    assert not Method.objects.exists()


def test_nobody_writes_for_another_place_or_for_a_grid(world, cast):
    with pytest.raises(NotAllowed):
        draft(cast.other_clerk.actor, world.home)
    refused("no-place", draft, cast.clerk.actor, world.grid)
    refused("no-group", draft, cast.clerk.actor, world.home, org=world.committee.pk)


def test_a_published_method_keeps_what_publishing_needs(cast, published):
    clerk = {"actor": cast.clerk.actor, "number": published.number}
    refused("incomplete", actions.edit_method, **clerk, **{**WORDS, "steps": []})
    only = published.evidence.get()
    refused("incomplete", actions.remove_evidence, **clerk, evidence=only.pk)
    assert published.evidence.count() == 1
    actions.edit_method(**clerk, **{**WORDS, "title": "小圆桌"})
    assert Method.objects.get().title == "小圆桌"


def test_evidence_leads_only_to_what_is_public(world, cast, published):
    from mulin.voices.actions import publish_matter, submit_voice

    said = submit_voice(
        actor=cast.resident.actor, text="车棚漏雨，想一起商量", place=world.home, kind="suggestion"
    )
    matter = said.voice.matter
    given = {"actor": cast.clerk.actor, "number": published.number, "words": "从这件事开始"}
    refused("no-link", actions.add_evidence, **given, link=matter.number)
    publish_matter(
        actor=cast.clerk.actor, number=matter.number, title="车棚漏雨", text="想一起商量", photos=[]
    )
    actions.add_evidence(**given, link=matter.number)
    assert queries.evidence_of(published)[-1]["title"] == "车棚漏雨"
    grown = draft(cast.clerk.actor, world.home, matter=queries.find_link(matter.number)["matter"])
    assert ThreadLink.objects.filter(child=grown.pk, parent=matter.pk).exists()
    told = registry.providers()["thread.academy.method"]
    assert told([grown.pk]) == [] and told([published.pk])[0]["title"] == "小圆桌议事"
    actions.discard_method(actor=cast.clerk.actor, number=grown.number)
    assert not ThreadLink.objects.filter(child=grown.pk).exists()


def test_a_number_that_is_none_is_refused(cast, published):
    for figure in ("many", "NaN", "1e30"):
        refused(
            "bad-number", actions.add_evidence, actor=cast.clerk.actor, number=published.number, words="x",
            figure=figure,
        )  # fmt: skip


def test_what_is_not_recommended_any_more_stays_readable_with_its_reason(cast, published):
    given = {"actor": cast.clerk.actor, "number": published.number}
    refused("no-words", actions.retire_method, **given, why=" ")
    actions.retire_method(**given, why="有了更省事的做法")
    assert queries.get_public_method(published.number).retired_why == "有了更省事的做法"
    refused("not-now", actions.edit_method, **given, **WORDS)
    again = actions.publish_method(**given)
    assert again.state == "published" and not again.retired_why
    assert Entry.objects.filter(code="academy.method.restored").count() == 1


# Pilots


def test_the_street_decides_on_a_pilot_and_its_communities_are_told(world, cast, published, settle):
    made = pilot(cast, world, published.number)
    published.refresh_from_db()
    assert published.state == "pilot" and made.criteria.count() == 2 and made.sites.count() == 2
    settle()
    told = Notice.objects.filter(code="academy.pilot.decided", account=cast.clerk.account.pk)
    # In the pilot, in its street and where it comes from: told once, of what concerns them most.
    assert told.count() == 1
    rule = registry.notice_rules()["academy.pilot.decided"][0]
    assert rule.name == "sites" and cast.clerk.account.pk in rule.recipients(
        Entry.objects.get(code="academy.pilot.decided")
    )
    assert not Notice.objects.filter(account=cast.other_clerk.account.pk).exists()


def test_who_does_not_run_the_street_does_not_decide(world, cast, published):
    given = {
        "number": published.number, "sites": [world.home], "starts_on": clock.today(),
        "ends_on": clock.today() + timedelta(days=60), "criteria": [Measure("x", "least", 1)],
    }  # fmt: skip
    for person in (cast.clerk, cast.resident, cast.department):
        with pytest.raises(NotAllowed):
            piloting.decide_pilot(actor=person.actor, place=world.street, **given)
    with pytest.raises(NotAllowed):
        piloting.decide_pilot(actor=cast.street.actor, place=world.other_street, **given)
    refused("no-place", piloting.decide_pilot, actor=cast.street.actor, place=world.home, **given)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sites": []}, "no-sites"),
        ({"sites": ["500108106003"]}, "no-sites"),
        ({"sites": ["x"]}, "no-sites"),
        ({"ends_on": clock.today() + timedelta(days=3)}, "bad-day"),
        ({"criteria": []}, "no-criteria"),
        ({"criteria": [Measure("x", "least", "")]}, "bad-number"),
        ({"criteria": [Measure("x", "about", 3)]}, "bad-number"),
        ({"criteria": [Measure(" ", "least", 3)]}, "no-words"),
    ],
)
def test_a_pilot_needs_sites_a_term_and_countable_criteria(world, cast, published, more, code):
    refused(code, pilot, cast, world, published.number, **more)
    assert not Pilot.objects.exists()


def test_one_place_runs_one_pilot_of_a_method_at_a_time(world, cast, published):
    pilot(cast, world, published.number)
    refused("running", pilot, cast, world, published.number)
    retire = {"actor": cast.clerk.actor, "number": published.number, "why": "不做了"}
    refused("not-now", actions.retire_method, **retire)
    spread = {"actor": cast.street.actor, "number": published.number, "place": world.street, "words": "好"}
    refused("running", piloting.spread_method, **spread)


def test_figures_decide_whether_a_criterion_is_met(world, cast, published, settle):
    made = pilot(cast, world, published.number)
    given = {"actor": cast.street.actor, "number": made.number, "conclusion": "人来得多了，吵架没有少。"}
    error = refused("no-words", piloting.end_pilot, **given, found={1: (8, ""), 2: (3, "")})
    assert error.field == "remark_2"
    assert Pilot.objects.get().state == "running"
    piloting.end_pilot(**given, found={1: ("8", ""), 2: (None, "没有人记")})
    verdicts = [
        states.verdict(one.direction, one.target, one.found) for one in made.criteria.order_by("position")
    ]
    assert verdicts == ["met", "unclear"]
    published.refresh_from_db()
    assert published.state == "published"
    line = Entry.objects.get(code="academy.pilot.ended")
    assert (line.data["met"], line.data["of"]) == (1, 2)
    refused("not-now", piloting.end_pilot, **given, found={})


def test_while_another_street_tries_it_out_it_stays_in_pilot(world, cast, published):
    first = pilot(cast, world, published.number)
    today = clock.today()
    piloting.decide_pilot(
        actor=cast.district.actor, number=published.number, place=world.district, sites=[world.other_home],
        starts_on=today, ends_on=today + timedelta(days=60), criteria=[Measure("x", "least", 1)],
    )  # fmt: skip
    piloting.stop_pilot(actor=cast.street.actor, number=first.number, why="场地没了")
    published.refresh_from_db()
    assert published.state == "pilot"


@given(
    st.sampled_from(["least", "most"]),
    st.decimals(-999, 999, places=2), st.decimals(-999, 999, places=2),
)  # fmt: skip
def test_a_verdict_never_depends_on_anything_but_the_figures(direction, target, found):
    other = "most" if direction == "least" else "least"
    assert states.verdict(direction, target, None) == "unclear"
    said, opposite = states.verdict(direction, target, found), states.verdict(other, target, found)
    assert {said, opposite} == ({"met"} if found == target else {"met", "not_met"})
    assert states.verdict(direction, target, Decimal(target)) == "met"


def test_a_pilot_near_its_end_waits_for_who_decided_on_it(world, cast, published):
    made = pilot(cast, world, published.number)
    rows = telling.pilot_rows(cast.street.actor)
    assert waiting.count([rows]) == 0 and telling.pilot_rows(cast.clerk.actor) is None
    with clock.at(clock.now() + timedelta(days=80)):
        source = registry.modules()
        pilots = [one for module in source for one in module.inbox if one.name == "pilots"]
        items, count = waiting.items(pilots, cast.street.actor, 5)
    assert count == 1 and made.number in items[0].url


# Spreading and taking over


def test_what_is_recommended_is_told_to_all_communities_of_the_street_and_nobody_else(
    world, cast, published, settle
):
    given = {"actor": cast.street.actor, "number": published.number, "place": world.street}
    refused("no-words", piloting.spread_method, **given, words="")
    piloting.spread_method(**given, words="桌椅由街道出。")
    refused("twice", piloting.spread_method, **given, words="再说一遍")
    settle()
    told = Notice.objects.filter(code="academy.method.spread")
    assert cast.clerk.account.pk in set(told.values_list("account_id", flat=True))
    assert not told.filter(account=cast.other_clerk.account.pk).exists()


def test_another_community_takes_it_over_and_says_how_it_went(world, cast, published, settle):
    other = cast.other_clerk.actor
    made = adopting.take_over(actor=other, number=published.number, place=world.other_home)
    refused("twice", adopting.take_over, actor=other, number=published.number, place=world.other_home)
    told = {"actor": other, "number": made.number}
    refused("no-words", adopting.tell_adoption, **told, state="changed", result="成了")
    refused("not-offered", adopting.tell_adoption, **told, state="trying", result="成了")
    adopting.tell_adoption(**told, state="changed", changes="改在晚上", result="来了三十来人")
    refused("not-now", adopting.drop_adoption, **told)
    settle()
    for code in ("academy.adoption.begun", "academy.adoption.told"):
        assert Notice.objects.filter(code=code, account=cast.clerk.account.pk).count() == 1
    assert list(queries.public_methods(world.other_home)) == [published]


def test_taking_over_is_for_elsewhere_and_for_who_works_there(world, cast, published):
    number = published.number
    refused("own", adopting.take_over, actor=cast.clerk.actor, number=number, place=world.home)
    with pytest.raises(NotAllowed):
        adopting.take_over(actor=cast.clerk.actor, number=number, place=world.other_home)
    group = adopting.take_over(
        actor=cast.group_leader.actor, number=number, place=world.home, org=world.group.pk
    )
    with pytest.raises(NotVisible):
        adopting.tell_adoption(actor=cast.other_clerk.actor, number=group.number, state="kept", result="x")
    adopting.drop_adoption(actor=cast.group_leader.actor, number=group.number)
    assert not Adoption.objects.exists()
    actions.retire_method(actor=cast.clerk.actor, number=number, why="有更好的")
    refused(
        "not-now", adopting.take_over, actor=cast.other_clerk.actor, number=number, place=world.other_home
    )


def test_after_some_months_one_is_asked_how_it_went(world, cast, published):
    other = cast.other_clerk.actor
    made = adopting.take_over(actor=other, number=published.number, place=world.other_home)
    sources = [one for module in registry.modules() for one in module.inbox if one.name == "adoptions"]
    assert waiting.items(sources, other, 5)[0] == []
    with clock.at(clock.now() + timedelta(days=91)):
        items, _count = waiting.items(sources, other, 5)
        assert made.number in items[0].url
        assert waiting.items(sources, cast.clerk.actor, 5)[0] == []


def test_the_four_shifts_and_the_goals_are_data_in_both_languages():
    assert len(goals.codes("shift")) == 4
    for kind in ("shift", "goal"):
        rows = goals._read()[kind].values()
        assert all(row["title"] and row["title_en"] for row in rows)
    assert goals.names("goal", ["gone", "voice"]) == ["说得上话", "gone"]
