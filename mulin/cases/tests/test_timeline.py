"""How the journal reads on a page: to the person, to colleagues, to everybody; in both languages."""

from datetime import timedelta

import pytest
from django.utils import translation

from mulin.cases import pages
from mulin.kernel import clock, journal
from mulin.kernel.registry import PUBLIC, sentences
from mulin.voices.actions import me_too, publish_matter
from mulin.voices.models import Voice


def resident_texts(cast, said, person="resident") -> list[str]:
    shown = pages.resident_case(getattr(cast, person).actor, Voice.objects.get(pk=said.voice.pk))
    return [line.text for line in shown.timeline]


def staff_texts(cast, said) -> list[str]:
    return [line.text for line in pages.case_page(cast.clerk.actor, said.number).timeline]


def public_lines(said) -> list[pages.Line]:
    return pages.lines(journal.timeline(said.voice.matter_id), {}, {PUBLIC}, people=False)


def test_neighbours_in_a_row_are_one_line_with_their_number(speak, cast, do):
    said = speak()
    publish_matter(actor=cast.secretary.actor, number=said.number, title="灯", text="灯不亮")
    for part in ("neighbour", "newcomer", "group_member"):
        me_too(actor=getattr(cast, part).actor, number=said.number)
    do("accept", "clerk", said.number)
    me_too(actor=cast.group_leader.actor, number=said.number)
    texts = [line.text for line in public_lines(said)]
    assert texts[-3:] == ["又有 3 位居民也遇到", "受理了这件事", "又有 1 位居民也遇到"]
    shown = [
        line for line in pages.case_page(cast.clerk.actor, said.number).timeline if "也遇到" in line.text
    ]
    assert [line.who for line in shown] == ["", ""]


def test_only_the_person_who_asked_is_spoken_to_as_you(speak, bring, cast):
    said = speak()
    bring(said.number, "done")
    assert "办完了，已把答复发给您" in resident_texts(cast, said)
    for texts in (staff_texts(cast, said), [line.text for line in public_lines(said)]):
        assert "办完了，已把答复发给提出的居民" in texts and not any("您" in text for text in texts)


def test_residents_are_shown_the_unit_that_put_it_off_and_not_who_agreed(speak, bring, do, cast, world):
    said = speak()
    bring(said.number, "in_hand")
    do("suspend", "department", said.number, reason="等配件", review_on=clock.today() + timedelta(days=9))
    do("approve", "secretary", said.number)
    (line,) = [one for one in public_lines(said) if one.code == "cases.case.suspended"]
    assert line.org == world.city_management.name and line.who == ""
    (line,) = [
        one
        for one in pages.case_page(cast.clerk.actor, said.number).timeline
        if one.code == "cases.case.suspended"
    ]
    assert (line.who, line.org) == (str(cast.secretary.account), world.committee.name)


def test_why_a_unit_objects_stands_once_on_the_case(speak, bring, do, cast, client_for):
    said = speak()
    bring(said.number, "dispatched")
    do("object", "department", said.number, reason="这盏灯在围墙里面")
    html = client_for(cast.clerk).get(f"/desk/cases/{said.number}/").content.decode()
    assert html.count("这盏灯在围墙里面") == 1


@pytest.mark.parametrize("module", ["cases.case", "voices", "councils"])
def test_an_english_line_goes_on_after_a_name(module):
    with translation.override("en"):
        for code, sentence in sentences().items():
            if code.startswith(module):
                text = str(sentence.text)
                assert text[:1].islower() or text.startswith("%("), (code, text)
                assert module == "councils" or not text.startswith("the "), (code, text)


def test_an_english_line_without_a_name_begins_with_a_capital(speak, do):
    said = speak()
    do("accept", "clerk", said.number)
    with translation.override("en"):
        lines = public_lines(said)
        assert [line.text[:1].isupper() for line in lines] == [not line.org for line in lines]
        assert any(line.org for line in lines) and not all(line.org for line in lines)
