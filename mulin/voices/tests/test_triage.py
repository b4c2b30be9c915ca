"""Category, kind, gravity, urgency and other doors, on invented sentences."""

import subprocess
import sys

import numpy as np
import pytest

from mulin.voices import catalogue, triage
from mulin.voices.classifier import Model, train

ROWS = [("lamp", f"{n}号楼前面的路灯不亮了，晚上很黑") for n in range(8)]
ROWS += [("garbage", f"{n}号楼的垃圾桶满了没有人清运，很臭") for n in range(8)]
ROWS += [("lift", f"{n}号楼的电梯停运，老人下不了楼") for n in range(8)]


@pytest.mark.parametrize("method", ["ridge", "ensemble"])
def test_a_trained_model_knows_what_it_was_taught(method):
    model = train(ROWS, method=method)
    best = model.suggest("小区门口的路灯又不亮")[0]
    assert best.label == "lamp"
    assert any("路灯" in piece or "灯" in piece for piece in best.reason)
    assert model.classify("垃圾没人清运，臭得很") == "garbage"


@pytest.mark.parametrize("method", ["ridge", "ensemble"])
def test_confidences_are_chances_and_ordered(method):
    model = train(ROWS, method=method)
    found = model.suggest("电梯坏了", top=3)
    assert sum(s.confidence for s in found) == pytest.approx(1)
    assert [s.confidence for s in found] == sorted((s.confidence for s in found), reverse=True)


@pytest.mark.parametrize("method", ["ridge", "ensemble"])
def test_a_saved_model_answers_the_same_after_loading(method, tmp_path):
    model = train(ROWS, method=method)
    model.save(tmp_path / "model.zip")
    again = Model.load(tmp_path / "model.zip")
    for _, text in ROWS:
        assert again.classify(text) == model.classify(text)
    assert np.allclose(again.scores("路灯"), model.scores("路灯"), atol=1e-2)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError):
        Model.load(tmp_path / "model.zip")


def test_training_needs_two_labels():
    with pytest.raises(ValueError):
        train([("one", "路灯"), ("one", "垃圾")])


def test_a_text_without_any_known_sign_gets_no_suggestion():
    assert train(ROWS).suggest("？！…") == []


def test_suggesting_never_loads_the_training_library():
    code = (
        "import sys; from mulin.voices import triage; triage.understand('路灯坏了');"
        "assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules and 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("楼道里有一股很浓的煤气味", "gas_leak"),
        ("楼下井盖不见了，晚上好危险", "manhole_cover"),
        ("楼下餐馆油烟大得很，天天往屋里灌", "cooking_fumes"),
        ("老楼想加装电梯，要几户人家同意", "lift_installation"),
    ],
)
def test_a_new_instance_suggests_from_the_invented_sentences(text, category):
    assert category in [s.label for s in triage.understand(text).categories]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问居住证在哪里办", "consult"),
        ("我想学太极，有没有人一起", "wish"),
        ("我愿意免费教孩子们下棋", "offer"),
        ("举报有人聚众赌博", "tip_off"),
        ("建议门口多放两个垃圾桶", "suggestion"),
        ("投诉夜市噪音扰民", "complaint"),
    ],
)
def test_kind_is_read_from_the_words(text, kind):
    assert triage.kind_of(text)[0].label == kind


def test_a_gas_smell_is_a_major_matter_and_urgent_with_advice():
    found = triage.understand("三单元楼道闻到煤气味，快来看看")
    assert (found.severity.level, found.severity.type) == ("major", "gas_leak")
    assert found.urgency.level == 3
    assert "119" in found.advice[0].phones


@pytest.mark.parametrize(
    "text", ["车子轮胎漏气了", "没有着火，只是油烟大", "怕着火，请收走楼道纸板", "路灯坏了"]
)
def test_a_word_out_of_place_makes_no_major_matter(text):
    assert triage.severity_of(text).level == "minor"


def test_a_family_quarrel_is_a_minor_matter():
    assert triage.severity_of("兄弟几个为了老房子吵架").level == "minor"


def test_unpaid_wages_are_shown_the_right_door():
    assert [a.code for a in triage.elsewhere("包工头拖欠工资三个月")] == ["wages"]


def test_the_catalogue_is_whole():
    found = catalogue.shipped()
    assert len(found.groups) == 12
    assert 60 <= len(found.categories) <= 75
    taught = {label for label, _ in catalogue.starter_rows()}
    assert taught == {category.code for category in found.categories}
    for category in found.categories:
        assert category.zh and category.en and category.source and category.certainty
        assert category.keywords
    assert all(not c.public for c in found.categories if set(c.kinds) == {"tip_off"})


def test_every_category_has_eight_invented_sentences_of_known_kinds():
    rows = catalogue.example_rows()
    known = {category.code for category in catalogue.shipped().categories}
    counts = {code: sum(row["label"] == code for row in rows) for code in known}
    assert min(counts.values()) >= 8
    assert {row["kind"] for row in rows} == set(catalogue.KINDS)
    assert len({row["text"] for row in rows}) == len(rows)


def test_a_catalogue_that_asks_for_photos_without_a_law_is_refused(tmp_path):
    text = (catalogue.PACKS / "categories.toml").read_text(encoding="utf-8")
    path = tmp_path / "categories.toml"
    path.write_text(text.replace("photo = false", "photo = true", 1), encoding="utf-8")
    with pytest.raises(ValueError):
        catalogue.read_catalogue(path)


@pytest.mark.parametrize("text", ["路灯一闪一闪", "门口的路灯一闪一闪的，晃眼", "楼下路灯一闪一闪"])
def test_a_flickering_street_lamp_is_no_failure_of_the_power(text):
    assert triage.understand(text).categories[0].label == "street_lamp"
    assert triage.understand("家里电压不稳，灯一闪一闪").categories[0].label == "power_supply"
