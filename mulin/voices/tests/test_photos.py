"""Photos: no position leaves the phone's file, nothing but pictures comes in, no row is without a file."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from mulin.kernel.errors import ActionError, NotVisible
from mulin.voices import photos, queries
from mulin.voices.actions import publish_matter
from mulin.voices.models import Photo, Voice


def stored_names() -> set[str]:
    found = set()
    try:
        for year in default_storage.listdir("photos")[0]:
            found |= set(default_storage.listdir(f"photos/{year}")[1])
    except FileNotFoundError:
        pass
    return found


def test_exif_and_position_are_gone_from_both_sizes(speak, picture):
    speak(photos=[picture()])
    photo = Photo.objects.get()
    for thumb in (False, True):
        raw = photos.open_file(photo, thumb).read()
        assert b"SECRET-CAMERA" not in raw and b"Exif" not in raw
        assert not Image.open(BytesIO(raw)).getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_are_taken_and_become_bare_jpegs(speak, picture, kind):
    speak(photos=[picture(kind=kind)])
    raw = photos.open_file(Photo.objects.get()).read()
    assert Image.open(BytesIO(raw)).format == "JPEG" and b"SECRET-CAMERA" not in raw


def test_a_photo_is_made_upright_and_small(picture):
    made = photos.clean(picture(size=(2400, 1200), orientation=6))
    assert (made.width, made.height) == (800, 1600)
    large, thumb = Image.open(BytesIO(made.large)), Image.open(BytesIO(made.thumb))
    assert large.size == (800, 1600) and thumb.size == (160, 320)
    # Turned clockwise: the red corner of the upper left is now on the upper right.
    red = large.getpixel((780, 20))
    assert red[0] > 200 and red[1] < 80


def test_a_transparent_picture_gets_a_white_ground():
    out = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")
    made = Image.open(BytesIO(photos.clean(out.getvalue()).large))
    assert min(made.getpixel((20, 20))) > 245


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"GIF89a" + b"\0" * 40, "photo-unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo-unreadable"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo-heic"),
        (b"\xff\xd8\xff\xe0 not a jpeg after all", "photo-unreadable"),
        (b"", "photo-unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_clear_word(raw, code):
    with pytest.raises(ActionError) as refused:
        photos.clean(raw)
    assert (refused.value.code, refused.value.field) == (code, "photos")


def test_a_picture_that_would_fill_the_memory_is_refused():
    out = BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(ActionError) as refused:
        photos.clean(out.getvalue())
    assert refused.value.code in {"photo-too-big", "photo-unreadable"}


def test_too_many_and_too_big_are_refused(speak, picture, settings):
    with pytest.raises(ActionError) as refused:
        speak(photos=[picture(size=(20, 20))] * 7)
    assert refused.value.code == "photos-too-many"
    settings.MULIN_PHOTO_MAX_BYTES = 100
    with pytest.raises(ActionError) as refused:
        speak(photos=[picture()])
    assert refused.value.code == "photo-too-big"


def test_when_the_rows_fail_the_files_are_taken_away(speak, picture, monkeypatch):
    before = stored_names()
    monkeypatch.setattr("mulin.voices.actions.submit.journal.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        speak(photos=[picture()])
    assert stored_names() == before and not Voice.objects.exists()


def test_files_that_a_killed_process_left_are_swept_and_no_others(speak, picture, monkeypatch):
    speak(photos=[picture()])
    kept = Photo.objects.get()
    with monkeypatch.context() as patch:  # what other tests left
        patch.setattr(photos, "UNFINISHED", -timedelta(minutes=1))
        photos.sweep()
    orphan = photos.clean(picture())
    default_storage.save(orphan.name, ContentFile(orphan.large))
    default_storage.save(orphan.thumb_name, ContentFile(orphan.thumb))
    assert photos.sweep() == 0, "a request that is still under way must keep its files"
    monkeypatch.setattr(photos, "UNFINISHED", -timedelta(minutes=1))
    assert photos.sweep() == 1
    assert not default_storage.exists(orphan.name) and not default_storage.exists(orphan.thumb_name)
    assert default_storage.exists(kept.file.name) and default_storage.exists(kept.thumb.name)


def test_only_who_may_read_the_voice_sees_its_photo(speak, picture, cast, anonymous, world):
    voice = speak(photos=[picture()]).voice
    photo = Photo.objects.get()
    for person in (cast.resident, cast.clerk, cast.street):
        assert queries.open_photo(person.actor, photo.id).read(2) == b"\xff\xd8"
    for actor in (anonymous, cast.neighbour.actor, cast.other_clerk.actor, cast.admin.actor.__class__()):
        with pytest.raises(NotVisible):
            queries.open_photo(actor, photo.id)
    assert queries.open_photo(anonymous.with_receipt(voice.id), photo.id, thumb=True).read(2) == b"\xff\xd8"


def test_a_published_matter_shows_only_the_photos_that_were_approved(speak, picture, cast, anonymous):
    voice = speak(photos=[picture(), picture()], kind="complaint").voice
    shown, kept = Photo.objects.order_by("id")
    publish_matter(
        actor=cast.secretary.actor, number=voice.number, title="路灯", text="不亮", photos=[shown.id]
    )
    assert queries.open_photo(anonymous, shown.id)
    with pytest.raises(NotVisible):
        queries.open_photo(anonymous, kept.id)
