"""Suggestions in use: the catalogue in force, a model that changes, personal data that stays covered."""

import json
import os
import time

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Job
from mulin.voices import actions, categories, masking, triage, understanding
from mulin.voices.models import Category, Lesson


@pytest.fixture(autouse=True)
def no_trained_model():
    def away():
        understanding.model_file().unlink(missing_ok=True)
        understanding.forget_model()
        understanding.trained_model()

    away()
    yield
    away()


# --- suggestions ------------------------------------------------------------------------------------------


def test_a_suggestion_has_a_code_of_the_catalogue_a_confidence_and_a_reason(db):
    found = understanding.suggest("楼下的路灯坏了一个星期，请尽快修")
    best = found["category"][0]
    assert best["code"] == "street_lamp" and 0 < best["confidence"] <= 1 and best["reason"]
    assert found["kind"][0]["code"] == "help" and found["severity"]["code"] == "minor"
    assert json.loads(json.dumps(found)) == found


def test_danger_brings_advice_with_telephone_numbers(db):
    found = understanding.suggest("家里有很浓的煤气味，是不是燃气泄漏")
    assert found["urgency"]["level"] == 3 and found["severity"] | {"code": "major"} == found["severity"]
    assert "119" in found["advice"][0]["phones"] and found["advice"][0]["en"]


def test_a_category_that_was_switched_off_is_not_suggested(db, cast):
    actions.change_category(
        actor=cast.admin.actor,
        code="street_lamp",
        parent="public_facilities",
        name="路灯照明",
        is_active=False,
    )
    found = understanding.suggest("楼下的路灯坏了一个星期，请尽快修")
    assert "street_lamp" not in [s["code"] for s in found["category"]]


# --- the catalogue -----------------------------------------------------------------------------------------


def test_an_administrator_adds_and_renames_without_code(cast, lines):
    actions.change_category(
        actor=cast.admin.actor, code="parcel_boxes", parent="estate", name="快递柜", name_en="Parcel boxes",
        fields={"keywords": ["快递柜"], "kinds": ["help", "suggestion"]},
    )  # fmt: skip
    entry = categories.catalogue().get("parcel_boxes")
    assert (entry.group, entry.name, entry.kinds) == ("estate", "快递柜", ("help", "suggestion"))
    assert "parcel_boxes" in [c.code for c in categories.catalogue().active("help")]
    actions.change_category(actor=cast.admin.actor, code="parcel_boxes", parent="estate", name="快件柜")
    entry = categories.catalogue().get("parcel_boxes")
    assert entry.name == "快件柜" and entry.kinds == ("help", "suggestion") and Category.objects.count() == 1
    assert len(lines("voices.category.changed")) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "Lamp!"}, "code-wrong"),
        ({"code": "street_lamp", "parent": ""}, "code-wrong"),
        ({"code": "estate", "parent": "greening"}, "code-wrong"),
        ({"name": " "}, "name-missing"),
        ({"parent": "nowhere"}, "group-unknown"),
        ({"fields": {"colour": "red"}}, "field-unknown"),
        ({"fields": {"kinds": ["shout"]}}, "field-wrong"),
        ({"fields": {"severity": "huge"}}, "field-wrong"),
        ({"fields": {"photo": True}}, "photo-basis"),
    ],
)
def test_a_wrong_change_of_the_catalogue_is_refused(cast, fields, code):
    given_fields = {"code": "parcel_boxes", "parent": "estate", "name": "快递柜", **fields}
    with pytest.raises(ActionError) as refused:
        actions.change_category(actor=cast.admin.actor, **given_fields)
    assert refused.value.code == code and not Category.objects.exists()


def test_only_an_administrator_changes_the_catalogue(cast):
    with pytest.raises(NotAllowed):
        actions.change_category(actor=cast.street.actor, code="parcel_boxes", parent="estate", name="快递柜")


# --- learning -------------------------


def write_labelled(path, rows) -> str:
    path.write_text("label,text\n" + "".join(f"{label},{text}\n" for label, text in rows), encoding="utf-8")
    return str(path)


def test_a_model_trained_by_another_process_is_picked_up(db, tmp_path, monkeypatch):
    monkeypatch.setattr(understanding, "_LOOK_SECONDS", 0.0)
    before = understanding.suggest("今天的天空有一只蓝鲸")
    rows = [("street_lamp", f"蓝鲸在天空{n}") for n in range(6)] + [
        ("noise", f"红鼠在地上{n}") for n in range(6)
    ]
    understanding.model_file().parent.mkdir(parents=True, exist_ok=True)
    triage.train(rows).save(understanding.model_file())
    os.utime(understanding.model_file(), (time.time() + 5, time.time() + 5))
    after = understanding.suggest("今天的天空有一只蓝鲸")
    assert after["category"][0]["code"] == "street_lamp" and after != before


