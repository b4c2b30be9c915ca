"""Recording for others: one, many at once, a chat; receipts; 大事 in one tap."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from mulin.cases.models import Case
from mulin.desk.tests.conftest import TEXT
from mulin.kernel import clock
from mulin.kernel.numbers import show_number
from mulin.voices.models import Voice
from mulin.voices.receipts import code_of, show_code


@pytest.fixture
def told(world) -> dict:
    return {"text": TEXT, "channel": "phone", "place": world.home, "building": world.building}


def test_a_call_is_recorded_and_gives_a_receipt(clerk, cast, told, page_of):
    answer = clerk.post("/desk/enter/", {**told, "contact": "137 0000 3333", "consent": "on"})
    voice = Voice.objects.get()
    assert answer.url == f"/desk/receipts/{voice.number}/"
    assert (voice.channel, voice.entered_by, voice.account_id) == ("phone", cast.clerk.id, None)
    assert voice.contact_last4 == "3333"
    slip = page_of(clerk, answer.url)
    assert show_number(voice.number) in slip and "<svg" in slip and "13912345678" not in slip
    code = show_code(code_of(voice.number))
    assert code in slip
    found = Client().post("/find", {"number": show_number(voice.number), "code": code})
    assert found.status_code == 302 and found.url == f"/mine/{voice.number}"


def test_the_receipts_code_opens_the_voice(clerk, told, page_of):
    from mulin.desk import recording
    from mulin.kernel import secrets
    from mulin.voices.queries import voice_by_secret

    clerk.post("/desk/enter/", told)
    voice = Voice.objects.get()
    sealed = clerk.session[recording.SESSION][voice.number]
    assert voice_by_secret(secrets.unseal(sealed)) == voice
    assert secrets.unseal(sealed) not in str(clerk.session.items())


def test_a_receipt_printed_by_a_colleague_has_the_number_and_no_code(clerk, browser, told, page_of):
    clerk.post("/desk/enter/", told)
    number = Voice.objects.get().number
    slip = page_of(browser("secretary"), "/desk/receipts/print/", n=number)
    assert show_number(number) in slip and "slip__qr" not in slip
    assert show_code(code_of(number)) not in slip
    assert "slip__qr" in page_of(clerk, "/desk/receipts/print/", n=number)


def test_a_contact_without_consent_is_not_kept(clerk, told):
    answer = clerk.post("/desk/enter/", {**told, "contact": "13700003333"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "要本人同意" in page and TEXT in page
    assert not Voice.objects.exists()


def test_the_same_form_sent_twice_is_one_voice(clerk, told):
    fields = {**told, "idempotency_key": "4b1c1d1e-2f2a-4c56-8d0f-aaaaaaaaaaaa"}
    first, second = (clerk.post("/desk/enter/", fields) for _n in range(2))
    assert first.url == second.url
    assert Voice.objects.count() == 1


def test_words_are_missing_and_the_rest_stays(clerk, told):
    answer = clerk.post("/desk/enter/", {**told, "text": " ", "address": "东门口"})
    assert answer.status_code == 422 and "东门口" in answer.content.decode()


def test_what_a_grid_worker_finds_on_a_round_is_their_own_word(browser, cast, told):
    answer = browser("gridworker").post("/desk/enter/", {**told, "channel": "patrol", "next": "today"})
    voice = Voice.objects.get()
    assert answer.url == f"/desk/today/?done={voice.number}"
    assert (voice.account_id, voice.entered_by) == (cast.gridworker.id, None)


def test_a_photo_goes_along(clerk, told):
    from django.core.files.uploadedfile import SimpleUploadedFile

    out = BytesIO()
    Image.new("RGB", (50, 50), "red").save(out, "PNG")
    upload = SimpleUploadedFile("a.png", out.getvalue(), "image/png")
    assert clerk.post("/desk/enter/", {**told, "photos": upload}).status_code == 302
    assert Voice.objects.get().photos.count() == 1


def test_suggestions_come_with_a_reason_and_the_like_matters(clerk, speak, told):
    said = speak(category="street_lamp")
    answer = clerk.post("/desk/enter/suggest/", told)
    page = answer.content.decode()
    assert 'data-set="id_category"' in page and f'value="{said.number}"' in page


def test_without_scripts_a_button_shows_the_suggestions_and_keeps_the_form(clerk, told):
    answer = clerk.post("/desk/enter/", {**told, "look": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200 and 'data-set="id_category"' in page and TEXT in page
    assert not Voice.objects.exists()


def test_a_voice_joins_the_matter_that_was_chosen(clerk, speak, told):
    said = speak()
    assert clerk.post("/desk/enter/", {**told, "join": said.number}).status_code == 302
    assert said.case().matter.voices.count() == 2
    assert Case.objects.count() == 1


def test_danger_is_said_while_one_types(clerk, told):
    page = clerk.post("/desk/enter/suggest/", {**told, "text": "闻到很浓的煤气味，有人晕倒"}).content.decode()
    assert "听起来有危险" in page


def test_the_buildings_follow_the_chosen_community(clerk, world, page_of):
    assert world.building in page_of(clerk, "/desk/enter/sites/", place=world.home)
    assert world.building not in page_of(clerk, "/desk/enter/sites/", place=world.other_home)


class TestMany:
    """A courtyard meeting: rows."""

    def rows(self, *texts: str, **more) -> dict:
        n = len(texts)
        return {
            "key": [f"key-for-row-{i}-0000000000" for i in range(n)], "text": list(texts),
            "kind": [""] * n, "contact": [""] * n, **more,
        }  # fmt: skip

    def test_each_row_becomes_its_own_voice(self, clerk, cast, world):
        texts = ("井盖松了，一过车就响。", "", "想要一个晾衣服的地方。")
        fields = {**self.rows(*texts, kind=["complaint", "", "wish"]), "place": world.home}
        answer = clerk.post("/desk/enter/many/", fields)
        assert answer.status_code == 302 and answer.url.count("n=") == 2
        assert set(Voice.objects.values_list("channel", "kind")) == {
            ("courtyard", "complaint"),
            ("courtyard", "wish"),
        }
        assert "2 条" in clerk.get(answer.url).content.decode()

    def test_one_bad_row_keeps_itself_and_takes_nobody_along(self, clerk, world):
        good, bad = "井盖松了，一过车就响。", "路灯" * 3000
        fields = {**self.rows(good, bad), "place": world.home}
        answer = clerk.post("/desk/enter/many/", fields)
        page = answer.content.decode()
        assert answer.status_code == 422 and bad in page and f">{good}<" not in page
        assert Voice.objects.count() == 1 and Voice.objects.get().number in page
        # The same rows again make no second voice of the good one.
        clerk.post("/desk/enter/many/", fields)
        assert Voice.objects.count() == 1

    def test_one_more_row_without_scripts_keeps_the_others(self, clerk, world):
        fields = {**self.rows("井盖松了。"), "place": world.home, "more": "1"}
        page = clerk.post("/desk/enter/many/", fields).content.decode()
        assert "井盖松了。" in page and page.count('name="key"') == 1 + 6 + 1  # and the one scripts copy
        assert not Voice.objects.exists()

    def test_contacts_need_a_consent_for_all(self, clerk, world):
        fields = {**self.rows("井盖松了，一过车就响。", contact=["13700001111"]), "place": world.home}
        assert clerk.post("/desk/enter/many/", fields).status_code == 422
        assert clerk.post("/desk/enter/many/", {**fields, "consent": "on"}).status_code == 302

    def test_an_empty_table_is_told_so(self, clerk, world):
        answer = clerk.post("/desk/enter/many/", {**self.rows("", ""), "place": world.home})
        assert answer.status_code == 422 and "请至少写一条" in answer.content.decode()


class TestChat:
    """A building's chat: pasted, read, ticked."""

    CHAT = (
        "张三 2026/11/20 15:20\n三单元门口的路灯坏了，晚上看不见\n李四 15:22\n收到\n"
        "王五 15:30\n楼道里堆了旧家具，担架都过不去"
    )

    def test_messages_are_read_and_likely_ones_are_ticked(self, clerk, world):
        page = clerk.post("/desk/enter/chat/", {"chat": self.CHAT, "place": world.home}).content.decode()
        assert page.count('name="tick"') == 3
        assert len(re.findall(r'name="tick" value="[^"]+" checked', page)) == 2
        assert not Voice.objects.exists()

    def test_only_what_is_ticked_is_recorded_and_no_name_is_kept(self, clerk, world):
        page = clerk.post("/desk/enter/chat/", {"chat": self.CHAT, "place": world.home}).content.decode()
        keys = re.findall(r'name="tick" value="([^"]+)"', page)
        texts = re.findall(r'<textarea[^>]*name="text"[^>]*>\s*([^<]*)</textarea>', page)
        times = re.findall(r'name="at" value="([^"]*)"', page)
        fields = {
            "key": keys, "text": texts, "at": times, "kind": [""] * 3, "sender": ["张三", "李四", "王五"],
            "tick": [keys[0], keys[2]], "place": world.home,
        }  # fmt: skip
        assert clerk.post("/desk/enter/chat/", fields).status_code == 302
        found = list(Voice.objects.order_by("id"))
        assert [v.text for v in found] == [texts[0], texts[2]]
        assert {v.channel for v in found} == {"chat"}
        assert found[0].happened_at.isoformat()[:10] == "2026-11-20"
        assert not any("张三" in v.text for v in found)

    def test_nothing_ticked_is_said(self, clerk, world):
        fields = {"key": ["a" * 20], "text": ["路灯坏了"], "place": world.home}
        answer = clerk.post("/desk/enter/chat/", fields)
        assert answer.status_code == 422 and "请勾选" in answer.content.decode()


