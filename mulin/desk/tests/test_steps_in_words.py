"""What the page says about a step: how far the call-backs are, whose proposal it is, who reads a reason."""

import re
from datetime import timedelta

import pytest

from mulin.cases import inbox, moves
from mulin.kernel import clock
from mulin.voices.actions import add_to_voice


@pytest.fixture
def later():
    return lambda **ahead: clock.at(clock.now() + timedelta(**ahead))


def main_button(page: str) -> str:
    """The words of the one dark button of the bar."""
    bar = page[page.index('class="actions"') :]
    found = re.search(r'class="btn btn--main"[^>]*>(?:<svg.*?</svg>)?([^<]+)<', bar, re.S)
    return found[1].strip() if found else ""


class TestCallBacks:
    def test_one_attempt_is_counted_and_not_asked_for_again_on_that_day(
        self, clerk, cast, speak, bring, do, later, page_of
    ):
        said = speak(contact="13700002222")
        bring(said.number, "done")
        with later(days=12):
            assert main_button(page_of(clerk, said.url)) == "记录回访"
            do("call-back", "clerk", said.number, result="no_answer", how="phone")
            page = page_of(clerk, said.url)
            assert "回访已打 1 次，共要 3 次，不在同一天" in page and "明天再打" in page
            assert main_button(page) == "看下一件" and "等您“记录回访”" not in page
            assert said.number not in [i.facts["number"] for i in inbox.items(cast.clerk.actor)]
        with later(days=13):
            assert main_button(page_of(clerk, said.url)) == "记录回访"
            assert said.number in [i.facts["number"] for i in inbox.items(cast.clerk.actor)]

    def test_after_the_last_attempt_the_step_is_closing(self, clerk, speak, bring, do, later, page_of):
        said = speak(contact="13700002222")
        bring(said.number, "done")
        for day in (12, 13, 14):
            with later(days=day):
                do("call-back", "clerk", said.number, result="no_answer", how="phone")
        with later(days=14):
            page = page_of(clerk, said.url)
            assert "可以办结了" in page and main_button(page) == "办结"


class TestProposals:
    def test_who_proposed_takes_it_back_and_the_other_disagrees(self, clerk, browser, speak, bring, page_of):
        said = speak()
        bring(said.number, "accepted")
        fields = {"reason": "要等明年大修资金", "review_on": str(clock.today() + timedelta(days=30))}
        clerk.post(f"{said.url}suspend/", fields)
        own, other = page_of(clerk, said.url), page_of(browser("secretary"), said.url)
        assert "撤回这个提议" in own and "不同意" not in own
        assert "不同意" in other and "撤回这个提议" not in other
        assert "撤回这个提议" in page_of(clerk, f"{said.url}decline/")
        after = clerk.post(f"{said.url}decline/", {"reason": "资金已经到了"}, follow=True).content.decode()
        assert "提议已撤回" in after and said.case().pending is None

    @pytest.mark.parametrize(("move", "state"), [("suspend", "accepted"), ("resume", "suspended")])
    def test_the_form_says_that_the_resident_reads_the_reason(
        self, clerk, speak, bring, do, page_of, move, state
    ):
        said = speak()
        bring(said.number, "accepted")
        if state == "suspended":
            day = clock.today() + timedelta(days=30)
            do("suspend", "clerk", said.number, reason="要等明年大修资金", review_on=day)
            do("approve", "secretary", said.number)
        assert "反映的人会看到原因" in page_of(clerk, f"{said.url}{move}/")


def test_an_objection_is_asked_about_as_a_question(clerk, speak, bring, do, page_of):
    said = speak()
    bring(said.number, "dispatched")
    do("object", "department", said.number, reason="不归我们管，路灯是物业的")
    assert "异议成立吗" in page_of(clerk, f"{said.url}decide-objection/")
    assert str(moves.SPECS["uphold"].label) == "异议成立吗"


def test_the_question_of_a_confirm_has_its_action_first(clerk, speak, page_of):
    dialog = page_of(clerk, speak().url).partition('id="confirm"')[2].partition("</dialog>")[0]
    assert dialog.index("data-confirm-yes") < dialog.index("先不")


def test_the_photo_controller_is_there_where_a_sheet_opens(clerk, speak, page_of):
    said = speak()
    for address in (said.url, "/desk/", "/desk/cases/"):
        assert page_of(clerk, address).count("mulin/js/photos.js") == 1
    for address in ("/desk/enter/",):
        assert page_of(clerk, address).count("mulin/js/photos.js") == 1


def test_the_timeline_says_who_added_what(clerk, cast, speak, page_of):
    said = speak()
    add_to_voice(actor=cast.resident.actor, number=said.voice.number, text="今天晚上又全黑了")
    add_to_voice(actor=cast.clerk.actor, number=said.voice.number, text="到现场看过，电话13912345678")
    timeline = page_of(clerk, said.url).partition('class="timeline"')[2].partition("</ol>")[0]
    own, of_staff = timeline.index("本人补充"), timeline.index("工作人员补充")
    assert own < timeline.index("今天晚上又全黑了") < of_staff < timeline.index("到现场看过")
    assert "13912345678" not in timeline and "本人或工作人员" not in timeline


class TestShell:
    def test_on_a_phone_what_does_not_fit_the_bar_is_one_tap_away(self, clerk, browser, page_of):
        rail = page_of(clerk, "/desk/").partition('class="rail"')[2].partition("</nav>")[0]
        late = re.findall(r'class="rail__late"><a href="([^"]+)"', rail)
        more = rail.partition('class="rail__more"')[2]
        assert "/desk/residents/" in late and late == re.findall(r'<a href="([^"]+)"', more)
        few = page_of(browser("department"), "/desk/").partition('class="rail"')[2].partition("</nav>")[0]
        assert ("rail__more" in few) == (len(re.findall("data-rail=", few)) > 5)

    def test_the_list_beside_a_case_says_how_many_wait(self, clerk, speak, page_of):
        said = speak()
        assert 'data-waiting="1"' in page_of(clerk, "/desk/pane/")
        page = page_of(clerk, said.url)
        assert 'data-rail="inbox"' in page and "desk/rail.js" in page

    def test_an_error_stands_once_and_the_head_names_the_field(self, clerk, speak, bring, page_of):
        said = speak()
        bring(said.number, "in_hand")
        page = clerk.post(f"{said.url}finish/", {"done_text": "", "reply": ""}).content.decode()
        assert page.count("请填写“做了什么”") == 1 and 'href="#m_done_text">做了什么<' in page
