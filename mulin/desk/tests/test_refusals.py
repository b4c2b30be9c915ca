"""What a refusal looks like: at the desk one stays at the desk; who is logged in is not sent to log in."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

RAIL = 'class="rail"'


def test_a_page_that_is_not_there_keeps_the_worker_at_the_desk(clerk):
    answer = clerk.get("/desk/cases/1234567897/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert RAIL in page and "没有找到这一件" in page
    assert f'href="{reverse("desk:inbox")}">回到待办' in page


def test_a_refused_step_keeps_the_worker_at_the_desk(clerk, speak):
    said = speak()
    answer = clerk.get(f"{said.url}finish/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert RAIL in page and "回到待办" in page


def test_who_comes_second_is_led_to_the_case_as_it_is_now(clerk, speak, do):
    said = speak()
    do("accept", "clerk", said.number)
    for answer in (clerk.post(f"{said.url}accept/"), clerk.get(f"{said.url}accept/?list=inbox")):
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "看这件事现在怎样" in page and f'class="btn btn--main" href="{said.url}' in page


def test_a_worker_without_the_right_is_told_what_is_missing_not_to_log_in(browser, speak):
    said = speak()
    page = browser("gridworker").post(f"{said.url}refuse/", {"reason": "x"})
    text = page.content.decode()
    assert page.status_code in (403, 404)
    assert "请先登录" not in text and RAIL in text


def test_a_resident_at_the_desks_door_is_not_told_to_log_in(browser):
    answer = browser("resident").get("/desk/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "请先登录" not in page and "请管理员给您加上岗位" in page
    assert RAIL not in page and "回到待办" not in page


def test_a_stale_form_is_said_to_be_stale(client_for, cast):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.clerk.account)
    answer = strict.post("/desk/notices/read/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "放得太久" in page and "请先登录" not in page
