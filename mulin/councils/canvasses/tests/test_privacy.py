"""Who sees what; and that nothing of who knows whom is left after the end."""

import json

import pytest
from django.apps import apps
from django.urls import reverse

from mulin.councils.canvasses import access, closing, contacts, personal_data, reading, setup
from mulin.councils.canvasses.models import Canvasser
from mulin.councils.canvasses.tests.test_etiquette import code_of, plan, say
from mulin.kernel import journal
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry

PRIVATE = ("households", "ties", "people", "plan")


def desk(name, number, *args):
    return reverse(f"councils_desk:canvass-{name}", args=[number, *args])


def public(name, number, *args):
    return reverse(f"councils:canvass{name}", args=[number, *args])


def test_only_leaders_see_households_and_ties_whatever_post_others_hold(campaign, cast, knows, client_for):
    knows("1单元1-1", "1单元6-1")
    for person, frame, inside in (
        (cast.clerk, 200, 200),
        (cast.secretary, 200, 403),
        (cast.street, 200, 403),
        (cast.district, 200, 403),
        (cast.auditor, 200, 403),
        (cast.group_leader, 404, 404),
        (cast.other_clerk, 404, 404),
        (cast.admin, 404, 404),
    ):
        client = client_for(person)
        address = reverse("councils_desk:canvass", args=[campaign.number])
        assert client.get(address).status_code == frame, person.account.username
        for name in PRIVATE:
            assert client.get(desk(name, campaign.number)).status_code == inside, (
                person.account.username,
                name,
            )


def test_taking_the_lead_is_possible_for_who_runs_the_place_and_stands_in_the_journal(
    campaign, cast, client_for
):
    client = client_for(cast.secretary)
    client.post(desk("move", campaign.number, "lead"))
    assert client.get(desk("ties", campaign.number)).status_code == 200
    assert Entry.objects.filter(code="councils.canvass.leader_named", actor=cast.secretary.id).exists()
    client_for(cast.auditor).post(desk("move", campaign.number, "lead"))
    assert not Canvasser.objects.filter(account=cast.auditor.account).exists()


def test_a_canvasser_sees_only_the_own_doors_and_the_own_next_step(campaign, cast, knows, client_for):
    knows("1单元1-1", "1单元3-1")
    knows("1单元3-1", "1单元4-1")
    knows("1单元4-1", "1单元6-1", trust=3)
    knows("1单元2-1", "1单元7-1")
    plan(campaign, cast)
    text = client_for(cast.group_leader).get(public("-doors", campaign.number)).content.decode()
    assert "1单元6-1" in text and "1单元3-1" in text
    assert "1单元4-1" not in text and "1单元7-1" not in text and "1单元8-1" not in text
    other = client_for(cast.group_member)
    assert other.get(public("-door", campaign.number, campaign.n("1单元6-1"))).status_code == 404
    assert client_for(cast.resident).get(public("-doors", campaign.number)).status_code == 404
    assert client_for(cast.clerk).get(public("-doors", campaign.number)).status_code == 404
    assert client_for().get(public("-doors", campaign.number)).status_code == 302


def test_the_companion_is_named_to_the_canvasser_as_they_allowed(campaign, cast, knows, client_for):
    knows("1单元1-1", "1单元3-1")
    knows("1单元3-1", "1单元6-1", trust=2, how="name")
    plan(campaign, cast)
    text = client_for(cast.group_leader).get(public("-doors", campaign.number)).content.decode()
    assert "可以说是1栋 1单元3-1介绍的，他们同意了。" in text


def test_a_contact_of_another_canvasser_does_not_exist(campaign, cast, knows, client_for):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    one = say(campaign, cast.group_leader, "1单元6-1", "agree")
    other = client_for(cast.group_member)
    assert other.get(public("-done", campaign.number, one.pk)).status_code == 404
    assert other.post(public("-tie", campaign.number, one.pk)).status_code == 404
    assert client_for(cast.group_leader).get(public("-done", campaign.number, one.pk)).status_code == 200


def test_the_public_page_holds_no_door(campaign, cast, knows, client_for):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    text = client_for().get(public("", campaign.number)).content.decode()
    assert "单元" not in text and "不是法定表决" in text and "郑老师" in text
    own = client_for(cast.resident).get(public("", campaign.number)).content.decode()
    assert "1单元5-2" in own and "1单元6-1" not in own


