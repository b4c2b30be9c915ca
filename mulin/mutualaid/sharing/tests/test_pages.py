"""The pages of sharing, for residents and at the desk."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.kernel.testing.cast import HOME
from mulin.mutualaid.sharing import uses
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "parking", "title": "地下车位", "where": "B1-88", "access": "东门", "days": ["1", "2"],
    "begins": "18:00", "ends": "08:00", "yuan": "3", "per": "hour",
}  # fmt: skip


def text_of(response) -> str:
    return response.content.decode()


def test_a_space_goes_from_the_form_to_a_neighbours_car(cast, client_for, freeze):
    lender, borrower, clerk = (client_for(one) for one in (cast.resident, cast.group_member, cast.clerk))
    wrong = lender.post(f"/aid/sharing/c/{HOME}/new/", {**NEW, "where": ""})
    assert wrong.status_code == 422 and "地下车位" in text_of(wrong)
    page = lender.post(f"/aid/sharing/c/{HOME}/new/", NEW).url
    found = SharedOffer.objects.get()
    assert "等社区看一眼" in text_of(lender.get(page))
    assert "B1-88" in text_of(clerk.get(f"/desk/aid/sharing/{found.number}/"))
    clerk.post(f"/desk/aid/sharing/{found.number}/check/", {"accept": "yes"})
    here = f"/aid/sharing/c/{HOME}/?kind=&starts_at=2026-11-23T19:00&ends_at=2026-11-23T21:00"
    said = text_of(borrower.get(here))
    assert "这段时间空着" in said and "周" not in said.split("这段时间空着")[0].split("地下车位")[-1]
    booked = borrower.post(
        f"/aid/sharing/{found.number}/book/",
        {"starts_at": "2026-11-23T19:00", "ends_at": "2026-11-23T21:00", "note": "渝A12345"},
    )
    assert "东门" in text_of(borrower.get(booked.url))
    again = client_for(cast.newcomer).post(
        f"/aid/sharing/{found.number}/book/",
        {"starts_at": "2026-11-23T20:00", "ends_at": "2026-11-23T22:00", "note": "渝B"},
    )
    assert again.status_code == 422 and "已经有人用了" in text_of(again)
    freeze("2026-11-23 21:00")
    use = SharedUse.objects.get()
    assert borrower.post(f"/aid/sharing/uses/{use.number}/end/", {}).status_code == 302
    assert "要交 6.00 元" in text_of(borrower.get("/aid/sharing/mine/"))
    assert "社区要付给您 6.00 元" in text_of(lender.get("/aid/sharing/mine/"))


def test_the_desk_settles_a_month_on_the_page_on_paper_and_as_a_sheet(
    cast, space, booked, freeze, client_for
):
    use = booked(space())
    freeze("2026-11-23 22:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    client, base = client_for(cast.clerk), f"/desk/aid/sharing/c/{HOME}/money/"
    said = text_of(client.get(base))
    assert "钱芳" in said and "李晓梅" in said and "12.00 元" in said
    assert "经办" in text_of(client.get(f"{base}?month=2026-11&as=print"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{base}?as=xlsx").content))
    assert sheet.get_sheet_by_index(0).to_python()[1][5:7] == [12.0, 12.0]
    assert "这个月还没有记费用" in text_of(client.get(f"{base}?month=2026-10"))
    owes = f"{base}borrower/{cast.group_member.id}/"
    wrong = client.post(f"{owes}cash/", {"yuan": "13"})
    assert wrong.status_code == 422 and "12.00" in text_of(wrong)
    assert client.post(f"{owes}cash/", {"yuan": "12", "words": "收据7"}).status_code == 302
    assert "收据7" in text_of(client.get(owes)) and "期末" in text_of(client.get(f"{owes}?as=print"))
    assert client_for(cast.auditor).get(base).status_code == 200
    assert client_for(cast.auditor).post(f"{owes}cash/", {"yuan": "1"}).status_code == 403
    assert client_for(cast.other_clerk).get(base).status_code == 404


def test_a_disagreement_goes_from_the_phone_to_the_desk_and_back(cast, space, booked, freeze, client_for):
    use = booked(space())
    freeze("2026-11-23 18:45")
    page = f"/aid/sharing/uses/{use.number}/"
    client_for(cast.resident).post(f"{page}no-show/", {})
    borrower = client_for(cast.group_member)
    assert "来了就提出异议" in text_of(borrower.get(page))
    borrower.post(f"{page}object/", {"text": "我停了一晚"})
    desk = client_for(cast.clerk)
    assert "核实来了没有" in text_of(desk.get("/desk/"))
    decide = f"/desk/aid/sharing/uses/{use.number}/decide/objection/"
    assert "我停了一晚" in text_of(desk.get(decide))
    desk.post(decide, {"upheld": "yes", "text": "看了道闸记录"})
    assert "核实过，来了：看了道闸记录" in text_of(borrower.get(page))


def test_no_page_counts_who_did_not_come(cast, space, booked, freeze, client_for):
    """No score: how often somebody did not come stands nowhere."""
    use = booked(space())
    freeze("2026-11-23 18:45")
    uses.say_no_show(actor=cast.resident.actor, number=use.number)
    for page in (f"/aid/sharing/uses/{use.number}/", f"/desk/aid/sharing/uses/{use.number}/"):
        viewer = cast.clerk if page.startswith("/desk") else cast.resident
        said = text_of(client_for(viewer).get(page))
        assert "次没来" not in said and "信用" not in said


def test_every_page_answers_in_both_languages(cast, space, drill, booked, freeze, client_for):
    found, thing = space(), drill()
    use, loan = booked(found), booked(thing)
    pages = (
        (cast.group_member, (
            f"/aid/sharing/c/{HOME}/", f"/aid/sharing/c/{HOME}/new/", f"/aid/sharing/{found.number}/",
            f"/aid/sharing/{thing.number}/book/", f"/aid/sharing/uses/{loan.number}/", "/aid/sharing/mine/",
            f"/aid/sharing/uses/{use.number}/cancel/", "/aid/sharing/money/",
        )),
        (cast.resident, (f"/aid/sharing/{found.number}/", f"/aid/sharing/{found.number}/edit/")),
        (cast.clerk, (
            "/desk/aid/sharing/", f"/desk/aid/sharing/{found.number}/", f"/desk/aid/sharing/c/{HOME}/new/",
            f"/desk/aid/sharing/uses/{loan.number}/", f"/desk/aid/sharing/{found.number}/book/",
            f"/desk/aid/sharing/c/{HOME}/money/", f"/desk/aid/sharing/{found.number}/close/",
        )),
    )  # fmt: skip
    for person, urls in pages:
        for language in ("zh-hans", "en"):
            client = client_for(person, headers={"accept-language": language})
            for url in urls:
                assert client.get(url).status_code == 200, (language, url)


def test_strangers_are_asked_to_sign_in_where_it_matters(space, client_for):
    found = space()
    assert client_for().get(f"/aid/sharing/{found.number}/").status_code == 200
    for url in (f"/aid/sharing/{found.number}/book/", "/aid/sharing/mine/", f"/aid/sharing/c/{HOME}/new/"):
        assert client_for().get(url).status_code == 302


def test_the_home_page_leads_to_what_neighbours_lend(world, client_for):
    answer = client_for().get(f"/c/{HOME}/")
    assert "借车位、借工具" in text_of(answer) and f'href="/aid/sharing/c/{HOME}/"' in answer.content.decode()


def test_the_desk_registers_for_who_is_not_online(cast, client_for):
    client = client_for(cast.clerk)
    made = client.post(f"/desk/aid/sharing/c/{HOME}/new/", {**NEW, "owner_name": "老陈"})
    found = SharedOffer.objects.get()
    assert made.status_code == 302 and found.owner_name == "老陈" and found.state == "open"
    booked = client.post(
        f"/desk/aid/sharing/{found.number}/book/",
        {"who": "王婆婆", "starts_at": "2026-11-23T19:00", "ends_at": "2026-11-23T20:00"},
    )
    assert "B1-88" in text_of(client.get(booked.url)) and "王婆婆" in text_of(client.get(booked.url))
