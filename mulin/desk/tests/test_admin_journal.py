"""The journal, the permission table, webhooks and long work."""

import csv
import io

import pytest
from django.urls import reverse

from mulin.desk.admin import jobs as started
from mulin.doors.models import Webhook
from mulin.kernel import jobs, policy
from mulin.kernel.jobs import Progress
from mulin.kernel.models import Entry, Job


def url(name: str, *args) -> str:
    return reverse(f"desk:desk_admin:{name}", args=args)


@pytest.fixture
def spoken(speak, settle):
    """A voice at home and one elsewhere, sealed."""
    speak()
    settle()


def test_lines_are_narrowed_by_code_place_person_and_period(browser, cast, spoken, do, speak):
    said = speak(text="楼下的垃圾桶满了好几天没人清，苍蝇很多，麻烦处理一下。")
    do("accept", "clerk", said.number)
    client = browser("admin")

    def codes(**query):
        return {one["entry"].code for one in client.get(url("journal"), query).context["lines"]}

    assert codes(code="cases.case.accepted") == {"cases.case.accepted"}
    assert all(code.startswith("cases.") for code in codes(code="cases."))
    assert codes(person="clerk") == {"cases.case.accepted"}
    assert codes(place="同景社区") == set()
    assert codes(since="2099-01-01") == set()
    assert codes(until="2000-01-01") == set()
    assert client.get(url("journal"), {"place": "没有这里"}).context["filter_wrong"]


def test_an_auditor_of_the_district_reads_the_district_and_not_the_system(browser, cast, spoken):
    from mulin.kernel.actors import SYSTEM
    from mulin.kernel.journal import record

    line = record("kernel.backup.made", actor=SYSTEM)
    read = browser("auditor").get(url("journal")).context["lines"]
    assert {one["entry"].code for one in read} >= {"voices.voice.submitted"}
    assert "kernel.backup.made" not in {one["entry"].code for one in read}
    assert browser("auditor").get(url("journal-line", line.pk)).status_code == 404
    assert browser("admin").get(url("journal-line", line.pk)).status_code == 200


@pytest.mark.parametrize(
    ("how", "readers", "others"),
    [({"kind": "tip_off"}, (), ("auditor", "admin")), ({"severity": "major"}, ("admin",), ("auditor",))],
)
def test_the_journal_tells_nobody_who_tipped_off(browser, cast, speak, settle, how, readers, others):
    said = speak(text="有人深夜往河里倒废油，已经好几次了，我亲眼看见的。", **how)
    settle()
    line = Entry.objects.get(code="voices.voice.submitted", matter=said.voice.matter_id)
    assert line.actor == cast.resident.id
    for name in others:
        client = browser(name)
        assert line not in [one["entry"] for one in client.get(url("journal")).context["lines"]]
        asked = client.get(url("journal"), {"person": "resident"}).context["lines"]
        assert line not in [one["entry"] for one in asked]
        assert client.get(url("journal-line", line.pk)).status_code == 404
        client.post(url("journal-export"), {"query": ""})
        with Job.objects.latest("id").file.open() as file:
            assert str(line.pk).encode() not in file.read() and line.hash.encode() not in file.read()
    for name in readers:
        assert browser(name).get(url("journal-line", line.pk)).status_code == 200


def test_a_line_shows_all_that_is_hashed(browser, spoken):
    line = Entry.objects.filter(code="voices.voice.submitted").first()
    page = browser("auditor").get(url("journal-line", line.pk)).content.decode()
    assert line.hash in page and str(line.subject) in page


def test_proving_the_journal_is_a_job_with_a_verdict(browser, cast, spoken):
    client = browser("auditor")
    answer = client.post(url("journal-verify"))
    job = Job.objects.get(kind=started.VERIFY)
    assert answer.url == url("job", job.pk)
    result = started.verify_job(job, Progress(job))
    Job.objects.filter(pk=job.pk).update(state="done", result=result, finished_at=job.created_at)
    assert result["ok"] and "一行没改" in client.get(answer.url).content.decode()
    Entry.objects.filter(code="voices.voice.submitted").update(data={"number": "1"})
    result = started.verify_job(job, Progress(job))
    Job.objects.filter(pk=job.pk).update(result=result)
    assert not result["ok"] and "日志对不上" in client.get(answer.url).content.decode()