class TestUrgent:
    """大事: where, and one tap for what."""

    WHERE = {"address": "3栋门口"}

    def test_one_tap_reports_and_opens_the_checklist(self, clerk, world, page_of):
        assert 'value="gas_leak"' in page_of(clerk, "/desk/urgent/")
        fields = {"category": "gas_leak", "place": world.home, "building": world.building}
        answer = clerk.post("/desk/urgent/", fields)
        case = Case.objects.get()
        assert (case.severity, case.restriction, case.category) == ("major", "major", "gas_leak")
        assert answer.url == f"/desk/cases/{case.number}/?reported=1"
        assert "到场清单" in page_of(clerk, answer.url)

    def test_the_title_says_where(self, clerk, world):
        fields = {"category": "gas_leak", "place": world.home, "text": "味道很重", **self.WHERE}
        clerk.post("/desk/urgent/", fields)
        case = Case.objects.get()
        assert case.title == "金堰社区·3栋门口：燃气泄漏"
        assert case.matter.address == "3栋门口"

    def test_a_grid_alone_is_no_place_and_what_was_typed_stays(self, browser, world, page_of):
        worker = browser("gridworker")
        assert f'value="{world.grid}" selected' in page_of(worker, "/desk/urgent/")
        key = "9f1c1d1e-2f2a-4c56-8d0f-cccccccccccc"
        fields = {"category": "fire", "place": world.home, "building": world.grid, "idempotency_key": key}
        answer = worker.post("/desk/urgent/", {**fields, "text": "有人受伤"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "请说在哪里" in page
        assert "有人受伤" in page and key in page
        assert not Case.objects.exists()

    def test_a_position_is_enough(self, browser, world):
        fields = {"category": "fire", "place": world.home, "building": world.grid}
        point = {"lon": "106.5701", "lat": "29.5301"}
        answer = browser("gridworker").post("/desk/urgent/", {**fields, **point})
        matter = Case.objects.get().matter
        assert answer.url == f"/desk/cases/{matter.number}/?reported=1"
        assert (round(matter.lon, 4), round(matter.lat, 4)) == (106.5701, 29.5301)

    def test_it_can_be_put_right_and_within_a_minute_taken_back(self, browser, world, page_of):
        worker = browser("gridworker")
        answer = worker.post("/desk/urgent/", {"category": "fire", "place": world.home, **self.WHERE})
        page = page_of(worker, answer.url)
        assert "3栋门口" in page and "补上或改正地点" in page and "按错了，撤回" in page
        number = Voice.objects.get().number
        assert "按错了，撤回" not in page_of(worker, answer.url.partition("?")[0])
        worker.post(f"/desk/voices/{number}/withdraw/", {"reason": "by_mistake"})
        assert Voice.objects.get().state == "withdrawn"

    def test_after_a_minute_it_is_no_slip_of_the_finger(self, browser, world, page_of):
        worker = browser("gridworker")
        answer = worker.post("/desk/urgent/", {"category": "fire", "place": world.home, **self.WHERE})
        Voice.objects.update(created_at=clock.now() - timedelta(minutes=2))
        assert "按错了，撤回" not in page_of(worker, answer.url)

    def test_who_may_not_see_major_matters_gets_a_receipt_instead(self, browser, world):
        fields = {"category": "fire", "place": world.home, **self.WHERE}
        answer = browser("group_leader").post("/desk/urgent/", fields)
        assert Case.objects.get().category == "fire"
        assert "/receipts/" in answer.url or "/cases/" in answer.url

    def test_a_kind_must_be_pressed(self, clerk, world):
        answer = clerk.post("/desk/urgent/", {"place": world.home, "text": "有人受伤", **self.WHERE})
        assert answer.status_code == 422 and "有人受伤" in answer.content.decode()
        assert not Case.objects.exists()

    def test_sent_twice_on_a_bad_line_it_is_one_matter(self, clerk, world):
        fields = {
            "category": "fire",
            "place": world.home,
            "idempotency_key": "9f1c1d1e-2f2a-4c56-8d0f-bbbbbbbbbbbb",
            **self.WHERE,
        }
        for _n in range(2):
            clerk.post("/desk/urgent/", fields)
        assert Case.objects.count() == 1
