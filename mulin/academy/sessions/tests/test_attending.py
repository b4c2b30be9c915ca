"""Who came: the list, the code at the door, figures, photos, reminders."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from mulin.academy.sessions import (
    actions,
    attending,
    counting,
    feeds,
    figures,
    personal_data,
    photos,
    reminding,
)
from mulin.academy.sessions.models import SessionPhoto, Signup
from mulin.academy.sessions.tests.conftest import at
from mulin.academy.sessions.tests.test_signing import refused, sign
from mulin.kernel import counters, recounting, registry
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.voices import photos as cleaning

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(plan, freeze):
    """A session that began at 14:00, `people` signed up."""

    def make(people=(), **more):
        session = plan(**more)
        for one in people:
            sign(one, session)
        freeze(at("2026-11-24 14:05"))
        session.refresh_from_db()
        return session

    return make


def test_the_list_counts_heads_and_who_came_without(cast, begun, crowd):
    one, two = crowd(2)
    session = begun([one, two])
    ids = {row.account_id: row.pk for row in session.signups.all()}
    act = {"actor": cast.clerk.actor, "number": session.number}
    actions.take_attendance(**act, came={ids[one.account]: 3, ids[two.account]: 0}, walk_ins=4)
    session.refresh_from_db()
    assert session.came == 7
    refused("bad-count", actions.take_attendance, **act, came={ids[one.account]: 60})
    with pytest.raises(NotVisible):
        actions.take_attendance(actor=cast.resident.actor, number=session.number, came={})


def test_attendance_waits_until_the_door_opens(cast, plan):
    session = plan()
    refused("too-early", actions.take_attendance, actor=cast.clerk.actor, number=session.number, came={})
    refused("too-early", actions.hold_session, actor=cast.clerk.actor, number=session.number)


def test_the_code_of_the_day_counts_the_family_and_a_second_scan_counts_nobody_twice(cast, begun):
    session = begun([cast.resident.actor])
    code = attending.door_code(session)
    act = {"actor": cast.resident.actor, "number": session.number}
    for _twice in range(2):
        actions.check_in(**act, code=code, heads=2)
    session.refresh_from_db()
    assert session.came == 2
    walked = actions.check_in(actor=cast.neighbour.actor, number=session.number, code=code)
    session.refresh_from_db()
    assert (walked.state, session.came, session.taken) == ("walked_in", 3, 1)
    refused("old-code", actions.check_in, **act, code="0" * 12)


def test_the_code_works_only_around_the_session(cast, plan, freeze):
    session = plan()
    code = attending.door_code(session)
    act = {"actor": cast.resident.actor, "number": session.number, "code": code}
    freeze(at("2026-11-24 12:30"))
    refused("not-now", actions.check_in, **act)
    freeze(at("2026-11-24 16:31"))
    refused("not-now", actions.check_in, **act)


def test_a_feast_that_goes_on_past_midnight_still_takes_its_own_code(cast, plan, freeze):
    session = plan("2026-11-24 23:30", minutes=60)
    act = {"actor": cast.resident.actor, "number": session.number}
    code = attending.door_code(session)
    freeze(at("2026-11-25 00:10"))
    assert actions.check_in(**act, code=code).came == 1
    freeze(at("2026-11-25 09:00"))
    assert not attending.is_door_code(session, code)


def test_what_took_place_is_counted_and_corrections_keep_the_counters_right(
    cast, begun, crowd, world, settle
):
    people = crowd(3)
    session = begun(people, theme="")
    ids = list(session.signups.values_list("pk", flat=True))
    act = {"actor": cast.clerk.actor, "number": session.number}
    actions.take_attendance(**act, came=dict.fromkeys(ids, 1), walk_ins=2)
    actions.hold_session(**act)
    actions.take_attendance(**act, came={ids[0]: 2})
    settle()
    day = date(2026, 11, 24)
    rows = counters.read(world.home, counting.MEASURES, day, day, by=("measure",))
    assert dict(rows) == {"academy.sessions": 1, "academy.person_times": 6}
    assert recounting.compare()[1] == []
    refused("not-now", actions.hold_session, **act)


def test_person_times_and_different_people_are_two_figures(cast, plan, crowd, freeze):
    people = crowd(6)
    for day in ("2026-11-24", "2026-11-25"):
        freeze("2026-11-23 09:00")
        session = plan(f"{day} 14:00")
        for one in people:
            sign(one, session)
        freeze(at(f"{day} 14:05"))
        ids = session.signups.values_list("pk", flat=True)
        act = {"actor": cast.clerk.actor, "number": session.number}
        actions.take_attendance(**act, came=dict.fromkeys(ids, 1), walk_ins=3)
        actions.hold_session(**act)
    found = figures.report(cast.clerk.actor, date(2026, 1, 1), date(2026, 12, 31))
    assert (found.total.sessions, found.total.person_times, found.total.persons) == (2, "18", "6")
    assert [one.title for one in found.by_month] == ["2026年11月"]
    assert figures.report(cast.other_clerk.actor, date(2026, 1, 1), date(2026, 12, 31)).total.sessions == 0


def test_small_figures_stay_hidden(cast, begun, crowd):
    session = begun(crowd(2))
    ids = session.signups.values_list("pk", flat=True)
    act = {"actor": cast.clerk.actor, "number": session.number}
    actions.take_attendance(**act, came=dict.fromkeys(ids, 1))
    actions.hold_session(**act)
    found = figures.report(cast.clerk.actor, date(2026, 1, 1), date(2026, 12, 31))
    assert found.hides and found.total.persons == figures.HIDDEN == found.by_theme[0].person_times


def test_months_are_those_of_the_place_not_of_utc(cast, plan, crowd, freeze):
    people = crowd(6)
    for when in ("2026-11-30 23:00", "2026-12-01 06:00"):
        freeze("2026-11-23 09:00")
        session = plan(when)
        for one in people:
            sign(one, session)
        freeze(at(when) + timedelta(minutes=5))
        ids = session.signups.values_list("pk", flat=True)
        act = {"actor": cast.clerk.actor, "number": session.number}
        actions.take_attendance(**act, came=dict.fromkeys(ids, 1))
        actions.hold_session(**act)
    found = figures.report(cast.clerk.actor, date(2026, 11, 15), date(2027, 1, 31))
    assert [(one.title, one.sessions, one.persons) for one in found.by_month] == [
        ("2026年11月", 1, "6"), ("2026年12月", 1, "6"),
    ]  # fmt: skip


def test_of_many_sessions_people_are_told_apart_once_and_anew_when_more_came(
    cast, begun, crowd, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(figures, "MANY", 1)
    people = crowd(6)
    session = begun(people)
    ids = list(session.signups.values_list("pk", flat=True))
    act = {"actor": cast.clerk.actor, "number": session.number}
    actions.take_attendance(**act, came=dict.fromkeys(ids[:5], 1))
    actions.hold_session(**act)
    year = date(2026, 1, 1), date(2026, 12, 31)
    with django_assert_num_queries(8):
        assert figures.report(cast.clerk.actor, *year).total.persons == "5"
    with django_assert_num_queries(4):
        assert figures.report(cast.clerk.actor, *year).total.persons == "5"
    actions.take_attendance(**act, came={ids[5]: 1})
    assert figures.report(cast.clerk.actor, *year).total.persons == "6"
    assert figures.report(cast.other_clerk.actor, *year).total.persons == "0"


# Reminders and calendars --------------------------------------------------------------------------------


def test_who_comes_is_reminded_the_day_before_once(cast, plan, freeze, settle):
    session = plan(places_most=1)
    sign(cast.resident.actor, session)
    sign(cast.neighbour.actor, session)
    assert reminding.remind() == 0, "not in the morning"
    freeze("2026-11-23 16:10")
    assert reminding.remind() == 1 and reminding.remind() == 0
    settle()
    told = Notice.objects.get(code="academy.session.reminded")
    assert told.account == cast.resident.account, "who waits is not told to come"
    assert Entry.objects.get(code="academy.session.reminded").data["n"] == 1


def told(person, *codes: str) -> int:
    return Notice.objects.filter(account=person.account, code__in=codes).count()


REMINDED, LATE = "academy.session.reminded", "academy.session.reminded_late"


def test_who_signs_up_after_the_reminder_is_told_too_and_once(cast, plan, freeze, settle, client_for):
    session = plan(places_most=2)
    sign(cast.resident.actor, session)
    freeze("2026-11-23 16:10")
    assert reminding.remind() == 1
    freeze("2026-11-23 20:00")
    url = reverse("academy:session-signup", args=[session.number])
    for _press in range(2):
        page = client_for(cast.neighbour).post(url, {"heads": "1"}, follow=True).content.decode()
        assert "报上了，" in page and "前一天会提醒您" not in page
    sign(cast.newcomer.actor, session)
    settle()
    assert told(cast.neighbour, REMINDED) == 0, "the reminder was sealed after they came, and is not theirs"
    freeze("2026-11-23 20:10")
    assert (reminding.remind(), reminding.remind()) == (1, 0)
    settle()
    assert (told(cast.resident, REMINDED), told(cast.resident, LATE)) == (1, 0)
    assert (told(cast.neighbour, REMINDED), told(cast.neighbour, LATE)) == (0, 1)
    assert told(cast.newcomer, REMINDED, LATE) == 0, "who waits is not told to come"
    assert Notice.objects.get(code=LATE).is_urgent
    actions.leave(actor=cast.resident.actor, number=session.number)
    freeze("2026-11-23 21:00")
    assert reminding.remind() == 0, "who moved up was told when"


def test_who_signs_up_on_the_day_itself_is_told_then_and_nobody_at_night(cast, plan, freeze, settle):
    session = plan()
    sign(cast.resident.actor, session)
    assert reminding.remind() == 0
    freeze("2026-11-23 16:10")
    reminding.remind()
    freeze("2026-11-23 23:30")
    sign(cast.neighbour.actor, session)
    assert reminding.remind() == 0
    freeze("2026-11-24 08:00")
    other = plan("2026-11-24 19:00", title="茶话会")
    sign(cast.newcomer.actor, other)
    assert (reminding.remind(), reminding.remind()) == (2, 0)
    settle()
    everybody = (cast.resident, cast.neighbour, cast.newcomer)
    assert [told(one, REMINDED, LATE) for one in everybody] == [1, 1, 1]
    freeze("2026-11-24 14:10")
    sign(cast.secretary.actor, other)
    assert reminding.remind() == 1, "only the one that is still to come"


def test_my_calendar_opens_with_its_secret_and_a_new_one_closes_the_old(cast, plan):
    session = plan()
    sign(cast.resident.actor, session)
    first = feeds.new_link(actor=cast.resident.actor)
    assert [one.session for one in feeds.by_secret(first)] == [session]
    assert feeds.secret_of(cast.resident.account) == first
    second = feeds.new_link(actor=cast.resident.actor)
    assert second != first and feeds.by_secret(second)
    with pytest.raises(NotVisible):
        feeds.by_secret(first)
    actions.leave(actor=cast.resident.actor, number=session.number)
    assert feeds.by_secret(second) == []


# Photos -------------------------------------------------------------------------------------------------


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=b"Exif\x00\x00secret")
    return out.getvalue()


@pytest.fixture
def photo(cast, begun) -> SessionPhoto:
    session = begun()
    return photos.add_photos(actor=cast.clerk.actor, number=session.number, uploads=[picture()])[0]


def test_files_that_a_killed_process_left_are_swept_and_no_others(photo, monkeypatch, freeze):
    freeze(datetime.now(UTC))  # ids, by which files are known, have the time of the machine
    with monkeypatch.context() as patch:  # what other tests left
        patch.setattr(cleaning, "UNFINISHED", -timedelta(minutes=1))
        photos.sweep()
    orphan = replace(cleaning.clean(picture()), folder=photos.FOLDER)
    with pytest.raises(SystemExit), monkeypatch.context() as patch:
        patch.setattr(cleaning.default_storage, "delete", lambda name: None)  # killed: nobody tidies up
        with cleaning.stored([orphan]):
            raise SystemExit
    assert photos.sweep() == 0, "a request that is still under way must keep its files"
    monkeypatch.setattr(cleaning, "UNFINISHED", -timedelta(minutes=1))
    assert photos.sweep() == 1
    assert not default_storage.exists(orphan.name) and not default_storage.exists(orphan.thumb_name)
    assert default_storage.exists(photo.file.name) and default_storage.exists(photo.thumb.name)
    assert photos.sweep in [one.run for one in registry.collect("periodic")]


def test_a_photo_is_shown_only_when_all_who_are_on_it_agreed(cast, photo, anonymous):
    act = {"actor": cast.clerk.actor, "number": photo.session.number, "photo": photo.pk}
    with pytest.raises(NotVisible):
        photos.open_photo(anonymous, photo.pk, thumb=True)
    photos.open_photo(cast.clerk.actor, photo.pk, thumb=True)[0].close()
    two = {"shown": 2, "stated": True}
    refused("consent-missing", photos.publish_photo, **act, **two, consents=["spoken"])
    refused("consent-missing", photos.publish_photo, **act, **two, consents=["spoken", ""])
    refused("not-stated", photos.publish_photo, **act, shown=2, stated=False, consents=["spoken", "guardian"])
    made = photos.publish_photo(**act, **two, consents=["spoken", "guardian"])
    assert made.stated_by == cast.clerk.id and made.consents.count() == 2
    file, is_public = photos.open_photo(anonymous, photo.pk, thumb=False)
    with file:
        assert is_public and b"secret" not in file.read()


def test_a_consent_taken_back_takes_the_photo_off_at_once(cast, photo, anonymous):
    act = {"actor": cast.clerk.actor, "number": photo.session.number, "photo": photo.pk}
    photos.publish_photo(**act, shown=1, consents=["spoken"], stated=True)
    photos.hide_photo(**act, spot=1)
    assert photo.consents.get().withdrawn_at
    with pytest.raises(NotVisible):
        photos.open_photo(anonymous, photo.pk, thumb=True)
    photos.delete_photo(**act)
    assert not SessionPhoto.objects.exists()


def test_residents_add_and_publish_no_photos(cast, photo):
    act = {"actor": cast.resident.actor, "number": photo.session.number}
    with pytest.raises((NotAllowed, NotVisible)):
        photos.add_photos(**act, uploads=[picture()])
    with pytest.raises((NotAllowed, NotVisible)):
        photos.publish_photo(**act, photo=photo.pk, shown=0, consents=[], stated=True)


def test_ones_own_data_goes_with_the_account_and_the_heads_stay(cast, plan):
    session = plan()
    sign(cast.resident.actor, session, 2)
    feeds.new_link(actor=cast.resident.actor)
    assert personal_data.export(cast.resident.id)[0]["heads"] == 2
    personal_data.erase(cast.resident.id)
    row = Signup.objects.get(session=session)
    assert (row.account, row.label, row.heads) == (None, "—", 2)


def test_names_without_an_account_go_when_their_days_are_over_and_how_many_came_stays(cast, plan, freeze):
    session = plan()
    actions.sign_up_for(actor=cast.clerk.actor, number=session.number, label="3栋张阿姨", heads=2)
    actions.sign_up(actor=cast.resident.actor, number=session.number)
    freeze((session.ends_at + timedelta(days=29)).isoformat())
    assert personal_data.forget_names() == 0
    freeze((session.ends_at + timedelta(days=31)).isoformat())
    assert personal_data.forget_names() == 1 and personal_data.forget_names() == 0
    rows = session.signups.order_by("id").values_list("label", "heads", "account")
    assert list(rows) == [("—", 2, None), ("", 1, cast.resident.id)]
