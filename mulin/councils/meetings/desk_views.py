"""Meetings at the desk: the list, the month, a new one, its agenda and its notice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.meetings import actions, agenda, forms, minutes, queries, showing, states
from mulin.councils.meetings.catalogue import type_of, types
from mulin.councils.meetings.models import AgendaProposal, Meeting
from mulin.councils.meetings.views import absolute
from mulin.kernel import clock, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, posted, tried
from mulin.kernel.policy import Fields, visible
from mulin.places.queries import names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs(queries.MANAGE)
PER_PAGE = 100
FILTERS = {"todo": ("draft", "announced", "held", "minuted"), "over": ("published", "cancelled")}


@require_safe
@MANAGE
def meetings(request: HttpRequest) -> HttpResponse:
    """What is being prepared and what is coming first; what is over by search."""
    actor = actor_of(request)
    show = request.GET.get("show", "todo") if request.GET.get("show") in FILTERS else "todo"
    word, topic, kind = (request.GET.get(name, "").strip() for name in ("q", "topic", "type"))
    found = queries.visible_meetings(actor)
    if topic:
        found = found.filter(items__topic__number=topic).distinct()
    else:
        found = found.filter(state__in=FILTERS[show])
    if word:
        found = found.filter(title__icontains=word)
    if kind in types():
        found = found.filter(type=kind)
    rows = list(found[:PER_PAGE])
    if show == "todo":
        far = clock.now() + timedelta(days=3650)
        rows.sort(key=lambda one: one.begins_at or far)
    names = names_of({one.place for one in rows})
    context = {
        "rows": [{**showing.row(one, desk=True), "place": names.get(one.place, "")} for one in rows],
        "is_narrow": bool(word or kind or topic),
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == show and not topic, "count": None}
            for key, label in (("todo", _("在办的")), ("over", _("开过的")))
        ],
        "filters": _filters(show, word, kind),
        "waiting": queries.waiting_proposals(actor).count(),
        "actions": [
            {**showing.action(one), "meeting": one.meeting.title, "number": one.meeting.number}
            for one in queries.open_actions(actor).select_related("voice")[:20]
        ],
        "here": "meetings",
    }
    return page(request, "councils/meetings/desk_list.html", context)


def _filters(show: str, word: str, kind: str) -> list[dict[str, Any]]:
    offered = [{"value": key, "label": str(one), "selected": key == kind} for key, one in types().items()]
    return [
        {"name": "show", "kind": "hidden", "value": show},
        {"name": "q", "label": _("找一次会"), "kind": "search", "value": word},
        {"name": "type", "label": _("哪一种"), "kind": "select", "options": offered},
    ]


@require_safe
@MANAGE
def month(request: HttpRequest) -> HttpResponse:
    """The sheet of a month."""
    try:
        first = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        first = clock.today().replace(day=1)
    if not 2000 <= first.year <= 2100:
        raise Http404
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    found = queries.visible_meetings(actor_of(request)).filter(
        begins_at__date__gte=first - timedelta(days=7), begins_at__date__lt=after + timedelta(days=7)
    )
    context = {
        "weeks": showing.month_sheet(first, found.exclude(state="cancelled").order_by("begins_at")),
        "weekdays": [date_format(date(2024, 1, day), "D") for day in range(1, 8)],
        "title": date_format(first, _("Y年n月")),
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
        "here": "meetings",
    }
    return page(request, "councils/meetings/month.html", context)


@require_safe
@MANAGE
def types_page(request: HttpRequest) -> HttpResponse:
    """Which kind of meeting: who comes, how it decides, what it rests on."""
    context = {"types": list(types().values()), "here": "meetings"}
    return page(request, "councils/meetings/types.html", context)


@FORM
@MANAGE
def meeting_new(request: HttpRequest, type: str) -> HttpResponse:
    """When and where; then its agenda."""
    actor = actor_of(request)
    if type not in types():
        raise Http404
    kind = types()[type]
    form = forms.NewMeeting(actor, kind, posted(request), initial={"topic": request.GET.get("topic", "")})
    made: list[Meeting] = []
    if tried(
        request, form, lambda: made.append(actions.draft_meeting(actor=actor, type=type, **form.values()))
    ):
        return redirect("councils_desk:meeting", made[0].number)
    back = reverse("councils_desk:meeting-types")
    return form_page(request, form, str(kind), _("接着写议程"), back, _("换一种会"), lead=kind.description)


# Shared by the pages of one meeting --------------------------------------------------------------------


def ran(request: HttpRequest, act: Callable[[], Any], said: str) -> bool:
    """Run an action that has no form; say what came of it."""
    try:
        act()
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
        return False
    if said:
        messages.success(request, said)
    return True


def form_page(
    request: HttpRequest, form: django_forms.Form, title: str, submit: str, back: str, label: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back_url": back,
        "back_label": label,
        "action": request.get_full_path(),
        "here": "meetings",
        **more,
    }
    return page(request, "councils/meetings/form.html", context, status=422 if form.errors else 200)


def of(request: HttpRequest, found: Meeting, form: django_forms.Form, title: str, submit: str, **more: Any):
    """A form about one meeting."""
    back = more.pop("back", "councils_desk:meeting")
    url = reverse(back, args=[found.number])
    return form_page(request, form, title, submit, url, found.title, lead=found.title, **more)


def desk_context(request: HttpRequest, found: Meeting, here: str) -> dict[str, Any]:
    """What every desk page of one meeting says."""
    names = [("meeting", _("议程和通知")), ("meeting-door", _("签到")), ("meeting-minutes", _("记录"))]
    begun = found.opened_at is not None
    if found.state == "draft":
        names = names[:2]
    return {
        **showing.base(found, desk=True),
        "begun": begun,
        "may_certify": policy.can(
            actor_of(request),
            queries.CERTIFY if type_of(found.type).solemn else queries.MANAGE,
            queries.target_of(found),
        ),
        "tabs": [
            {
                "label": label,
                "url": reverse(f"councils_desk:{name}", args=[found.number]),
                "current": name == here,
                "count": None,
            }
            for name, label in names
        ],
        "public_url": absolute(request, "councils:meeting", found.number),
    }


@require_safe
@MANAGE
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    """The agenda and the notice, with what can be done next."""
    found = queries.get_meeting(actor_of(request), number)
    context = desk_context(request, found, "meeting")
    last = None
    if found.state == "draft" and found.begins_at:
        try:
            last = actions.last_notice_day(found)
        except ActionError as error:
            context["rule_missing"] = str(error.message)
    context |= {
        "items": showing.shown_items(found, desk=True),
        "can_edit": found.state in agenda.OPEN,
        "last_day": showing.day(last),
        "is_late": bool(last and last < clock.today()),
        "duties": [
            {"key": one.key, "title": str(one), "done": found.told.get(one.key, "")}
            for one in context["kind"].by_hand
        ],
        "people": found.attendance.filter(is_member=True).count(),
    }
    return page(request, "councils/meetings/desk_meeting.html", context)


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Time, place, chair."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    form = forms.Edit(found, posted(request))
    if tried(request, form, lambda: actions.edit_meeting(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:meeting", found.number)
    return of(request, found, form, _("时间、地点、主持"), _("保存"))


@FORM
@MANAGE
def announce(request: HttpRequest, number: str) -> HttpResponse:
    """Send the notice out."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    last = actions.last_notice_day(found)
    form = forms.Announce(found, bool(last and last < clock.today()), posted(request))
    if tried(
        request, form, lambda: actions.announce_meeting(actor=actor, number=found.number, **form.values())
    ):
        messages.success(request, _("通知发出了。贴一份在公告栏，没有手机的邻居也看得到。"))
        return redirect("councils_desk:meeting", found.number)
    days = actions.notice_days(found)
    text = _("这种会要提前 %(days)s 天通知。发出以后，议程上写好的各项就算通知过了。") % {"days": days}
    return of(request, found, form, _("发通知"), _("发出通知"), text=text)


