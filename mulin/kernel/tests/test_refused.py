"""A refusal as a page: who has not logged in is asked to, who has is told whom to ask."""

from urllib.parse import unquote

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from mulin.kernel import policy, views
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db
ASKED = "/somewhere/?page=2&of=3"


class Form(forms.Form):
    name = forms.CharField()


def refused(actor, *, method: str = "get", **headers) -> str:
    """What is shown for that refusal."""
    request = getattr(RequestFactory(), method)(ASKED, headers=headers)
    request.actor = actor
    with pytest.raises(NotAllowed) as error:
        policy.require(actor, "kernel.rule:set", "500108002005")
    answer = views.forbidden(request, PermissionDenied(error.value.message))
    assert answer.status_code == 403
    return answer.content.decode()


def heading(html: str, tag: str = "h1") -> str:
    return html.partition(f"<{tag}")[2].partition(">")[2].partition(f"</{tag}>")[0].strip()


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
    # There is no post to speak of, and no second time to ask an administrator.
    assert "这一步要由本人，或者有这个岗位的工作人员来办。" in html and "您现在的岗位" not in html
    assert "从首页进去就行" in html and html.count("管理员") == 1
    assert "?next=" not in html.partition("<main")[2].partition("</main>")[0]


def test_a_worker_without_the_post_is_told_that_it_is_the_post(cast):
    html = refused(cast.gridworker.actor)
    assert "您现在的岗位不能做这件事。需要时请联系本社区或上级的管理员。" in html


def test_a_stranger_is_refused_with_the_same_code_as_everybody(cast):
    for actor in (ANONYMOUS, cast.resident.actor):
        with pytest.raises(NotAllowed) as error:
            policy.require(actor, "kernel.rule:set", "500108002005")
        assert (error.value.code, error.value.status) == ("not-allowed", 403)


def errors_of(**said) -> str:
    """What stands over a form with a fault."""
    form = Form({"name": ""})
    form.full_clean()
    return heading(render_to_string("kernel/parts/form_errors.html", {"form": form, **said}), "h2")


def test_only_over_a_form_that_is_sent_to_somebody_it_says_sent():
    assert errors_of(is_sent=True) == "还差一点，改好就能送出"
    assert errors_of() == "请改好这里，再继续"
    assert errors_of(error_heading="没有查到") == "没有查到"