def test_one_in_preparation_is_hidden_from_everybody(cast, world, client_for):
    found = setup.draft_canvass(actor=cast.clerk.actor, place=world.home, title="先想一想")
    assert client_for(cast.resident).get(public("", found.number)).status_code == 404
    assert client_for(cast.resident).get(public("-own", found.number)).status_code == 404


def test_only_who_lives_there_speaks_for_a_household(campaign, cast):
    for person in (cast.neighbour, cast.newcomer, cast.clerk):
        with pytest.raises(NotVisible):
            contacts.say_own(actor=person.actor, number=campaign.number, stance="agree")


def test_journal_lines_hold_no_door_and_no_stance(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元6-1", "oppose", reason="cost", words="太贵")
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="refused")
    lines = list(Entry.objects.filter(subject=campaign.row.pk))
    assert len(lines) >= 8
    households = {str(row) for row in campaign.row.households.values_list("pk", flat=True)}
    for entry in lines:
        assert set(entry.data) <= {"number", "n", "account", "target"}
        assert not households & set(map(str, entry.data.values()))
    said = [entry.data for entry in lines if entry.code == "councils.canvass.contacted"]
    assert said == [{"number": campaign.number}] * 2


def everything() -> str:
    """All rows of all tables, as text."""
    found = []
    for model in apps.get_models():
        if model._meta.label == "councils.CanvassDay":
            continue
        for row in model._default_manager.values():
            found.append(f"{model._meta.label} {json.dumps(row, default=str, ensure_ascii=False)}")
    return "\n".join(found)


@pytest.mark.parametrize("is_stopped", [False, True])
def test_nothing_of_the_graph_is_left_in_any_table_and_the_journal_proves_it(
    campaign, cast, knows, is_stopped
):
    tie = knows("1单元1-1", "1单元6-1")
    knows("1单元2-1", "1单元7-1")
    plan(campaign, cast)
    one = say(campaign, cast.group_leader, "1单元6-1", "oppose", reason="cost", words="太贵了再说吧")
    rows = list(campaign.row.households.values_list("pk", flat=True))
    people = list(campaign.row.canvassers.filter(role="canvasser").values_list("pk", flat=True))
    visits = list(campaign.row.visits.values_list("pk", flat=True))
    traces = [str(key) for key in (tie.pk, one.pk, *rows, *people, *visits)] + ["太贵了", "1栋 1单元"]
    assert all(trace in everything() for trace in traces)
    closing.end_canvass(actor=cast.clerk.actor, number=campaign.number, is_stopped=is_stopped)
    left = everything()
    assert [trace for trace in traces if trace in left] == []
    found = campaign.row
    assert set(closing.left_of(found).values()) == {0}
    entry = Entry.objects.get(code=f"councils.canvass.{'stopped' if is_stopped else 'ended'}")
    counts = {kind: entry.data[kind] for kind in closing.KINDS}
    assert counts == {"ties": 2, "visits": 1, "contacts": 4, "households": 12, "canvassers": 2}
    assert (entry.data["agree"], entry.data["of"]) == (3, 12)
    assert journal.verify().ok
    assert found.final["buildings"] and found.final["reasons"] == {"cost": 1}


def test_after_the_end_figures_stay_and_nothing_can_be_recorded(campaign, cast, client_for, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    closing.end_canvass(actor=cast.clerk.actor, number=campaign.number)
    with pytest.raises(NotVisible):
        say(campaign, cast.group_leader, "1单元6-1", "agree")
    assert code_of(lambda: closing.end_canvass(actor=cast.clerk.actor, number=campaign.number)) == "not-now"
    page = client_for().get(public("", campaign.number)).content.decode()
    assert "都已经删除" in page
    for name in ("report", "export"):
        answer = client_for(cast.clerk).get(desk(name, campaign.number))
        assert answer.status_code == 200 and "单元".encode() not in answer.content


def test_who_neither_leads_nor_runs_the_place_cannot_end_it(campaign, cast):
    for person in (cast.auditor, cast.group_leader):
        with pytest.raises((NotAllowed, NotVisible)):
            closing.end_canvass(actor=person.actor, number=campaign.number)


def test_ones_own_data_is_given_out_and_erased(campaign, cast, knows):
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="agree")
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    one = say(campaign, cast.group_leader, "1单元6-1", "agree")
    mine = personal_data.export(cast.resident.id)
    assert mine["own_household"][0]["history"][0]["said"] == "agree" and mine["taking_part"] == []
    told = json.dumps(personal_data.export(cast.group_leader.id), ensure_ascii=False)
    assert '"contacts_recorded": 1' in told and "1单元6-1" not in told
    assert personal_data.erase(cast.group_leader.id) > 0
    one.refresh_from_db()
    assert one.by is None and access.canvasser_of(cast.group_leader.actor, campaign.row) is None


