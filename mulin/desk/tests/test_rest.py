"""Publication, wishes, residents, groups, import, notices, search, the grid worker's day."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.kernel.models import Entry, Job, Notice
from mulin.people.actions import ask_residence
from mulin.people.models import Invitation, Organisation, Post, Residence, SecretRead
from mulin.places.models import Site
from mulin.voices.files import COLUMNS
from mulin.voices.models import Matter, Photo, Voice


class TestPublication:
    """Nothing is public before somebody decided it."""

    @pytest.fixture
    def waiting(self, speak):
        return speak(text="三单元路灯坏了，打我电话13912345678，我叫王小明，住3栋2单元5-1。")

    def test_the_queue_covers_personal_data_and_says_what_it_was(self, clerk, waiting, page_of):
        assert waiting.number in page_of(clerk, "/desk/publication/")
        page = page_of(clerk, f"/desk/publication/{waiting.number}/")
        assert "13912345678" not in page
        assert re.search(r'<mark class="covered" title="手机号">\*+', page)

    def test_what_was_approved_is_public_and_the_next_one_comes(self, clerk, waiting, speak, page_of):
        second = speak(text="花坛边的座椅断了一条腿，老人差点摔倒。", category="")
        fields = {"title": "三单元路灯不亮", "text": "晚上看不见路", "answer": ""}
        answer = clerk.post(f"/desk/publication/{waiting.number}/", fields)
        assert answer.url == f"/desk/publication/{second.number}/"
        matter = Matter.objects.get(number=waiting.number)
        assert (matter.publication, matter.public_title) == ("shown", "三单元路灯不亮")
        assert waiting.number in page_of(clerk, "/desk/publication/", tab="shown")

    def test_a_shown_matter_whose_answer_is_not_public_yet_has_its_own_tab(
        self, clerk, waiting, bring, page_of
    ):
        url = f"/desk/publication/{waiting.number}/"
        clerk.post(url, {"title": "三单元路灯不亮", "text": "晚上看不见路", "answer": ""})
        assert waiting.number not in page_of(clerk, "/desk/publication/", tab="answer")
        bring(waiting.number, "done")
        assert waiting.number in page_of(clerk, "/desk/publication/", tab="answer")
        form = page_of(clerk, url, tab="answer")
        assert "镇流器" in form
        answered = {"title": "三单元路灯不亮", "text": "晚上看不见路", "answer": "换了镇流器，已经亮了。"}
        assert clerk.post(f"{url}?tab=answer", answered).url == "/desk/publication/"
        assert waiting.number not in page_of(clerk, "/desk/publication/", tab="answer")

    def test_an_answer_that_is_kept_leaves_the_tab_and_the_matter_stays_public(
        self, clerk, waiting, bring, page_of
    ):
        url = f"/desk/publication/{waiting.number}/"
        clerk.post(url, {"title": "三单元路灯不亮", "text": "", "answer": ""})
        assert "不公开这次答复" not in page_of(clerk, url)
        assert clerk.post(url, {"keep": "1", "reason": "还没有答复"}).status_code == 422
        bring(waiting.number, "done")
        assert "不公开这次答复" in page_of(clerk, url, tab="answer")
        assert clerk.post(f"{url}?tab=answer", {"keep": "1", "reason": " "}).status_code == 422
        kept = clerk.post(f"{url}?tab=answer", {"keep": "1", "reason": "涉及邻里私事"})
        assert kept.url == "/desk/publication/"
        assert waiting.number not in page_of(clerk, "/desk/publication/", tab="answer")
        matter = Matter.objects.get(number=waiting.number)
        assert (matter.publication, matter.hidden_reason) == ("shown", "涉及邻里私事")
        assert Entry.objects.filter(code="voices.matter.answer_kept", matter=matter.pk).count() == 1
        assert (
            "镇流器" not in re.search(r'<textarea name="answer".*?</textarea>', page_of(clerk, url), re.S)[0]
        )
        assert "已公开，答复不公开" in page_of(clerk, waiting.url)

    @pytest.mark.parametrize("first", ["published", "kept"])
    def test_after_a_reopening_the_old_answer_is_public_no_more_and_the_new_one_comes_up(
        self, clerk, waiting, bring, do, page_of, first
    ):
        url, public = f"/desk/publication/{waiting.number}/", f"/m/{waiting.number}"
        texts = {"title": "三单元路灯不亮", "text": ""}
        clerk.post(url, {**texts, "answer": ""})
        bring(waiting.number, "done")
        decided = {"keep": "1", "reason": "私事"} if first == "kept" else {**texts, "answer": "换了灯泡。"}
        clerk.post(url, decided)
        assert ("换了灯泡" in page_of(clerk, public)) is (first == "published")
        do("reopen", "clerk", waiting.number, reason="又坏了")
        assert "换了灯泡" not in page_of(clerk, public)
        assert waiting.number not in page_of(clerk, "/desk/publication/", tab="answer")
        do("accept", "clerk", waiting.number)
        do("start", "department", waiting.number)
        reply = "这次把三单元路灯的线路整段换了，昨晚亮了一夜，请您再看看。"
        do("finish", "department", waiting.number, done_text="换线", reply=reply)
        assert waiting.number in page_of(clerk, "/desk/publication/", tab="answer")
        assert reply in page_of(clerk, url) and "换了灯泡" not in page_of(clerk, url)

    def test_a_telephone_number_left_in_the_text_is_refused_and_kept_to_be_mended(self, clerk, waiting):
        fields = {"title": "路灯不亮", "text": "请打13912345678", "answer": ""}
        answer = clerk.post(f"/desk/publication/{waiting.number}/", fields)
        assert answer.status_code == 422 and "请打13912345678" in answer.content.decode()
        assert Matter.objects.get(number=waiting.number).publication == "asked"

    def test_only_the_ticked_photos_become_public(self, clerk, speak):
        from mulin.desk.tests.test_matters_and_voices import picture

        said = speak(photos=[picture(), picture()])
        first, second = Photo.objects.order_by("id")
        fields = {"title": "路灯不亮", "text": "", "answer": "", "photos": [str(second.pk)]}
        clerk.post(f"/desk/publication/{said.number}/", fields)
        assert dict(Photo.objects.values_list("pk", "is_approved")) == {first.pk: False, second.pk: True}

    def test_keeping_it_out_needs_a_reason(self, clerk, waiting):
        address = f"/desk/publication/{waiting.number}/"
        assert clerk.post(address, {"hide": "1", "reason": ""}).status_code == 422
        assert clerk.post(address, {"hide": "1", "reason": "涉及邻里私事"}).status_code == 302
        matter = Matter.objects.get(number=waiting.number)
        assert (matter.publication, matter.hidden_reason) == ("hidden", "涉及邻里私事")

    def test_from_a_case_one_comes_back_to_the_case(self, clerk, waiting):
        fields = {"title": "路灯不亮", "text": "", "answer": "", "next": waiting.url}
        assert (
            clerk.post(f"/desk/publication/{waiting.number}/?next={waiting.url}", fields).url == waiting.url
        )

    def test_an_address_of_elsewhere_is_no_way_back(self, clerk, waiting):
        fields = {"title": "路灯不亮", "text": "", "answer": "", "next": "https://example.org/"}
        assert "example.org" not in clerk.post(f"/desk/publication/{waiting.number}/", fields).url

    def test_major_matters_and_tip_offs_never_wait_here(self, clerk, speak, page_of):
        major = speak(text="煤气味很浓，有人晕倒", kind="help", category="gas_leak", severity="major")
        assert major.number not in page_of(clerk, "/desk/publication/")

    def test_the_queue_costs_at_most_ten_statements(self, clerk, speak):
        for n in range(5):
            speak(text=f"第{n}处井盖松了，一过车就响。")
        clerk.get("/desk/publication/")
        with CaptureQueriesContext(connection) as asked:
            clerk.get("/desk/publication/")
        assert len(asked) - 3 <= 10


class TestWishes:
    """Wishes and offers by theme; each who asked gets the answer."""

    @pytest.fixture
    def wish(self, speak):
        return speak(text="想在院坝里学太极拳，早上八点前后都有空。", kind="wish", category="")

    def test_they_are_gathered_by_theme_with_how_many_stand_behind(self, clerk, wish, page_of):
        seen = page_of(clerk, "/desk/wishes/")
        assert wish.number in seen and "1 个人" in seen

    @pytest.mark.parametrize(("decision", "is_open"), [("accepted", True), ("declined", False)])
    def test_an_answer_goes_to_each_who_asked(self, decision, is_open, clerk, wish, page_of):
        answer = clerk.post(
            f"/desk/wishes/{wish.number}/answer/", {"decision": decision, "text": "太极队下周起带大家"}
        )
        assert answer.url == f"/desk/wishes/{wish.number}/"
        wish.voice.refresh_from_db()
        assert wish.voice.answer == "太极队下周起带大家"
        assert Matter.objects.get(number=wish.number).is_open is is_open
        assert "太极队下周起带大家" in page_of(clerk, "/desk/wishes/", tab=decision)

    def test_declining_without_a_reason_is_refused(self, clerk, wish):
        answer = clerk.post(f"/desk/wishes/{wish.number}/answer/", {"decision": "declined", "text": ""})
        assert answer.status_code == 422

    def test_a_grid_worker_may_not_answer(self, browser, wish):
        fields = {"decision": "accepted", "text": "好"}
        assert browser("gridworker").post(f"/desk/wishes/{wish.number}/answer/", fields).status_code == 403

    def test_a_case_asked_for_as_a_wish_opens_as_a_case(self, clerk, speak):
        said = speak()
        assert clerk.get(f"/desk/wishes/{said.number}/").url == said.url


class TestResidents:
    """Who lives here."""

    @pytest.fixture
    def asked(self, cast, world):
        return ask_residence(actor=cast.newcomer.actor, building=world.building, door="2单元7-1")

    def test_confirmed_in_one_tap(self, clerk, asked, page_of):
        assert "2单元7-1" in page_of(clerk, "/desk/residents/")
        assert clerk.post(f"/desk/residents/{asked.pk}/", {"accept": "1"}).status_code == 302
        assert Residence.objects.get(pk=asked.pk).state == "confirmed"

    def test_not_confirmed_only_with_a_reason(self, clerk, asked):
        address = f"/desk/residents/{asked.pk}/"
        assert clerk.post(address, {"reason": ""}).status_code == 422
        assert clerk.post(address, {"reason": "门牌对不上，请带房产证来"}).status_code == 302
        assert Residence.objects.get(pk=asked.pk).reason == "门牌对不上，请带房产证来"

    def test_a_request_of_another_community_is_not_there(self, browser, asked):
        assert browser("other_clerk").post(f"/desk/residents/{asked.pk}/", {"accept": "1"}).status_code == 404

    def test_slips_are_shown_once_with_a_code_each(self, clerk, world):
        fields = {"place": world.home, "building": world.building, "doors": "1单元1-1\n1单元1-2\n\n"}
        page = clerk.post("/desk/residents/invitations/", fields).content.decode()
        codes = re.findall(r'slip__number">([0-9A-Z]{4}-[0-9A-Z]{4})<', page)
        assert len(set(codes)) == 2 == Invitation.objects.count()

    def test_no_doors_no_slips(self, clerk, world):
        fields = {"place": world.home, "building": world.building, "doors": " \n "}
        assert clerk.post("/desk/residents/invitations/", fields).status_code == 422


class TestGroups:
    """Groups made and changed at the desk of the place."""

    def test_a_group_is_founded_gets_members_a_place_and_an_end(self, browser, cast, world, page_of):
        secretary = browser("clerk")
        fields = {
            "name": "太极队",
            "kind": "club",
            "place": world.home,
            "about": "早上练",
            "leader": "resident",
        }
        answer = secretary.post("/desk/residents/groups/new/", fields)
        group = Organisation.objects.get(name="太极队")
        assert answer.url == f"/desk/residents/groups/{group.pk}/"
        change = f"{answer.url}change/"
        secretary.post(change, {"what": "add", "who": "newcomer", "role": "group_member"})
        assert set(Post.objects.filter(org=group).values_list("account__username", flat=True)) == {
            "resident",
            "newcomer",
        }
        site = Site.objects.filter(community=world.home, kind="estate").first()
        secretary.post(change, {"what": "adopt", "site": site.code})
        assert site.name in page_of(secretary, answer.url)
        post = Post.objects.get(org=group, account=cast.newcomer.account)
        secretary.post(change, {"what": "end", "post": str(post.pk)})
        assert "赵一" not in page_of(secretary, answer.url)
        secretary.post(change, {"what": "close"})
        group.refresh_from_db()
        assert group.closed_on

    def test_nobody_is_found_by_half_a_name(self, clerk, world):
        fields = {"name": "花友会", "kind": "club", "place": world.home, "leader": "resi"}
        answer = clerk.post("/desk/residents/groups/new/", fields)
        assert answer.status_code == 422 and "没有找到这个人" in answer.content.decode()
        assert not Organisation.objects.filter(name="花友会").exists()

    def test_a_neighbour_who_leads_a_group_cannot_try_out_whose_numbers_are_whose(
        self, browser, world, settings
    ):
        settings.MULIN_THROTTLE = True
        change = f"/desk/residents/groups/{world.group.pk}/change/"
        leader = browser("group_leader")
        for n in range(32):
            leader.post(change, {"what": "add", "who": f"138{n:08}", "role": "group_member"})
        answer = leader.post(change, {"what": "add", "who": "neighbour", "role": "group_member"}, follow=True)
        assert "太频繁" in answer.content.decode()

    def test_a_clerk_of_elsewhere_may_look_and_not_change(self, browser, world):
        client = browser("other_clerk")
        address = f"/desk/residents/groups/{world.group.pk}/"
        assert client.get(address).status_code == 200
        assert client.post(f"{address}change/", {"what": "close"}).status_code == 403


class TestImport:
    """A file of voices: a job with progress, counts, and the rows that could not be used."""

    def send(self, client, world, content: str, name: str = "voices.csv"):
        upload = SimpleUploadedFile(name, content.encode(), "text/csv")
        return client.post("/desk/import/", {"file": upload, "place": world.home})

    def test_good_rows_come_in_and_bad_ones_are_listed_with_the_reason(self, clerk, world, page_of):
        answer = self.send(
            clerk, world, "编号,内容,类别\n1,路灯坏了一个星期没人修,\n2,井盖松了,没有这个类别\n"
        )
        page = page_of(clerk, answer.url)
        assert Voice.objects.count() == 1
        assert "下载用不了的行和原因" in page
        rejected = b"".join(clerk.get(f"{answer.url}file/").streaming_content).decode("utf-8-sig")
        assert rejected.splitlines()[1].startswith("3,")

    def test_the_page_names_every_column_that_is_read_and_its_sample_can_be_imported(
        self, clerk, world, page_of
    ):
        page = page_of(clerk, "/desk/import/")
        read = {names for column, names in COLUMNS.items() if column not in {"likes", "dislikes"}}
        assert all(name in page for names in read for name in names)
        sample = finders.find(re.search(r"/(desk/import-sample[^\"]*\.csv)", page)[1])
        content = Path(sample).read_text(encoding="utf-8-sig")
        done = page_of(clerk, self.send(clerk, world, content).url)
        assert Voice.objects.count() == 2 and "用不了的行" not in done

    def test_the_job_opens_what_it_brought_in_and_nothing_else(self, clerk, world, speak, page_of):
        other = speak(text="花坛边的座椅断了一条腿，老人差点摔倒。", category="")
        address = self.send(clerk, world, "编号,内容\n1,路灯坏了一个星期没人修\n").url
        page = page_of(clerk, address)
        number = Voice.objects.get(channel="file").matter.number
        assert f"/desk/cases/{number}/" in page and other.number not in page

    def test_progress_is_told_as_numbers(self, clerk, world):
        address = self.send(clerk, world, "编号,内容\n1,路灯坏了一个星期没人修\n").url
        state = clerk.get(f"{address}state/").json()
        assert (state["state"], state["next"]) == ("done", address)

    def test_a_finished_job_cannot_be_stopped(self, clerk, world):
        address = self.send(clerk, world, "编号,内容\n1,路灯坏了一个星期没人修\n").url
        assert "已经结束" in clerk.post(f"{address}stop/", follow=True).content.decode()

    def test_a_running_job_can_be_asked_to_stop(self, clerk, cast, page_of):
        job = Job.objects.create(
            kind="voices.import", account=cast.clerk.account, state="running", done=5, total=9
        )
        assert "已做 5 / 9" in page_of(clerk, f"/desk/jobs/{job.pk}/")
        clerk.post(f"/desk/jobs/{job.pk}/stop/")
        job.refresh_from_db()
        assert job.stop_asked

    def test_another_kind_of_file_is_refused_beside_its_field(self, clerk, world):
        answer = self.send(clerk, world, "x", name="voices.pdf")
        assert answer.status_code == 422 and not Job.objects.exists()

    def test_ones_jobs_are_listed(self, clerk, world, page_of):
        self.send(clerk, world, "编号,内容\n1,路灯坏了一个星期没人修\n")
        assert "导入诉求" in page_of(clerk, "/desk/jobs/")


def test_every_kind_of_long_work_has_a_word():
    from mulin.desk import jobwords
    from mulin.kernel import registry

    kinds = {kind for module in registry.modules() for kind in module.jobs}
    assert kinds <= set(jobwords.KINDS)


class TestNotices:
    """What one should know."""

    @pytest.fixture
    def notice(self, speak, bring, settle, cast):
        said = speak()
        bring(said.number, "dispatched")
        settle()
        return Notice.objects.filter(account=cast.department.account).latest("id")

    def test_opening_one_marks_it_read_and_leads_to_the_case(self, browser, notice, page_of):
        client = browser("department")
        assert "有一件事派给了您的单位" in page_of(client, "/desk/notices/")
        answer = client.post(f"/desk/notices/{notice.pk}/", follow=True)
        assert answer.status_code == 200 and "/desk/cases/" in answer.request["PATH_INFO"]
        notice.refresh_from_db()
        assert notice.read_at

    def test_unread_ones_can_be_looked_at_alone_and_numbers_can_be_read_out(self, browser, notice, page_of):
        client = browser("department")
        number = notice.data["number"]
        seen = page_of(client, "/desk/notices/", unread="1")
        groups = f"<span>{number[:3]}</span><span>{number[3:6]}</span><span>{number[6:]}</span>"
        assert str(notice.pk) in seen and (groups in seen or number not in seen)
        client.post(f"/desk/notices/{notice.pk}/")
        assert str(notice.pk) not in page_of(client, "/desk/notices/", unread="1")
        assert str(notice.pk) in page_of(client, "/desk/notices/")

    def test_all_are_read_at_once_and_nobody_elses(self, browser, notice, cast):
        browser("clerk").post("/desk/notices/read/")
        assert Notice.objects.filter(account=cast.department.account, read_at=None).exists()
        browser("department").post("/desk/notices/read/")
        assert not Notice.objects.filter(account=cast.department.account, read_at=None).exists()

    def test_somebody_elses_notice_is_not_there(self, clerk, notice):
        assert clerk.post(f"/desk/notices/{notice.pk}/").status_code == 404


class TestSearch:
    """One search: numbers, words, and telephone numbers for a purpose."""

    @pytest.mark.parametrize("shape", ["{0}", "{1} {2} {3}", "{1}-{2}-{3}"])
    def test_a_number_goes_straight_to_its_case(self, shape, clerk, speak):
        said = speak()
        n = said.number
        assert clerk.get("/desk/search/", {"q": shape.format(n, n[:3], n[3:6], n[6:])}).url == said.url

    def test_a_number_of_elsewhere_finds_nothing(self, browser, speak):
        answer = browser("other_clerk").get("/desk/search/", {"q": speak().number})
        assert (
            answer.status_code == 200 and "/desk/cases/" + "1" not in answer.url
            if answer.status_code == 302
            else True
        )

    def test_words_find_cases(self, clerk, speak, page_of):
        said, other = speak(), speak(text="花坛边的座椅断了一条腿。", category="")
        seen = page_of(clerk, "/desk/search/", q="路灯")
        assert said.number in seen and other.number not in seen

    def test_a_name_finds_nobody(self, clerk, cast, speak, page_of):
        speak(text="路灯坏了，谢谢。")
        assert "没有找到" in page_of(clerk, "/desk/search/", q=cast.resident.account.name)

    def test_a_telephone_number_needs_a_purpose(self, clerk, speak, page_of):
        said = speak(contact="13700001111")
        asked = page_of(clerk, "/desk/search/", q="13700001111")
        assert "写明用途" in asked and said.number not in asked
        refused = clerk.post("/desk/search/phone/", {"phone": "13700001111", "purpose": ""})
        assert refused.status_code == 422 and said.number not in refused.content.decode()

    @pytest.mark.parametrize("typed", ["13700001111", "137 0000 1111", "+86 137-0000-1111"])
    def test_with_a_purpose_the_voice_is_found_and_its_person_can_see_who_looked(
        self, typed, clerk, cast, speak
    ):
        said = speak(contact="137-0000-1111")
        found = clerk.post("/desk/search/phone/", {"phone": typed, "purpose": "本人来电问进展"})
        assert said.number in found.content.decode()
        read = SecretRead.objects.get(voice=said.voice.id)
        assert (read.reader, read.purpose, read.account_id) == (
            cast.clerk.id,
            "本人来电问进展",
            cast.resident.id,
        )
        line = Entry.objects.get(code="desk.phone.searched")
        assert line.data == {"found": 1}

    def test_another_community_finds_nothing_by_the_same_number(self, browser, speak):
        said = speak(contact="13700001111")
        found = browser("other_clerk").post(
            "/desk/search/phone/", {"phone": "13700001111", "purpose": "本人来电问进展"}
        )
        assert said.number not in found.content.decode()
        assert not SecretRead.objects.exists()

    def test_half_a_number_is_refused(self, clerk):
        assert clerk.post("/desk/search/phone/", {"phone": "1370", "purpose": "本人来电"}).status_code == 422


class TestToday:
    """The grid worker's day on one page."""

    def test_what_burns_comes_first_with_its_next_move_under_the_thumb(self, browser, speak, page_of):
        said = speak()
        client = browser("gridworker")
        page = page_of(client, "/desk/today/")
        assert f"/desk/cases/{said.number}/accept/" in page and 'name="channel" value="patrol"' in page
        answer = client.post(f"/desk/cases/{said.number}/accept/", {"next": "today"})
        assert answer.url == "/desk/today/" and said.case().state == "accepted"

    def test_only_ones_own_grid_is_there(self, browser, speak, world, page_of):
        elsewhere = (
            speak(building=f"{world.home}-B003")
            if Site.objects.filter(code=f"{world.home}-B003").exclude(grid=world.grid).exists()
            else None
        )
        mine = speak(text="楼道灯坏了，晚上摸黑。")
        page = page_of(browser("gridworker"), "/desk/today/")
        assert mine.number in page
        assert elsewhere is None or elsewhere.number not in page

    def test_an_empty_day_invites_to_look_around(self, browser, page_of):
        assert "手上的都办完了" in page_of(browser("gridworker"), "/desk/today/")
