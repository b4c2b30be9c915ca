"""A refusal as a page: who has not logged in is asked to, who has is told whom to ask."""

from urllib.parse import unquote

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from mulin.kernel import policy, views
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db
ASKED = "/somewhere/?page=2&of=3"


def refused(actor, *, method: str = "get", **headers) -> str:
    """What is shown for that refusal."""
    request = getattr(RequestFactory(), method)(ASKED, headers=headers)
    request.actor = actor
    with pytest.raises(NotAllowed) as error:
        policy.require(actor, "kernel.rule:set", "500108002005")
    answer = views.forbidden(request, PermissionDenied(error.value.message))
    assert answer.status_code == 403
    return answer.content.decode()


def heading(html: str) -> str:
    return html.partition("<h1")[2].partition(">")[2].partition("</h1>")[0].strip()


def test_a_stranger_is_asked_to_log_in_and_comes_back():
    html = refused(ANONYMOUS)
    assert heading(html) == "请先登录"
    assert "岗位" not in html and html.count("登录后会回到这一页。") == 1
    way = html.partition(f'href="{reverse("account_login")}?next=')[2].partition('"')[0]
    assert unquote(way) == ASKED


def test_a_stranger_who_sent_a_form_comes_back_to_its_page_and_never_to_another_site():
    html = refused(ANONYMOUS, method="post", Referer="http://testserver/form/?of=3")
    assert "next=%2Fform%2F%3Fof%3D3" in html
    html = refused(ANONYMOUS, method="post", Referer="http://elsewhere.example/form/")
    assert f'href="{reverse("account_login")}"' in html and "elsewhere" not in html
    assert "登录后再试一次。" in html


def test_a_resident_is_told_in_a_short_heading_and_whom_to_ask(cast):
    html = refused(cast.resident.actor)
    assert heading(html) == "这一步您现在不能做"
    assert "您现在的岗位不能做这件事。需要时请联系本社区或上级的管理员。" in html
    assert "?next=" not in html.partition("<main")[2].partition("</main>")[0]


def test_a_stranger_is_refused_with_the_same_code_as_everybody(cast):
    for actor in (ANONYMOUS, cast.resident.actor):
        with pytest.raises(NotAllowed) as error:
            policy.require(actor, "kernel.rule:set", "500108002005")
        assert (error.value.code, error.value.status) == ("not-allowed", 403)
