"""Categories, routes and reply templates, changed without code."""

import pytest
from django.urls import reverse

from mulin.cases.models import ReplyTemplate, Route
from mulin.kernel.models import Job
from mulin.voices.actions import recategorise_matter
from mulin.voices.categories import catalogue, forget


def url(name: str, *args) -> str:
    return reverse(f"desk:desk_admin:{name}", args=args)


@pytest.fixture(autouse=True)
def _fresh_catalogue():
    forget()
    yield
    forget()


@pytest.fixture
def typed():
    return {
        "code": "drone_noise", "name": "无人机扰民", "name_en": "Drone noise",
        "keywords": "无人机，航拍 飞行器",
        "parent": catalogue().group_of("street_lamp"), "kinds": ["complaint"], "severity": "minor",
        "public": "on", "photo_basis": "", "advice_zh": "", "advice_en": "", "is_active": "on",
    }  # fmt: skip


def test_a_new_category_is_offered_at_once(browser, typed):
    assert browser("admin").post(url("category-new"), typed).status_code == 302
    made = catalogue().get("drone_noise")
    assert made.keywords == ("无人机", "航拍", "飞行器")
    assert made in catalogue().active("complaint") and made not in catalogue().active("help")


def test_a_photo_may_be_demanded_only_with_a_basis(browser, typed):
    page = browser("admin").post(url("category-new"), {**typed, "photo": "on"})
    assert page.status_code == 422
    assert page.context["form"].errors["photo_basis"]
    assert "无人机扰民" in page.content.decode()
    assert catalogue().get("drone_noise") is None


def test_a_category_is_switched_off_after_one_question_and_on_again(browser):
    client = browser("admin")
    assert "停用" in client.get(url("category-switch", "street_lamp")).content.decode()
    assert catalogue().get("street_lamp").is_active
    client.post(url("category-switch", "street_lamp"))
    assert not catalogue().get("street_lamp").is_active
    client.post(url("category-switch", "street_lamp"))
    assert catalogue().get("street_lamp").is_active


def test_changing_a_name_keeps_the_rest_of_the_category(browser, typed):
    old = catalogue().get("street_lamp")
    client = browser("admin")
    form = client.get(url("category", "street_lamp")).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    client.post(url("category", "street_lamp"), {**data, "name": "路灯"})
    now = catalogue().get("street_lamp")
    assert now.zh == "路灯"
    assert (now.keywords, now.kinds, now.severity, now.public) == (
        old.keywords,
        old.kinds,
        old.severity,
        old.public,
    )


def test_a_typed_sentence_shows_what_the_machine_makes_of_it(browser):
    page = browser("admin").get(url("catalogue"), {"text": "楼道里的路灯坏了，晚上看不见"})
    assert page.context["suggested"]["categories"][0]["url"].endswith("/street_lamp/")


def test_what_the_desk_put_right_is_counted_and_learned_from(browser, cast, speak):
    said = speak()
    recategorise_matter(actor=cast.clerk.actor, number=said.number, category="garbage")
    client = browser("admin")
    page = client.get(url("catalogue"))
    assert page.context["lessons"] == 1
    answer = client.post(url("train"))
    assert Job.objects.get().kind == "voices.train"
    assert answer.url == url("job", Job.objects.get().pk)


def test_a_route_decides_who_is_suggested_and_the_box_says_why(browser, world):
    client = browser("street")
    data = {
        "place": "金堰社区",
        "category": "street_lamp",
        "org": str(world.street_office.pk),
        "note": "按街道分工",
    }
    assert client.post(url("route-new"), data).status_code == 302
    page = client.get(url("routes"), {"at": world.home, "what": "street_lamp"})
    first = page.context["tried"][0]
    assert (first.org, first.why) == (world.street_office, "按街道分工")


def test_a_route_elsewhere_is_refused_and_nothing_typed_is_lost(browser, world):
    data = {"place": world.other_home, "category": "", "org": str(world.street_office.pk), "note": "越界"}
    assert browser("street").post(url("route-new"), data).status_code == 403
    page = browser("street").post(url("route-new"), {**data, "place": "并不存在的社区"})
    assert page.status_code == 422 and "越界" in page.content.decode()
    assert not Route.objects.exists()


def test_a_route_is_deleted_after_one_question(browser, world):
    client = browser("street")
    client.post(url("route-new"), {"place": world.home, "org": str(world.committee.pk)})
    row = Route.objects.get()
    assert client.get(url("route-delete", row.pk)).status_code == 200
    assert Route.objects.exists()
    client.post(url("route-delete", row.pk))
    assert not Route.objects.exists()


def test_categories_without_a_route_are_listed(browser, world):
    client = browser("admin")
    missing = client.get(url("routes"), {"state": "missing"}).context["missing"]
    assert "street_lamp" in {one.code for one in missing}
    client.post(
        url("route-new"), {"place": world.district, "category": "street_lamp", "org": str(world.housing.pk)}
    )
    missing = client.get(url("routes"), {"state": "missing"}).context["missing"]
    assert "street_lamp" not in {one.code for one in missing}


def test_a_unit_keeps_its_own_templates_and_not_those_of_others(browser, world):
    clerk, department = browser("clerk"), browser("department")
    data = {
        "org": str(world.committee.pk),
        "title": "路灯",
        "category": "street_lamp",
        "text": "我们今天去看。",
    }
    assert clerk.post(url("template-new"), data).status_code == 302
    row = ReplyTemplate.objects.get()
    assert "我们今天去看" in clerk.get(url("templates")).content.decode()
    assert department.get(url("template", row.pk)).status_code == 404
    clerk.post(url("template", row.pk), {**data, "text": "我们明天去看。"})
    row.refresh_from_db()
    assert row.text == "我们明天去看。"
    clerk.post(url("template-delete", row.pk))
    assert not ReplyTemplate.objects.exists()