@FORM
@MANAGE
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another time or place."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    form = forms.Change(found, posted(request))
    if tried(
        request, form, lambda: actions.change_meeting(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("改好了，应到的人会收到消息。公告栏上的也请换一张。"))
        return redirect("councils_desk:meeting", found.number)
    return of(request, found, form, _("改时间地点"), _("改好并通知"))


@FORM
@MANAGE
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Call it off."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    form = forms.Reason(posted(request))
    if tried(
        request, form, lambda: actions.cancel_meeting(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("这次会不开了，应到的人会收到消息。"))
        return redirect("councils_desk:meeting", found.number)
    return of(request, found, form, _("取消这次会"), _("取消，通知大家"))


@require_safe
@MANAGE
def notice_print(request: HttpRequest, number: str) -> HttpResponse:
    """The notice on paper, before it is out too."""
    found = queries.get_meeting(actor_of(request), number)
    link = absolute(request, "councils:meeting", found.number)
    context = {
        **showing.base(found), "items": showing.shown_items(found), "share": link, "qr": showing.qr(link),
        "back": reverse("councils_desk:meeting", args=[found.number]),
    }  # fmt: skip
    return render(request, "councils/meetings/notice_print.html", context)


@require_POST
@MANAGE
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Open the door, close the meeting, confirm, correct and publish its minutes, discard a draft."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    moves: dict[str, tuple[Callable[..., Any], str, str]] = {
        "open": (actions.open_door, _("可以签到了。"), "meeting-door"),
        "close": (actions.close_meeting, _("散会了。把记录写完就可以确认。"), "meeting-minutes"),
        "confirm": (minutes.confirm_minutes, _("记录确认了。公布后大家都能看到。"), "meeting-minutes"),
        "reopen": (minutes.reopen_minutes, _("可以改了，改完再确认。"), "meeting-minutes"),
        "publish": (minutes.publish_minutes, _("记录公布了，应到的人会收到消息。"), "meeting-minutes"),
        "discard": (actions.discard_meeting, _("草稿删掉了。"), "meetings"),
    }
    if move not in moves:
        raise Http404
    act, said, there = moves[move]
    done = ran(request, lambda: act(actor=actor, number=found.number), said)
    if done and there == "meetings":
        return redirect("councils_desk:meetings")
    there = there if done or there == "meeting-minutes" else "meeting"
    return redirect(f"councils_desk:{there}", found.number)


@require_POST
@MANAGE
def tell(request: HttpRequest, number: str, duty: str) -> HttpResponse:
    """Somebody was told by hand."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    ran(request, lambda: actions.tell(actor=actor, number=found.number, duty=duty), _("记下了。"))
    return redirect("councils_desk:meeting", found.number)


@FORM
@MANAGE
def item(request: HttpRequest, number: str, item: UUID | None = None) -> HttpResponse:
    """Add an item, or change one."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    before = queries.get_item(found, item) if item else None
    form = forms.Item(actor, found, before, posted(request))

    def save() -> None:
        if before:
            agenda.edit_item(actor=actor, number=found.number, item=before.pk, **form.cleaned_data)
        else:
            agenda.add_item(actor=actor, number=found.number, **form.cleaned_data)

    if tried(request, form, save):
        return redirect(f"{reverse('councils_desk:meeting', args=[found.number])}#agenda")
    text = ""
    if found.state == "announced" and not before:
        text = _("通知已经发出，现在加的算没有事先通知。")
    return of(request, found, form, _("改这一项") if before else _("加一项"), _("写上议程"), text=text)


@require_POST
@MANAGE
def order(request: HttpRequest, number: str, item: UUID) -> HttpResponse:
    """Up, down, or off."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    step = request.POST.get("step", "")
    if step not in ("up", "down", "remove"):
        raise Http404

    def act() -> None:
        if step == "remove":
            agenda.remove_item(actor=actor, number=found.number, item=item)
        else:
            agenda.order_item(actor=actor, number=found.number, item=item, step=step)

    ran(request, act, "")
    return redirect(f"{reverse('councils_desk:meeting', args=[found.number])}#agenda")


@FORM
@MANAGE
def move_item(request: HttpRequest, number: str, item: UUID) -> HttpResponse:
    """Hand an item on to another meeting."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    before = queries.get_item(found, item)
    form = forms.MoveItem(actor, found, posted(request))
    if tried(
        request,
        form,
        lambda: agenda.move_item(actor=actor, number=found.number, item=before.pk, **form.values()),
    ):
        messages.success(request, _("转过去了，这一项的经过都还在。"))
        there = "meeting-minutes" if found.opened_at else "meeting"
        return redirect(f"councils_desk:{there}", found.number)
    return of(request, found, form, _("转到别的会"), _("转过去"), quote=before.title)


@require_safe
@MANAGE
def proposals(request: HttpRequest) -> HttpResponse:
    """What people want to have talked over."""
    actor = actor_of(request)
    rows = list(queries.waiting_proposals(actor)[:PER_PAGE])
    names = names_of({one.place for one in rows})
    context = {
        "rows": [{"one": one, "place": names[one.place], "day": showing.day(clock.day_of(one.created_at))}
                 for one in rows],
        "here": "meetings",
    }  # fmt: skip
    return page(request, "councils/meetings/proposals.html", context)


@FORM
@MANAGE
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Take it into a meeting, or say why not."""
    actor = actor_of(request)
    mine = visible(actor, queries.MANAGE, Fields(place="place", orgs="meeting__org_id"))
    found = AgendaProposal.objects.filter(mine, pk=proposal).select_related("meeting").first()
    if found is None:
        raise NotVisible(str(proposal))
    coming = queries.visible_meetings(actor).filter(place=found.place, state__in=agenda.OPEN)
    first = found.meeting.number if found.meeting and found.meeting.state in agenda.OPEN else ""
    initial = {"title": found.title, "text": found.text, "into": first}
    form = forms.DecideProposal(list(coming.order_by("begins_at")[:40]), posted(request), initial=initial)
    if tried(
        request,
        form,
        lambda: agenda.decide_proposal(actor=actor, proposal=found.pk, **form.cleaned_data),
    ):
        messages.success(request, _("处理好了。"))
        return redirect("councils_desk:meeting-proposals")
    back = reverse("councils_desk:meeting-proposals")
    label = str(states.PROPOSAL_WORDS[found.state])
    return form_page(
        request, form, found.title, _("就这样办"), back, _("提上来的议题"), quote=found.text, lead=label
    )