def test_an_export_holds_the_lines_of_the_filter_and_only_those_in_reach(browser, cast, spoken, speak):
    speak(actor=cast.neighbour.actor, place=cast.neighbour.account.home_place)
    client = browser("auditor")
    client.post(url("journal-export"), {"query": "code=voices.voice.submitted&place=金堰社区"})
    job = Job.objects.get(kind=started.EXPORT)
    started.export_job(job, Progress(job), **job.params)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=job.created_at)
    answer = client.get(url("job-file", job.pk))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["代码"] for row in rows} == {"voices.voice.submitted"}
    assert {row["在哪里"] for row in rows} == {"金堰社区"}


def test_the_heads_of_the_chains_are_those_in_reach(browser, cast, spoken, settle, speak, world):
    speak(actor=cast.neighbour.actor, place=world.other_home)
    settle()
    keys = {one["chain"].key for one in browser("auditor").get(url("chains")).context["heads"]}
    assert {world.home, world.other_home} <= keys and "system" not in keys


def test_the_permission_table_is_shown_narrowed_and_given_away(browser):
    client = browser("clerk")
    groups = client.get(url("policy")).context["groups"]
    shown = {row["code"] for group in groups for row in group["rows"]}
    assert shown == set(policy.table())
    only = client.get(url("policy"), {"role": "auditor"}).context["groups"]
    named = {row["code"] for group in only for row in group["rows"]}
    assert named == {name for name, grants in policy.table().items() if "auditor" in grants}
    rows = list(csv.reader(io.StringIO(client.get(url("policy-file")).content.decode("utf-8-sig"))))
    assert len(rows) == len(policy.table()) + 1
    assert client.get(url("policy"), {"q": "没有这种事"}).context["groups"] == []


def test_a_webhook_shows_its_secret_once_and_is_tested_and_removed(browser, settings):
    settings.MULIN_WEBHOOK_ALLOW_HTTP = settings.MULIN_WEBHOOK_ALLOW_PRIVATE = True
    client = browser("admin")
    data = {
        "url": "http://127.0.0.1:9/hook",
        "audience": "public",
        "place": "",
        "codes": ["cases.case.accepted"],
    }
    page = client.post(url("webhook-new"), data)
    hook = Webhook.objects.get()
    secret = page.context["secret"]
    assert secret and secret in page.content.decode()
    assert secret not in client.get(url("webhooks")).content.decode()
    client.post(url("webhook-test", hook.pk))
    assert Entry.objects.filter(code="doors.webhook.tested").exists()
    Webhook.objects.update(is_active=False)
    client.post(url("webhook-resume", hook.pk))
    hook.refresh_from_db()
    assert hook.is_active
    client.post(url("webhook-remove", hook.pk))
    assert not Webhook.objects.exists()


def test_a_bad_address_keeps_what_was_typed(browser):
    data = {"url": "ftp://example.org/x", "audience": "staff", "place": "金堰社区"}
    page = browser("admin").post(url("webhook-new"), data)
    assert page.status_code == 422 and page.context["form"].errors["url"]
    assert "ftp://example.org/x" in page.content.decode() and "金堰社区" in page.content.decode()


def test_a_job_shows_its_progress_and_can_be_stopped(browser, cast):
    job = jobs.start(cast.admin.actor, "voices.train")
    Job.objects.filter(pk=job.pk).update(state="running", finished_at=None, done=3, total=10)
    client = browser("admin")
    assert client.get(url("job-state", job.pk)).json()["done"] == 3
    assert 'max="10"' in client.get(url("jobs")).content.decode()
    client.post(url("job-stop", job.pk))
    job.refresh_from_db()
    assert job.stop_asked


def test_the_overview_says_what_is_missing_and_where_to_mend_it(browser, world):
    things = browser("admin").get(url("overview")).context["attention"]
    said = "\n".join(one.title for one in things)
    for words in ("没有派单路由", "没有社区工作者", "没人管也没有兜底单位", "规则还没有定", "待核实"):
        assert words in said
    assert all(one.url for one in things)


def test_failing_webhooks_and_ending_posts_are_on_the_overview(browser, cast, freeze):
    from mulin.kernel import clock
    from mulin.people.models import Post

    Webhook.objects.create(
        url="https://a.example/x", secret_sealed="", created_by=cast.admin.id, is_active=False
    )
    Post.objects.filter(account=cast.clerk.account).update(ends_on=clock.today())
    things = browser("admin").get(url("overview")).context["attention"]
    assert things[0].tone == "urgent" and "回调" in things[0].title
    assert any("到期" in one.title for one in things)
    assert not any(
        "回调" in one.title for one in browser("secretary").get(url("overview")).context["attention"]
    )