def test_a_broken_model_does_not_stop_anybody_from_speaking_up(speak, monkeypatch):
    monkeypatch.setattr(understanding, "_LOOK_SECONDS", 0.0)
    understanding.model_file().parent.mkdir(parents=True, exist_ok=True)
    understanding.model_file().write_bytes(b"not a model")
    assert speak().voice.suggestions["category"][0]["code"] == "street_lamp"


def test_a_model_with_labels_of_another_list_is_not_used_for_suggestions(db, monkeypatch):
    monkeypatch.setattr(understanding, "_LOOK_SECONDS", 0.0)
    understanding.model_file().parent.mkdir(parents=True, exist_ok=True)
    triage.train([("城乡建设", "路灯坏了"), ("交通运输", "公交车不来")]).save(understanding.model_file())
    assert understanding.suggest("路灯坏了很久")["category"][0]["code"] == "street_lamp"


def test_the_desk_s_corrections_are_learned(speak, cast):
    text = "楼上天天蹦蹦跳跳弄得咚咚响"
    for n in range(3):
        matter = speak(text=f"{text}，第{n}晚", category="drainage").voice.matter
        actions.recategorise_matter(actor=cast.clerk.actor, number=matter.number, category="noise")
    before = next(
        (s for s in understanding.suggest(text)["category"] if s["code"] == "noise"), {"confidence": 0}
    )
    done = actions.train_triage(actor=SYSTEM, lessons=True)
    assert done["lessons"] == 3 and Lesson.objects.count() == 3
    understanding.forget_model()
    after = understanding.suggest(text)["category"][0]
    assert after["code"] == "noise" and after["confidence"] >= before["confidence"]


def test_training_needs_something_to_learn_and_the_right(cast, tmp_path):
    with pytest.raises(ActionError) as refused:
        actions.train_triage(actor=SYSTEM, lessons=True)
    assert refused.value.code == "nothing-to-learn"
    with pytest.raises(NotAllowed):
        actions.train_triage(actor=cast.clerk.actor, lessons=True)
    with pytest.raises(ActionError) as refused:
        actions.train_triage(actor=SYSTEM, paths=[tmp_path / "nowhere.csv"])
    assert refused.value.code == "file-unreadable"


def test_the_worker_trains_when_an_administrator_asks(speak, cast):
    matter = speak(category="drainage").voice.matter
    actions.recategorise_matter(actor=cast.clerk.actor, number=matter.number, category="street_lamp")
    job = Job.objects.get(pk=actions.start_training(actor=cast.admin.actor).pk)
    assert job.state == "done" and job.result["lessons"] == 1


def test_the_commands_end_with_one_json_object(db, tmp_path, capsys):
    rows = [("甲", f"路灯坏了{w}") for w in "一二三四五六"] + [("乙", f"水管漏水{w}") for w in "一二三四五六"]
    path = write_labelled(tmp_path / "labelled.csv", rows)
    call_command("triage", "train", path)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["labels"] == 2
    call_command("triage", "evaluate", path)
    measured = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(measured) == {"macro_f1", "accuracy", "p95_ms"} and measured["macro_f1"] == 1.0
    with pytest.raises(CommandError):
        call_command("triage", "train")
    with pytest.raises(CommandError):
        call_command("triage", "evaluate", str(tmp_path / "nowhere.csv"))


def test_hot_topics_and_duplicates_are_measured_from_files(db, tmp_path, capsys):
    messages = tmp_path / "messages.csv"
    lines = [
        f"{n},u{n},丽发新城小区搅拌站噪音扰民,2020-01-0{n},丽发新城小区旁边的搅拌站灰尘噪音大"
        for n in range(1, 8)
    ]
    things = ("地铁开通", "小学招生", "长椅坏了", "养老认证", "停水通知", "公交改道", "医保报销")
    lines += [f"9{n},v{n},{thing}怎么回事,2019-0{n + 1}-01,{thing}" for n, thing in enumerate(things)]
    lines += [f"8{n},w{n},请问{thing}要多久,2018-0{n + 1}-01,{thing}" for n, thing in enumerate(things)]
    messages.write_text("id,user,subject,time,body\n" + "\n".join(lines), encoding="utf-8")
    call_command("triage", "hot", str(messages), "--top", "1")
    (topic,) = json.loads(capsys.readouterr().out.splitlines()[-1])["topics"]
    assert "丽发新城" in topic["label"] and set(topic["ids"]) == {str(n) for n in range(1, 8)}
    requests = tmp_path / "requests.csv"
    rows = [f"r{n},2012-01-{n % 27 + 1:02d},rats,{n // 2} MAIN ST,{n % 2}" for n in range(60)]
    requests.write_text("id,created,nature,address,duplicate\n" + "\n".join(rows), encoding="utf-8")
    call_command("duplicates", "evaluate", str(requests))
    assert set(json.loads(capsys.readouterr().out.splitlines()[-1])) == {"precision", "recall", "f1"}


