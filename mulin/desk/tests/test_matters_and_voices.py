"""Forms about a matter and its voices: facts, category, place, additions, corrections, photos."""

from io import BytesIO

from PIL import Image

from mulin.voices.models import Addition, Lesson, Photo


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG")
    return out.getvalue()


def test_the_fact_sheet_is_one_for_all_levels(clerk, browser, speak, page_of):
    said = speak()
    answer = clerk.post(f"/desk/matters/{said.number}/facts/", {"basics": "三盏灯不亮", "idea": "换镇流器"})
    assert answer.status_code == 302 and answer.url == said.url
    assert "三盏灯不亮" in page_of(browser("street"), said.url)


def test_a_telephone_number_does_not_enter_the_fact_sheet(clerk, speak):
    said = speak()
    answer = clerk.post(f"/desk/matters/{said.number}/facts/", {"people": "联系 13912345678"})
    assert answer.status_code == 422 and "13912345678" in answer.content.decode()
    assert said.case().matter.facts == {}


def test_a_corrected_category_is_a_lesson(clerk, speak):
    said = speak()
    answer = clerk.post(
        f"/desk/matters/{said.number}/category/", {"category": "manhole_cover", "severity": "minor"}
    )
    assert answer.status_code == 302
    assert Lesson.objects.filter(now="manhole_cover").exists()
    assert said.case().category == "manhole_cover"


def test_who_makes_it_a_tip_off_is_told_who_has_it_now(clerk, speak):
    said = speak()
    fields = {"category": "vice", "kind": "tip_off", "severity": "minor"}
    answer = clerk.post(f"/desk/matters/{said.number}/category/", fields, follow=True)
    assert answer.redirect_chain == [("/desk/", 302)] and answer.status_code == 200
    assert "现在由街道办理" in answer.content.decode()
    assert said.case().restriction == "tip_off"


def test_nothing_changed_is_said_and_nothing_is_written(clerk, speak):
    said = speak()
    answer = clerk.post(f"/desk/matters/{said.number}/category/", {"category": "street_lamp"})
    assert answer.status_code == 422
    assert not Lesson.objects.exists()


def test_a_matter_moves_to_another_building(clerk, speak, world):
    said = speak()
    target = f"{world.home}-B002"
    answer = clerk.post(
        f"/desk/matters/{said.number}/place/", {"place": world.home, "building": target, "address": ""}
    )
    assert answer.status_code == 302
    assert said.case().building == target


def test_choosing_another_community_first_shows_its_buildings(clerk, speak, world):
    near = near_community(world)
    answer = clerk.post(f"/desk/matters/{speak().number}/place/", {"place": near, "look": "1"})
    assert answer.status_code == 200
    assert f"{world.home}-B001" not in answer.content.decode()


def near_community(world) -> str:
    from mulin.places.queries import children

    return next(one.code for one in children(world.street) if one.code != world.home)


def test_a_matter_that_leaves_ones_place_leaves_ones_desk(clerk, speak, world):
    said = speak()
    answer = clerk.post(
        f"/desk/matters/{said.number}/place/", {"place": near_community(world), "building": "", "address": ""}
    )
    assert answer.status_code == 302 and answer.url == "/desk/"
    assert clerk.get(said.url).status_code == 404


def test_something_is_added_to_a_voice_with_a_photo(clerk, speak, page_of):
    from django.core.files.uploadedfile import SimpleUploadedFile

    said = speak()
    upload = SimpleUploadedFile("lamp.jpg", picture(), "image/jpeg")
    fields = {"text": "他又来电话，说二单元也不亮", "photos": upload}
    assert clerk.post(f"/desk/voices/{said.voice.number}/add/", fields).status_code == 302
    seen = page_of(clerk, said.url)
    assert "二单元也不亮" in seen
    assert f"/desk/photos/{Photo.objects.get().pk}/" in seen


def test_a_file_that_is_no_photo_is_refused(clerk, speak):
    from django.core.files.uploadedfile import SimpleUploadedFile

    said = speak()
    upload = SimpleUploadedFile("lamp.jpg", b"this is not a picture", "image/jpeg")
    answer = clerk.post(f"/desk/voices/{said.voice.number}/add/", {"text": "看照片", "photos": upload})
    assert answer.status_code == 422 and "看照片" in answer.content.decode()
    assert not Photo.objects.exists()


def test_a_photo_is_seen_by_the_desk_and_not_by_another_community(clerk, browser, speak):
    said = speak(photos=[picture()])
    address = f"/desk/photos/{Photo.objects.get(voice=said.voice).pk}/"
    answer = clerk.get(address, {"thumb": "1"})
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/jpeg"
    assert browser("other_clerk").get(address).status_code == 404


def test_a_correction_keeps_the_former_text(clerk, speak, page_of):
    said = speak()
    fields = {"text": "金堰花园二单元门口的路灯坏了一个星期"}
    assert clerk.post(f"/desk/voices/{said.voice.number}/correct/", fields).status_code == 302
    assert Addition.objects.get(voice=said.voice).is_former
    seen = page_of(clerk, said.url)
    assert "二单元门口" in seen and "更正前" in seen


def test_the_last_voice_withdrawn_ends_the_case(clerk, speak):
    said = speak()
    address = f"/desk/voices/{said.voice.number}/withdraw/"
    assert clerk.post(address, {}).status_code == 422
    assert clerk.post(address, {"reason": "solved_itself"}).status_code == 302
    assert said.case().outcome == "withdrawn"
