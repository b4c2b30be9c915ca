"""A group asks for a place, keeps it, writes its history and gives it back."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mulin.academy.keeping import access, actions, history, reading
from mulin.academy.keeping.models import EntryPhoto, Keeping, KeptPlace
from mulin.kernel import clock, journal
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, ThreadLink
from mulin.people.models import Organisation
from mulin.voices import actions as voices

pytestmark = pytest.mark.django_db


def refused(code: str, act, *args, **kwargs) -> ActionError:
    with pytest.raises(ActionError) as error:
        act(*args, **kwargs)
    assert error.value.code == code
    return error.value


def picture(colour: str = "#806040") -> bytes:
    out = BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


def wish(cast, text: str = "我想要在空地上种花") -> str:
    """A wish that everybody may read; its number."""
    found = voices.submit_voice(actor=cast.resident.actor, text=text, place="500108002005", kind="wish")
    number = found.voice.matter.number
    voices.publish_matter(actor=cast.clerk.actor, number=number, title="想种花", text="想种花")
    return number


def test_a_group_asks_and_only_it_and_the_community_see_that(cast, asked, anonymous):
    made = asked()
    assert made.state == "asked" and made.kept.name == "7栋后面的空坝"
    for who in (cast.group_leader, cast.group_member, cast.clerk, cast.street):
        assert access.get_place(who.actor, made.kept.number) == made.kept
    for actor in (cast.resident.actor, cast.other_clerk.actor, anonymous):
        with pytest.raises(NotVisible):
            access.get_place(actor, made.kept.number)


def test_once_agreed_everybody_reads_it_and_the_term_is_as_long_as_the_rule_says(cast, asked, anonymous):
    made = actions.agree(actor=cast.clerk.actor, number=asked().number)
    assert (made.state, made.starts_on, made.ends_on) == ("kept", date(2026, 11, 23), date(2027, 11, 23))
    assert access.get_place(anonymous, made.kept.number) == made.kept


def test_a_term_longer_than_the_rule_or_in_the_past_is_refused(cast, asked):
    number = asked().number
    for day in (date(2027, 11, 24), date(2026, 11, 23)):
        refused("bad-term", actions.agree, actor=cast.clerk.actor, number=number, ends_on=day)
    assert Keeping.objects.get().state == "asked"


def test_a_shorter_term_that_the_group_asked_for_stands(cast, asked):
    number = asked(ends_on=date(2027, 3, 1)).number
    assert actions.agree(actor=cast.clerk.actor, number=number).ends_on == date(2027, 3, 1)


def test_members_residents_and_other_clerks_cannot_answer(cast, asked):
    number = asked().number
    with pytest.raises(NotAllowed):
        actions.agree(actor=cast.group_leader.actor, number=number)
    with pytest.raises(NotVisible):
        actions.agree(actor=cast.other_clerk.actor, number=number)
    with pytest.raises(NotAllowed):
        asked(actor=cast.group_member.actor, name="另一处")


def test_a_group_keeps_nothing_away_from_home(cast, asked, world):
    with pytest.raises(NotAllowed):
        asked(place=world.other_home)


def test_the_answer_no_carries_its_reason(cast, asked):
    number = asked().number
    refused("no-reason", actions.decline, actor=cast.clerk.actor, number=number, reason=" ")
    made = actions.decline(actor=cast.clerk.actor, number=number, reason="那里要建消防通道")
    assert (made.state, made.reason) == ("declined", "那里要建消防通道")
    refused("not-now", actions.agree, actor=cast.clerk.actor, number=number)


def test_a_group_takes_its_asking_back(cast, asked):
    number = asked().number
    with pytest.raises(NotAllowed):
        actions.withdraw(actor=cast.group_member.actor, number=number)
    assert actions.withdraw(actor=cast.group_leader.actor, number=number).state == "withdrawn"


def test_what_is_asked_for_needs_a_name_a_spot_and_a_plan(asked):
    for field, code in (("name", "no-name"), ("spot", "no-spot"), ("what", "no-what")):
        assert refused(code, asked, **{field: "  "}).field == field
    refused("bad-position", asked, lon=106.5)
    refused("matter-unknown", asked, matter="123")
    refused("no-site", asked, site="500108106003-B001")
    refused("personal-data", asked, what="请打 13800138000")
    assert not KeptPlace.objects.exists()


def test_the_group_gives_it_back_and_the_next_one_takes_it_over_with_its_history(cast, garden, world):
    first = garden.keepings.get()
    history.write_entry(actor=cast.group_leader.actor, number=garden.number, title="垃圾清走")
    ended = actions.end(actor=cast.group_leader.actor, number=first.number, reason="大家搬走了")
    assert ended.ended_on == clock.today()
    with pytest.raises(NotAllowed):
        history.write_entry(actor=cast.group_leader.actor, number=garden.number, title="还想写")
    other = Organisation.objects.create(name="阳台种菜社", kind="club", place=world.home)
    again = actions.ask_place(
        actor=cast.clerk.actor, org=other.pk, place=world.home, what="接着种", kept=garden.number
    )
    actions.agree(actor=cast.clerk.actor, number=again.number)
    assert [row["title"] for row in reading.entries(garden)] == ["垃圾清走"]
    assert [row["org"] for row in reading.terms(garden)] == ["阳台种菜社", "金堰花园园艺队"]
    refused(
        "kept-already", actions.ask_place, actor=cast.clerk.actor, org=other.pk, place=world.home,
        what="再要", kept=garden.number,
    )  # fmt: skip


def test_a_renewed_term_counts_from_today(cast, garden, freeze):
    freeze("2027-10-01 09:00")
    made = actions.renew(actor=cast.clerk.actor, number=garden.keepings.get().number)
    assert made.ends_on == date(2028, 10, 1)


def test_the_place_grows_out_of_the_wish_and_its_lines_stand_on_the_wishs_timeline(cast, asked):
    number = wish(cast)
    made = asked(matter=number)
    actions.agree(actor=cast.clerk.actor, number=made.number)
    matter = made.kept.matter
    assert matter.number == number
    told = {entry.code for entry in journal.timeline(matter.pk)}
    assert {"academy.keeping.asked", "academy.keeping.agreed"} <= told
    parents = set(ThreadLink.objects.filter(child=made.kept.pk).values_list("parent_kind", flat=True))
    assert parents == {"people.organisation", "voices.matter"}


def test_a_groups_own_page_says_which_site_it_looks_after(cast, asked, group, world):
    made = asked(site=f"{world.home}-B001")
    actions.agree(actor=cast.clerk.actor, number=made.number)
    group.refresh_from_db()
    assert group.adopted.code == f"{world.home}-B001"
    actions.end(actor=cast.clerk.actor, number=made.number, reason="到期")
    group.refresh_from_db()
    assert group.adopted is None


def test_every_act_writes_one_line_without_words_of_people(cast, asked):
    before = Entry.objects.count()
    made = asked()
    assert Entry.objects.count() == before + 1
    actions.agree(actor=cast.clerk.actor, number=made.number)
    assert Entry.objects.count() == before + 2
    for entry in Entry.objects.order_by("-id")[:2]:
        assert "空坝" not in str(entry.data) and "月季" not in str(entry.data)


def test_the_office_hears_of_the_asking_and_the_group_of_the_answer(cast, asked, settle):
    number = asked().number
    settle()
    assert Notice.objects.filter(account=cast.clerk.account, code="academy.keeping.asked").exists()
    actions.agree(actor=cast.clerk.actor, number=number)
    settle()
    for who in (cast.group_leader, cast.group_member):
        assert Notice.objects.filter(account=who.account, code="academy.keeping.agreed").exists()


# The history -------------------------------------------------------------------------------------------


def test_pictures_need_consent_and_are_cleaned(cast, garden):
    fields = {"actor": cast.group_leader.actor, "number": garden.number, "title": "从前", "stage": "before"}
    assert refused("no-consent", history.write_entry, photos=[picture()], **fields).field == "consented"
    row = history.write_entry(photos=[picture()], alts=["一堆砖"], consented=True, **fields)
    photo = row.photos.get()
    assert photo.alt == "一堆砖" and photo.file.name.startswith("keeping/")
    with photo.file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_no_more_pictures_than_the_rule_allows(cast, garden):
    fields = {"actor": cast.group_leader.actor, "number": garden.number, "title": "后来", "consented": True}
    row = history.write_entry(photos=[picture()] * 3, **fields)
    refused("photos-too-many", history.write_entry, photos=[picture()] * 2, entry=row.pk, **fields)
    assert EntryPhoto.objects.count() == 3


def test_before_and_after_stand_side_by_side(cast, garden):
    for stage, on in (("before", date(2026, 3, 1)), ("after", date(2026, 6, 1)), ("after", date(2026, 9, 1))):
        history.write_entry(
            actor=cast.group_leader.actor, number=garden.number, title=stage, stage=stage, on=on,
            photos=[picture()], consented=True,
        )  # fmt: skip
    both = reading.before_and_after(reading.entries(garden))
    assert (both["before_on"], both["after_on"]) == (date(2026, 3, 1), date(2026, 9, 1))


def test_an_entry_leads_to_what_everybody_may_read(cast, garden):
    number = wish(cast)
    fields = {"actor": cast.group_leader.actor, "number": garden.number, "title": "大家想种花"}
    row = history.write_entry(stage="decision", link=number, **fields)
    told = reading.entries(garden)[0]["link"]
    assert told["title"] == "想种花" and number in told["url"]
    assert refused("link-unknown", history.write_entry, link="999", **fields).field == "link"
    voices.hide_matter(actor=cast.clerk.actor, number=number, reason="本人要求")
    assert reading.entries(garden)[0]["link"] is None and row.link


def test_an_entry_goes_with_its_pictures(cast, garden):
    fields = {"actor": cast.group_leader.actor, "number": garden.number}
    row = history.write_entry(title="后来", photos=[picture()], consented=True, **fields)
    file = row.photos.get().file
    history.remove_entry(entry=row.pk, **fields)
    assert not EntryPhoto.objects.exists() and not file.storage.exists(file.name)


def test_one_picture_can_be_taken_away(cast, garden):
    fields = {"actor": cast.group_leader.actor, "number": garden.number}
    row = history.write_entry(title="后来", photos=[picture(), picture("#204060")], consented=True, **fields)
    history.remove_photo(photo=row.photos.first().pk, **fields)
    assert row.photos.count() == 1


def test_nothing_is_written_of_a_day_to_come_or_by_a_stranger(cast, garden):
    tomorrow = clock.today() + timedelta(days=1)
    fields = {"number": garden.number, "title": "后来"}
    refused("bad-day", history.write_entry, actor=cast.clerk.actor, on=tomorrow, **fields)
    for who in (cast.resident, cast.group_member, cast.other_clerk):
        with pytest.raises(NotAllowed):
            history.write_entry(actor=who.actor, **fields)
