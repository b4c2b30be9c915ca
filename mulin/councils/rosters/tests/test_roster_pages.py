"""The pages of rosters, for those who keep them and for everybody."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mulin.councils.rosters import actions, queries
from mulin.councils.rosters.models import OwnerPerson, Proxy, Roster
from mulin.councils.rosters.tests.conftest import add, unit
from mulin.kernel.clock import today

GET_PAGES = (
    "roster", "roster-lines", "roster-frame", "roster-import", "roster-line-new", "roster-freeze",
    "roster-correct", "roster-letters", "roster-proxies", "roster-proxy-new", "roster-objections",
    "roster-objection-new", "roster-print",
)  # fmt: skip


def desk(name, roster, *more):
    return reverse(f"councils_desk:{name}", args=[roster.number, *more])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", ["draft", "frozen"])
def test_every_page_of_the_desk_opens(client_for, cast, houses, clerk, state, language):
    if state == "frozen":
        actions.freeze_roster(actor=clerk, number=houses.number)
    client = client_for(cast.clerk, HTTP_ACCEPT_LANGUAGE=language)
    for name in GET_PAGES:
        assert client.get(desk(name, houses)).status_code == 200, name
    for name in ("rosters", "roster-new"):
        assert client.get(reverse(f"councils_desk:{name}")).status_code == 200, name
    for name in ("roster-template", "roster-export"):
        assert client.get(desk(name, houses)).content.startswith(b"PK"), name
    entry = houses.entries.first()
    assert client.get(desk("roster-line", houses, entry.pk)).status_code == 200


def test_a_roster_is_made_filled_and_frozen_on_the_pages(client_for, cast, world):
    client = client_for(cast.clerk)
    data = {
        "place": world.home,
        "body": "households",
        "title": "金堰住户",
        "start": "people",
        "site": "",
        "stair": "",
    }
    answer = client.post(reverse("councils_desk:roster-new"), data)
    roster = Roster.objects.get()
    assert answer.status_code == 302 and roster.entries.count() == 1
    client.post(
        desk("roster-line-new", roster),
        {"building": world.building, "stair": "2", "door": "7-1", "again": "1"},
    )
    assert (
        client.post(
            desk("roster-freeze", roster), {"objections_until": (today() + timedelta(days=7)).isoformat()}
        ).status_code
        == 302
    )
    roster.refresh_from_db()
    assert roster.is_frozen and roster.figures["entries"] == 2


def test_owners_cannot_be_drafted_from_people_on_the_page(client_for, cast, world):
    data = {
        "place": world.home,
        "body": "owners",
        "title": "业主",
        "start": "people",
        "site": "",
        "stair": "",
    }
    answer = client_for(cast.clerk).post(reverse("councils_desk:roster-new"), data)
    assert answer.status_code == 422 and not Roster.objects.exists()


def test_a_file_is_imported_and_bad_rows_are_listed(client_for, cast, draft):
    roster = draft("delegates")
    file = SimpleUploadedFile("名单.csv", "姓名,电话\n张三,\n李四,12\n,13800138000\n".encode())
    answer = client_for(cast.clerk).post(desk("roster-import", roster), {"file": file})
    text = answer.content.decode()
    assert "加了 1 条" in text and "电话“12”不对" in text and "请写姓名" in text
    assert list(roster.entries.values_list("label", flat=True)) == ["张三"]


def test_what_is_wrong_in_a_line_stands_at_its_field(client_for, cast, draft, world):
    roster = draft()
    data = {"building": world.building, "door": "5-2", "kind": "home", "registry": "89.345", "owners": "张三"}
    answer = client_for(cast.clerk).post(desk("roster-line-new", roster), data)
    assert answer.status_code == 422
    assert "registry" in answer.context["form"].errors and not roster.entries.exists()


def test_a_line_is_changed_and_keeps_its_areas_exactly(client_for, cast, houses, world):
    client, entry = client_for(cast.clerk), houses.entries.get(key="金堰花园1栋-1单元-2-1")
    form = client.get(desk("roster-line", houses, entry.pk)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "is_developers"}
    assert data["contract"] == "89.34"
    assert client.post(desk("roster-line", houses, entry.pk), {**data, "note": "核对过"}).status_code == 302
    entry.refresh_from_db()
    assert entry.contract == 8934 and entry.note == "核对过" and entry.owner_codes == ("C",)


def test_letters_are_shown_once_with_their_codes(client_for, cast, frozen):
    client = client_for(cast.clerk)
    answer = client.post(desk("roster-letters", frozen), {"building": "", "only_open": "on"})
    text = answer.content.decode()
    assert "王五" in text and "<svg" in text and 'style="' not in text
    assert (
        answer["Cache-Control"] and "王五" not in client.get(desk("roster-letters", frozen)).content.decode()
    )


def test_a_proxy_is_recorded_on_the_page_and_its_holder_sees_it(client_for, cast, frozen):
    client = client_for(cast.clerk)
    key = "金堰花园1栋-1单元-2-1"
    page = client.get(desk("roster-proxy-new", frozen) + "?q=2-1")
    assert page.context["form"] is not None
    data = {
        "keys": [key], "giver": "C", "holder_name": "王建国", "holder_phone": "13800138001", "vote": "",
        "signed_on": today().isoformat(), "until": today().isoformat(), "view": "",
        "scan": SimpleUploadedFile("p.pdf", b"%PDF-1.4 x"),
    }  # fmt: skip
    assert client.post(desk("roster-proxy-new", frozen) + "?q=2-1", data).status_code == 302
    proxy = Proxy.objects.get()
    assert proxy.holder_id == cast.neighbour.id and proxy.scan
    assert (
        b"".join(client.get(desk("roster-proxy-scan", frozen, proxy.pk)).streaming_content) == b"%PDF-1.4 x"
    )
    shown = client_for(cast.neighbour).get(reverse("councils:roster", args=[frozen.number])).content.decode()
    assert "您受书面委托" in shown and "王五" not in shown
    assert client_for(cast.resident).get(desk("roster-proxy-scan", frozen, proxy.pk)).status_code in (
        403,
        404,
    )


def test_everybody_sees_figures_and_nobody_elses_name(client_for, cast, frozen):
    url = reverse("councils:roster", args=[frozen.number])
    for person in (None, cast.resident, cast.clerk):
        text = client_for(person).get(url).content.decode()
        assert "479.84" in text
        assert not any(name in text for name in ("张三", "李四", "王五", "2-1"))


def test_an_owner_sees_the_own_units_with_their_areas(client_for, cast, frozen):
    OwnerPerson.objects.filter(roster=frozen, code="A").update(account=cast.resident.account)
    text = client_for(cast.resident).get(reverse("councils:roster", args=[frozen.number])).content.decode()
    assert "100.00 ㎡" in text and "50.00 ㎡" in text and "89.34" not in text
    assert "名册" in client_for(cast.resident).get(reverse("councils:rosters")).content.decode()


def test_a_draft_is_nobodys_business(client_for, cast, houses):
    assert client_for(cast.resident).get(reverse("councils:roster", args=[houses.number])).status_code == 404


def test_a_letter_is_used_on_the_page(client_for, cast, frozen, clerk):
    code = next(
        one for one in actions.make_letters(actor=clerk, number=frozen.number) if one.to == "王五"
    ).code
    url = reverse("councils:roster-code")
    assert "data-roster-code" in client_for(None).get(url).content.decode()
    assert client_for(None).post(url, {"code": code}).status_code == 302
    assert client_for(cast.resident).post(url, {"code": "AAAA"}).status_code == 422
    assert client_for(cast.resident).post(url, {"code": code}).status_code == 302
    assert len(queries.entries_of(frozen, cast.resident.actor)) == 3


def test_an_objection_goes_the_whole_way_on_the_pages(client_for, cast, frozen):
    client = client_for(cast.resident)
    url = reverse("councils:roster-object", args=[frozen.number])
    assert client_for(None).get(url).status_code == 302
    assert client.post(url, {"kind": "missing", "text": "漏了我家"}).status_code == 302
    one = frozen.objections.get()
    at_desk = client_for(cast.clerk)
    assert "漏了我家" in at_desk.get(desk("roster-objections", frozen)).content.decode()
    page = desk("roster-objection", frozen, one.number)
    assert at_desk.post(page, {"is_accepted": "yes", "answer": "已加上"}).status_code == 302
    assert "已加上" in client.get(reverse("councils:roster", args=[frozen.number])).content.decode()
    everybody = client_for(None).get(reverse("councils:roster", args=[frozen.number]))
    assert "漏了我家" not in everybody.content.decode()


def test_a_telephone_needs_a_purpose_on_the_page(client_for, cast, draft, clerk):
    roster = draft()
    add(clerk, roster, unit("5-2", "李晓梅", "A", "13800138000", registry=8934))
    actions.freeze_roster(actor=clerk, number=roster.number)
    url = desk("roster-line-phone", roster, roster.entries.get().pk)
    client = client_for(cast.clerk)
    assert "8613800138000" not in client.get(url + "?owner=A").content.decode()
    assert client.post(url, {"owner": "A", "purpose": ""}).status_code == 422
    assert "8613800138000" in client.post(url, {"owner": "A", "purpose": "约上门送票"}).content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    client_for, cast, draft, clerk, django_assert_max_num_queries
):
    roster = draft()
    add(clerk, roster, *[unit(f"{n}-1", f"业主{n}", f"C{n}", registry=8934) for n in range(30)])
    client = client_for(cast.clerk)
    client.get(desk("roster-lines", roster))
    with django_assert_max_num_queries(14):
        client.get(desk("roster-lines", roster))


def test_the_leader_of_a_group_makes_its_roster(client_for, cast, world):
    data = {
        "place": world.home, "body": "courtyard", "title": "院落各户", "start": "people", "site": "",
        "stair": "", "org": str(world.group.pk),
    }  # fmt: skip
    assert client_for(cast.group_leader).post(reverse("councils_desk:roster-new"), data).status_code == 302
    assert Roster.objects.get().org_id == world.group.pk
    answer = client_for(cast.group_leader).post(reverse("councils_desk:roster-new"), {**data, "org": ""})
    assert answer.status_code == 403
