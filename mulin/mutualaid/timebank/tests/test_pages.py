"""The pages of the time bank."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.kernel.testing.cast import HOME, OTHER_HOME
from mulin.mutualaid.timebank import actions, queries
from mulin.mutualaid.timebank.models import TimeGift, TimeHolder

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode()


def test_my_time_says_what_is_there_and_what_was_helped(cast, credit, client_for):
    credit(cast.resident, 135)
    said = text_of(client_for(cast.resident).get("/aid/time/"))
    assert "2 小时 15 分钟" in said and "陪伴" in said and "不能换钱" in said
    assert "元" not in said.split("<main")[1].split("</main>")[0]


def test_a_book_is_opened_with_one_press_where_there_is_a_bank(cast, bank, client_for):
    client = client_for(cast.resident)
    assert "开我的时间账" in text_of(client.get("/aid/time/"))
    client.post("/aid/time/open/")
    assert TimeHolder.objects.filter(account=cast.resident.account, place=HOME).exists()
    neighbour = text_of(client_for(cast.neighbour).get("/aid/time/"))
    assert "没有开时间银行" in neighbour and "开我的时间账" not in neighbour


def test_giving_on_the_page(cast, credit, client_for):
    credit(cast.resident, 120)
    client = client_for(cast.resident)
    wrong = client.post("/aid/time/give/", {"hours": "1", "to": "code", "code": "", "words": "谢谢"})
    assert wrong.status_code == 422 and "谢谢" in text_of(wrong) and not TimeGift.objects.exists()
    sent = client.post("/aid/time/give/", {"hours": "0.5", "to": "reserve"})
    assert sent.status_code == 302 and TimeGift.objects.get().minutes == 30
    assert "30 分钟" in text_of(client_for().get(f"/aid/time/c/{HOME}/"))


def test_papers_are_free_and_say_confirmed_help_only(cast, credit, client_for):
    credit(cast.resident, 60)
    credit(cast.resident, 30)
    client = client_for(cast.resident)
    said = text_of(client.get("/aid/time/certificate/"))
    assert "李晓梅" in said and "帮助邻里 2 次，合计 1 小时 30 分钟" in said and "免费开具" in said
    assert "期初" in text_of(client.get("/aid/time/statement/?year=2026"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get("/aid/time/statement.xlsx").content))
    assert sheet.get_sheet_by_index(0).to_python()[-1][5] == 1.5


def test_few_helpers_stay_unseen_in_public_and_at_the_desk(cast, credit, client_for):
    for person in (cast.resident, cast.clerk, cast.newcomer, cast.group_member):
        credit(person, 60)
    assert "还不到五位" in text_of(client_for().get(f"/aid/time/c/{HOME}/"))
    assert "不到五人" in text_of(client_for(cast.clerk).get(f"/desk/aid/time/c/{HOME}/"))
    credit(cast.secretary, 30)
    assert "5 位邻居帮了 4 小时 30 分钟" in text_of(client_for().get(f"/aid/time/c/{HOME}/"))
    found = queries.totals(HOME)
    assert (found.held, found.holders) == (270, 5)


def test_the_desk_never_lists_people_by_hours(cast, credit, client_for):
    credit(cast.resident, 600)
    said = text_of(client_for(cast.clerk).get(f"/desk/aid/time/c/{HOME}/"))
    assert "李晓梅" not in said


def test_somebody_at_the_counter_shows_a_code(cast, credit, client_for):
    credit(cast.resident, 60)
    holder = TimeHolder.objects.get(account=cast.resident.account)
    client = client_for(cast.clerk)
    wrong = client.post(f"/desk/aid/time/c/{HOME}/find/", {"code": "李晓梅"})
    assert wrong.status_code == 422
    found = client.post(f"/desk/aid/time/c/{HOME}/find/", {"code": holder.code})
    assert "李晓梅" in text_of(client.get(found.url))
    for paper in ("statement", "certificate"):
        assert "1 小时" in text_of(client.get(f"{found.url}{paper}/"))
    for stranger in (cast.other_clerk, cast.auditor):
        assert client_for(stranger).get(found.url).status_code in (403, 404)


def test_another_community_is_out_of_reach(cast, bank, client_for):
    client = client_for(cast.clerk)
    assert client.get(f"/desk/aid/time/c/{OTHER_HOME}/").status_code == 404
    assert client.post(f"/desk/aid/time/c/{OTHER_HOME}/award/", {}).status_code == 404


def test_english_pages(cast, credit, client_for):
    credit(cast.resident, 75)
    credit(None, 60, helper_id=uuid4(), helper_name="Chen")
    client = client_for(cast.resident, headers={"accept-language": "en"})
    assert "1 hour 15 minutes" in text_of(client.get("/aid/time/"))
    clerk = client_for(cast.clerk, headers={"accept-language": "en"})
    assert "Community reserve" in text_of(clerk.get(f"/desk/aid/time/c/{HOME}/"))


def test_the_card_stands_where_there_is_a_bank(cast, bank, world, client_for):
    assert "帮一小时，记一小时" in text_of(client_for().get(f"/c/{HOME}/"))
    assert "帮一小时，记一小时" not in text_of(client_for().get(f"/c/{world.other_home}/"))


def test_a_gift_behind_the_first_dozen_can_still_be_taken_back(cast, credit, client_for):
    credit(cast.resident, 600)
    credit(cast.group_member, 15)
    code = TimeHolder.objects.get(account=cast.group_member.account).code
    made = [actions.give(actor=cast.resident.actor, minutes=10 + n, code=code) for n in range(14)]
    browser, url = client_for(cast.clerk), f"/desk/aid/time/c/{HOME}/"
    page = browser.get(url)
    link = reverse("aid_desk:time-gift", args=[made[0].number])
    assert link not in text_of(page)
    assert link in text_of(browser.get(url + page.context["gifts_list"].next))
    own = client_for(cast.resident).get("/aid/time/")
    assert len(own.context["gifts"]) == 12
    assert len(client_for(cast.resident).get("/aid/time/" + own.context["list"].next).context["gifts"]) == 2
