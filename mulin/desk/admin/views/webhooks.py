"""Other systems: addresses that are told about journal lines, and the tokens that programs use."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk import words
from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms import common
from mulin.desk.admin.where import PlaceFormField
from mulin.kernel import clock, registry
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import refuse
from mulin.people.models import ApiToken

MANAGE = admin("doors.webhook:manage")
FORM = require_http_methods(["GET", "HEAD", "POST"])
AUDIENCE = {"public": gettext_lazy("居民看得到的"), "staff": gettext_lazy("工作人员看得到的")}
MOST_TOKENS = 300


class WebhookForm(common.Form):
    """An address and what it hears."""

    url = common.line(
        gettext_lazy("网址"), most=500, help_text=gettext_lazy("https:// 开头，对方给的"), inputmode="url"
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("告诉它什么"),
        choices=list(AUDIENCE.items()),
        widget=forms.RadioSelect,
        initial="public",
    )
    place = PlaceFormField(label=gettext_lazy("只要哪里的"), required=False)
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("只要哪些"), required=False, widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=gettext_lazy("不选：全部。按住 Ctrl 可以选几个"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = []
        for module in registry.modules():
            inside = [(code, sentence.say({})) for code, sentence in sorted(module.sentences.items())]
            if inside:
                groups.append((module.title, inside))
        self.fields["codes"].choices = groups


@require_safe
@MANAGE
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Webhooks with how they fare, and the tokens in use."""
    actor = actor_of(request)
    hooks = list(_doors("webhooks")(actor).order_by("id"))
    names = where.names({hook.place for hook in hooks if hook.place})
    for hook in hooks:
        hook.where = names.get(hook.place, "")
        hook.hears = AUDIENCE[hook.audience]
        hook.last = words.when(hook.last_sent_at)
        hook.state = _state(hook)
        hook.trouble = _trouble(hook)
    now = clock.now()
    tokens = ApiToken.objects.select_related("account").order_by("revoked_at", "-id")
    if request.GET.get("tokens") != "all":
        tokens = tokens.filter(revoked_at=None, expires_at__gt=now)
    context = {
        "hooks": hooks,
        "tokens": [
            {
                "token": one,
                "is_over": bool(one.revoked_at) or (one.expires_at is not None and one.expires_at <= now),
            }
            for one in tokens[:MOST_TOKENS]
        ],
        "all_tokens": request.GET.get("tokens") == "all",
    }
    return pages.show(request, "webhooks.html", context, room="webhooks")


def _doors(name: str) -> Any:
    """What the module `doors` offers: it stands on the same floor and is reached through the registry."""
    return registry.providers()[f"doors.{name}"]


def _state(hook: Any) -> dict[str, Any]:
    if not hook.is_active:
        return {"label": _("已停用"), "tone": "urgent", "icon": "ban", "code": "off"}
    if hook.failing_since:
        return {"label": _("发不出去"), "tone": "urgent", "icon": "alert", "code": "failing"}
    return {"label": _("正常"), "tone": "done", "icon": "check", "code": "on"}


def _trouble(hook: Any) -> str:
    """The last refusal of a webhook that fails, in the words of the other side."""
    if hook.is_active and not hook.failing_since:
        return ""
    last = _doors("webhook.refused")(hook)
    if last is None:
        return ""
    return _("HTTP %(status)s") % {"status": last.status} if last.status else last.error


@FORM
@MANAGE
def webhook_add(request: HttpRequest) -> HttpResponse:
    """Add an address; its secret is shown this once."""
    actor = actor_of(request)
    form = WebhookForm(pages.posted(request))
    back, status = reverse("desk:desk_admin:webhooks"), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _hook, secret = _doors("webhook.add")(actor=actor, **form.cleaned_data)
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
            else:
                context = {
                    "title": _("回调的密钥"), "secret": secret, "back_url": back,
                    "text": _("只显示这一次。交给对方的开发人员，用来核对消息真是我们发的。"),
                }  # fmt: skip
                return pages.show(request, "secret.html", context, room="webhooks")
    context = {
        "form": form, "title": _("新的回调"), "submit": _("添加"), "back_url": back, "back_label": _("接口"),
        "text": _("从现在起发生的事，会发到这个网址，签名、按顺序、不重样。"),
    }  # fmt: skip
    return pages.show(request, "form.html", context, room="webhooks", status=status)


def _ask(request: HttpRequest, webhook_id: UUID, action: str, **said: Any) -> HttpResponse:
    actor = actor_of(request)
    hook = _doors("webhook")(actor, webhook_id)
    return pages.ask(
        request,
        lambda: _doors(action)(actor=actor, webhook_id=webhook_id),
        room="webhooks",
        facts=[(_("网址"), hook.url)],
        to=reverse("desk:desk_admin:webhooks"),
        **said,
    )


@FORM
@MANAGE
def webhook_remove(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Forget an address, asked once."""
    text = _("还没发出的也一起丢掉。要再用，得重新添加，密钥会换。")
    return _ask(
        request, webhook_id, "webhook.remove", title=_("删除这个回调"), text=text, submit=_("删除"),
        done=_("回调已删除。"),
    )  # fmt: skip


@FORM
@MANAGE
def webhook_test(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Send one line to the address."""
    text = _("马上发一条试发消息，几秒后在这里看结果。")
    return _ask(
        request, webhook_id, "webhook.test", title=_("试发一条"), text=text, submit=_("试发"),
        done=_("已放进发送队列，过几秒刷新看结果。"),
    )  # fmt: skip


@FORM
@MANAGE
def webhook_resume(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Switch an address on again."""
    text = _("没发出的先发，一条不少。")
    return _ask(
        request, webhook_id, "webhook.resume", title=_("恢复这个回调"), text=text, submit=_("恢复"),
        done=_("回调已恢复。"),
    )  # fmt: skip
