"""Where matching meets the other modules: the desk's page of a wish, the stories of a community; and why the
desk is told that nobody can be named."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from mulin.academy.keeping.stories import card
from mulin.academy.keeping.stories import stories as of_community
from mulin.academy.orders.models import Order
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.mutualaid.matching import actions, candidates, showing
from mulin.mutualaid.matching.models import AidNeed
from mulin.mutualaid.matching.stories import stories
from mulin.voices.actions import answer_wish, hide_matter, publish_matter, submit_voice

pytestmark = pytest.mark.django_db


def gave(cast, need, words="陪老人们听懂加装电梯的方案", *, shown=True, **more):
    made = actions.note_give_back(
        actor=cast.resident.actor, number=need.number, on=clock.today(), words=words, may_publish=True, **more
    )
    if shown:
        actions.publish_give_back(actor=cast.clerk.actor, number=made.number, words=words)
    return made


@pytest.fixture
def lift(cast, world):
    said = submit_voice(actor=cast.resident.actor, text="想加装电梯", place=world.home, kind="suggestion")
    number = said.voice.matter.number
    return publish_matter(actor=cast.clerk.actor, number=number, title="加装电梯", text="加装电梯", photos=[])


# Stories --------------------------------------------------------------------------------------------------


def test_what_a_family_gave_back_is_a_story_of_the_community(cast, world, helped, needed, begun, lift):
    helped("王婶")
    need = needed()
    begun(need)
    gave(cast, need, grew=lift.number)
    told = of_community(world.home)
    assert [one.sentence for one in told] == [
        "一户邻居得到大家帮忙，这家人也来帮大家：陪老人们听懂加装电梯的方案，带起了“加装电梯”。"
    ]
    assert told[0].title == "加装电梯" and card(cast.neighbour.actor, world.home)["stories"] == told
    with override("en"):
        assert of_community(world.home)[0].sentence == (
            "A family was helped by neighbours, they then helped others: 陪老人们听懂加装电梯的方案, "
            "and so began “加装电梯”."
        )
    for private in ("王婶", need.name, "接送孩子"):
        assert private not in str(told)


def test_no_story_without_consent_and_the_desk(cast, world, helped, needed, begun):
    helped()
    need = needed()
    begun(need)
    gave(cast, need, shown=False)
    assert stories(world.home, 20) == []


def test_a_matter_that_is_hidden_is_not_told(cast, world, helped, needed, begun, lift):
    helped()
    need = needed()
    begun(need)
    gave(cast, need, grew=lift.number)
    hide_matter(actor=cast.clerk.actor, number=lift.number, reason="本人要求")
    assert "电梯”" not in of_community(world.home)[0].sentence


def test_give_backs_that_led_to_the_same_are_one_story(cast, world, helped, needed, begun, lift):
    helped()
    need = needed()
    begun(need)
    gave(cast, need, grew=lift.number)
    gave(cast, need, "挨家问了意见", grew=lift.number)
    gave(cast, need, "教老人用手机")
    assert sorted(len(one.steps) for one in stories(world.home, 20)) == [2, 4]


# The page of a wish -----------------------------------------------------------------------------------------


def test_the_page_of_a_wish_leads_here_for_who_may(cast, world, client_for):
    said = submit_voice(actor=cast.resident.actor, text="想请邻居接孩子", place=world.home, kind="wish")
    number = said.voice.matter.number
    page, take = reverse("desk:wish", args=[number]), reverse("aid_desk:need-take", args=[number])
    assert take in client_for(cast.clerk).get(page).content.decode()
    assert showing.way_of(cast.gridworker.actor, said.voice.matter) is None
    made = actions.take_matter(actor=cast.clerk.actor, number=number, text="转到互助了")[0]
    html = client_for(cast.clerk).get(page).content.decode()
    assert take not in html and reverse("aid_desk:need", args=[made.number]) in html


def test_what_everybody_reads_or_has_heard_an_answer_is_not_offered_this_way(cast, world):
    said = submit_voice(actor=cast.resident.actor, text="想学书法", place=world.home, kind="wish")
    matter = said.voice.matter
    assert showing.way_of(cast.clerk.actor, matter) is not None
    answer_wish(actor=cast.clerk.actor, number=matter.number, decision="accepted", text="开班")
    matter.refresh_from_db()
    assert showing.way_of(cast.clerk.actor, matter) is None


def test_a_wish_that_was_answered_is_not_answered_again_in_another_way(cast, world, client_for):
    said = submit_voice(actor=cast.resident.actor, text="想学书法", place=world.home, kind="wish")
    number = said.voice.matter.number
    answer_wish(actor=cast.clerk.actor, number=number, decision="accepted", text="下月开班")
    with pytest.raises(ActionError) as refused:
        actions.take_matter(actor=cast.clerk.actor, number=number, text="转到互助了")
    assert refused.value.code == "answered-already"
    said.voice.refresh_from_db()
    assert said.voice.answer == "下月开班" and not AidNeed.objects.exists()
    url = reverse("aid_desk:need-take", args=[number])
    page = client_for(cast.clerk).post(url, {"text": "转到互助了"})
    assert page.status_code == 422 and "已经答复过了" in page.content.decode()


def test_what_became_a_need_does_not_wait_on_the_list_of_orders_any_more(cast, world):
    said = submit_voice(actor=cast.resident.actor, text="想请邻居接孩子", place=world.home, kind="wish")
    assert Order.objects.filter(matter=said.voice.matter).exists()
    actions.take_matter(actor=cast.clerk.actor, number=said.voice.matter.number, text="转到互助了")
    assert not Order.objects.filter(matter=said.voice.matter).exists()
    assert AidNeed.objects.get().matter == said.voice.matter


# Why nobody is named ----------------------------------------------------------------------------------------


def test_the_desk_reads_how_many_lack_a_check_and_no_name(cast, helped, needed, client_for):
    helped("王婶", checked=None)
    need = needed()
    url = reverse("aid_desk:need-suggest", args=[need.number])
    html = client_for(cast.clerk).post(url, follow=True).content.decode()
    assert "眼下没有合适的邻居" in html and "还有 1 位愿意的邻居没有有效的无犯罪记录查询" in html
    assert "王婶" not in html
    assert candidates.unchecked(needed("elder_care")) == 0
