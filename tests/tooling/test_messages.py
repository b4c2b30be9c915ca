"""The check of translations finds what English readers would meet untranslated."""

from pathlib import Path

import polib
import pytest

from scripts import check_messages, update_messages
from scripts.compile_messages import compile_all


@pytest.fixture
def house(tmp_path):
    """An empty package with a kernel and one module."""
    package = tmp_path / "mulin"
    for name in ("kernel", "gardens"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("", encoding="utf-8")
    return package


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(package: Path, module: str, **texts: str) -> Path:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for chinese, english in texts.items():
        catalogue.append(polib.POEntry(msgid=chinese, msgstr=english))
    path = package / module / "locale" / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    return path


def problems(package: Path, module: str = "gardens") -> list[str]:
    return [problem.what for problem in check_messages.problems_of(package / module, package)]


def test_a_marked_text_without_english_is_found(house):
    write(house / "gardens/actions.py", 'from x import _\nraise ValueError(_("请先选一个花园"))\n')
    assert problems(house) == ["no English for: 请先选一个花园"]
    translate(house, "gardens", 请先选一个花园="Choose a garden first")
    assert problems(house) == []


def test_a_text_that_the_kernel_has_translated_is_enough(house):
    write(house / "gardens/templates/gardens/a.html", '<p>{% translate "保存" %}</p>')
    translate(house, "kernel", 保存="Save")
    assert problems(house) == []


@pytest.mark.parametrize(
    "template",
    [
        "{% blocktranslate trimmed %}\n  有 {{ n }} 个花园\n{% endblocktranslate %}",
        '{{ title|default:_("没有名字") }}',
        '{% include "b.html" with title=_("没有名字") %}',
        "{% blocktranslate count n=n %}{{ n }} 个{% plural %}{{ n }} 个{% endblocktranslate %}",
        '{% translate "开" context "门" %}',
    ],
)
def test_every_way_to_mark_a_text_in_a_template_is_seen(house, template):
    write(house / "gardens/templates/gardens/a.html", template)
    assert [problem.split(":")[0] for problem in problems(house)] == ["no English for"]


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("<p>花园</p>", True),
        ('<p title="花园">x</p>', True),
        ('{% include "b.html" with title="花园" %}', True),
        ('{{ title|default:"花园" }}', True),
        ("{# 花园 #}<p>x</p>", False),
        ("{% comment %}花园{% endcomment %}<p>x</p>", False),
        ("<!-- 花园 --><p>x</p>", False),
        ('<a href="?l=zh" lang="zh-Hans" hreflang="zh-Hans">中文</a>', False),
        ('<div lang="zh-Hans"><p>花园</p></div>', True),
    ],
)
def test_chinese_outside_a_translation_tag_is_found(house, template, wrong):
    write(house / "gardens/templates/gardens/a.html", template)
    assert bool(problems(house)) is wrong


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('NAME = "花园"\n', True),
        ('def f(n):\n    return f"花园 {n}"\n', True),
        ('def f():\n    """花园"""\n    # 花园\n', False),
        ('WORDS = ["花"]  # untranslated: what residents type\n', False),
        ('say(zh="花园", en="garden")\n', False),
    ],
)
def test_an_unmarked_chinese_literal_in_a_speaking_room_is_found(house, source, wrong):
    write(house / "gardens/views/list.py", source)
    assert bool(problems(house)) is wrong


def test_word_lists_of_engines_and_tests_may_be_chinese(house):
    write(house / "gardens/triage.py", 'WORDS = ["花园"]\n')
    write(house / "gardens/tests/test_actions.py", 'NAME = "花园"\n')
    assert problems(house) == []


def test_an_f_string_cannot_be_translated(house):
    write(house / "gardens/actions.py", 'def f(n):\n    return _(f"第 {n} 个花园")\n')
    assert problems(house) == ["an f-string cannot be translated; use %(name)s"]


def test_a_translation_keeps_the_placeholders(house):
    translate(house, "gardens", **{"还剩 %(hours)s 小时": "%(hour)s hours left"})
    assert problems(house) == ["placeholders differ: 还剩 %(hours)s 小时"]


def test_one_text_has_one_english_in_all_modules(house, capsys):
    """Neighbour Zhou read "Announced" on the button that publishes: another module's word had won."""
    translate(house, "gardens", 公布="Publish", 花="flower")
    translate(house, "kernel", 公布="Announced", 花="flower")
    [found] = check_messages.collisions(house)
    assert found.what == "different English for 公布: gardens “Publish”, kernel “Announced”"
    assert check_messages.main(house) == 1
    assert found.what in capsys.readouterr().out


def test_a_context_and_a_plural_tell_meanings_apart_only_where_both_modules_agree(house):
    def entry(module: str, **more) -> None:
        path = translate(house, module)
        catalogue = polib.pofile(str(path))
        catalogue.append(polib.POEntry(**more))
        catalogue.save(str(path))

    entry("gardens", msgid="公布", msgstr="Announced", msgctxt="column")
    entry("kernel", msgid="公布", msgstr="Publish")
    assert check_messages.collisions(house) == []
    entry(
        "gardens",
        msgid="%(n)s 人",
        msgid_plural="%(n)s 人",
        msgstr_plural={0: "%(n)s person", 1: "%(n)s people"},
    )
    entry(
        "kernel",
        msgid="%(n)s 人",
        msgid_plural="%(n)s 人",
        msgstr_plural={0: "%(n)s person", 1: "%(n)s persons"},
    )
    assert [found.what.split(":")[0] for found in check_messages.collisions(house)] == [
        "different English for %(n)s 人"
    ]


def test_chinese_in_a_script_is_found_but_not_in_its_comments(house):
    write(house / "gardens/static/gardens/list.js", '// 花园\nconst a = "x"; /* 花园 */\n')
    assert problems(house) == []
    write(house / "gardens/static/gardens/list.js", 'const a = "花园";\n')
    assert problems(house) == ['Chinese in a script: const a = "花园";']


def test_new_texts_are_added_and_translations_are_kept(house):
    path = translate(house, "gardens", 旧的="old", 还在="still here")
    write(house / "gardens/actions.py", 'a = _("还在")\nb = _("新的")\n')
    update_messages.main(house)
    catalogue = polib.pofile(str(path))
    assert catalogue.find("还在").msgstr == "still here"
    assert catalogue.find("新的").msgstr == ""
    assert [entry.msgstr for entry in catalogue.obsolete_entries()] == ["old"]

    write(house / "gardens/actions.py", 'a = _("旧的")\n')
    update_messages.main(house)
    assert polib.pofile(str(path)).find("旧的").msgstr == "old"


def test_a_module_is_not_asked_for_what_the_kernel_translates(house):
    translate(house, "kernel", 保存="Save")
    write(house / "gardens/actions.py", 'a = _("保存")\n')
    update_messages.main(house)
    assert not (house / "gardens/locale").exists()
    assert not polib.pofile(str(house / "kernel/locale/en/LC_MESSAGES/django.po")).obsolete_entries()


def test_only_new_translations_are_compiled(tmp_path, house):
    translate(house, "gardens", 保存="Save")
    assert [path.name for path in compile_all(tmp_path)] == ["django.mo"]
    assert compile_all(tmp_path) == []