# --- masking never leaks -----------------

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AROUND = st.text(alphabet="我的电话是请打，。！ 路灯坏了abc\n", max_size=20)


@given(before=AROUND, number=MOBILES, after=AROUND)
@settings(max_examples=200, deadline=None)
def test_no_telephone_number_is_ever_shown_to_the_public_or_indexed(before, number, after):
    text = f"{before}{number}{after}"
    assert number not in understanding.mask(text)
    assert number not in understanding.mask_for_staff(text)
    assert len(understanding.mask(text)) == len(text)
    assert understanding.personal_data(text)


@given(
    body=st.text(alphabet="0123456789", min_size=17, max_size=17).map(lambda s: s[:6] + "19900101" + s[14:])
)
@settings(max_examples=100, deadline=None)
def test_no_identity_number_is_ever_shown(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]
    number = body + check
    assert masking.valid_id_number(number)
    assert number not in understanding.mask(f"身份证{number}，请帮忙")


def test_a_door_number_stays_for_workers_and_not_for_the_public():
    text = "3栋2单元501室漏水"
    assert "501" in understanding.mask_for_staff(text) and "501" not in understanding.mask(text)


# What stands in a title ------------------------------------------------------------------------------


def test_a_title_covers_persons_and_doors_and_keeps_the_building():
    from mulin.voices import drafts

    assert drafts.title_of("3栋2单元501漏水，打13812345678") == "**漏水，打**"
    assert drafts.title_of("3栋二单元走廊灯坏了。电话以后说") == "3栋二单元走廊灯坏了"


def test_a_long_title_ends_with_a_clause_where_one_ends_late_enough():
    from mulin.voices import drafts

    long = "楼道的灯坏了三天，晚上看不见台阶，老人怕摔跤，请来人看一看修一修"
    assert drafts.title_of(long) == "楼道的灯坏了三天，晚上看不见台阶，老人怕摔跤"
    endless = "灯坏了，" + "小区里从东门到西门的路上" * 4
    assert drafts.title_of(endless) == endless[:29] + "…"


def test_the_title_of_a_matter_shows_no_door_to_whoever_joins_it(speak, cast):
    matter = speak(text="3栋2单元501漏水漏到楼下", kind="help").voice.matter
    assert "501" not in matter.title and matter.title == matter.case.title
    actions.correct_voice(actor=cast.resident.actor, number=matter.number, text="3栋2单元502漏水漏到楼下了")
    matter.refresh_from_db()
    assert "502" not in matter.title and "楼下了" in matter.title


DOORS = ["3栋601家里天天放音乐", "3栋601户漏水", "5栋302多次投诉", "2单元502家", "三栋六零一家"]


@pytest.mark.parametrize("said", DOORS)
def test_a_door_is_covered_in_a_title_and_refused_in_public_whatever_follows_it(speak, cast, said):
    matter = speak(text=said, kind="complaint").voice.matter
    room = next(room for room in ("601", "302", "502", "六零一") if room in said)
    assert room not in matter.title
    with pytest.raises(ActionError) as error:
        actions.publish_matter(actor=cast.secretary.actor, number=matter.number, title=said, text="楼里的事")
    assert (error.value.code, error.value.field) == ("personal-data", "title")


@pytest.mark.parametrize("field", ["title", "text"])
def test_no_door_is_published_but_an_answer_may_name_a_room(speak, cast, field):
    number = speak(text="3栋2单元501漏水", kind="complaint").voice.number
    given = {"title": "楼里漏水", "text": "楼里漏水", "answer": "请到服务中心301室办理"}
    actions.publish_matter(actor=cast.secretary.actor, number=number, **given)
    with pytest.raises(ActionError) as error:
        actions.publish_matter(
            actor=cast.secretary.actor, number=number, **{**given, field: "3栋2单元501漏水"}
        )
    assert (error.value.code, error.value.field) == ("personal-data", field)


def test_a_category_that_is_hardly_guessed_is_not_recognised(world):
    found = understanding.suggest("你好", world.home)
    assert found["category"] == []
    assert understanding.suggest("楼下路灯坏了", world.home)["category"][0]["code"] == "street_lamp"


def test_from_which_confidence_on_a_guess_counts_is_a_rule_of_the_place(world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    RuleOverride.objects.create(
        name="voices.suggest.show_from", place=world.street, valid_from="2020-01-01", value=1.0,
        basis="试点", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert understanding.suggest("6栋电梯停了三天，老人下不了楼", world.home)["category"] == []
    assert understanding.suggest("6栋电梯停了三天，老人下不了楼", world.other_home)["category"] != []