def test_who_may_look_but_does_not_lead_sees_no_small_figure_nor_does_the_report(
    campaign, cast, client_for, knows
):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元6-1", "oppose")
    address = reverse("councils_desk:canvass", args=[campaign.number])
    assert "3 / 12" in client_for(cast.clerk).get(address).content.decode()
    seen = client_for(cast.auditor).get(address).content.decode()
    assert "3 / 12" not in seen and "不到5户" in seen and "不支持" not in seen
    shown = reading.report(campaign.row)
    assert dict(shown["stances"]) == {
        "支持": "不到5户", "还在想": "0", "不支持": "不到5户", "没遇上人": "8", "请别再上门": "0",
    }  # fmt: skip
    assert shown["board"].rows[0].counts == {}


# What a review found -----------------------------------------------------------------------------------


def test_the_list_shows_no_small_figure_to_who_does_not_lead(campaign, cast, client_for):
    address = reverse("councils_desk:canvasses")
    assert "25%" in client_for(cast.clerk).get(address).content.decode()
    for other in (cast.secretary, cast.auditor):
        seen = client_for(other).get(address).content.decode()
        assert "3号楼加装电梯" in seen and "25%" not in seen and "不到5户" in seen


def test_the_list_costs_the_same_however_many_campaigns_there_are(
    campaign, cast, world, client_for, django_assert_max_num_queries
):
    for n in range(8):
        setup.draft_canvass(actor=cast.clerk.actor, place=world.home, title=f"第{n}次")
    client = client_for(cast.clerk)
    client.get(reverse("councils_desk:canvasses"))
    with django_assert_max_num_queries(10):
        client.get(reverse("councils_desk:canvasses"))


def test_no_line_of_the_journal_says_whose_household_spoke_for_itself(campaign, cast):
    before = set(Entry.objects.values_list("pk", flat=True))
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="oppose")
    (line,) = Entry.objects.exclude(pk__in=before)
    assert line.code == "councils.canvass.contacted" and line.actor is None


def test_figures_that_stay_do_not_say_what_the_only_door_of_a_house_said(campaign, cast, world):
    clerk, number = cast.clerk.actor, campaign.number
    doors = [
        setup.Door("B002-1", "2栋 1", "500108002005-B002", None, "oppose"),
        setup.Door("B003-1", "3栋 1", "500108002005-B003", None, "agree"),
    ]
    setup.add_households(actor=clerk, number=number, doors=doors)
    before = reading.support(campaign.row)
    found = closing.end_canvass(actor=clerk, number=number)
    kept = set(found.days.values_list("building", flat=True)) | set(found.final["buildings"])
    assert kept == {""}  # two single doors, and the smallest building beside them that hides them
    assert reading.support(found) == before == (4, 14)
    assert all(sum(row.values()) >= 5 for row in found.final["buildings"].values())


def test_large_buildings_keep_their_own_figures_at_the_end(campaign, cast, world):
    doors = [
        setup.Door(f"B00{b}-{n}", f"{b}栋 {n}", f"500108002005-B00{b}", None, "agree")
        for b, most in ((2, 9), (3, 3), (4, 2))
        for n in range(most)
    ]
    setup.add_households(actor=cast.clerk.actor, number=campaign.number, doors=doors)
    found = closing.end_canvass(actor=cast.clerk.actor, number=campaign.number)
    sizes = {code[13:]: sum(row.values()) for code, row in found.final["buildings"].items()}
    assert sizes == {"B001": 12, "B002": 9, "": 5}
    assert set(found.days.values_list("building", flat=True)) == set(found.final["buildings"])
