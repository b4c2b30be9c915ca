"""In the room: who comes, what is said and decided, what is to be done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.meetings import attending, files, forms, hands, minutes, queries, showing, states
from mulin.councils.meetings.desk_views import MANAGE, desk_context, of, ran
from mulin.councils.meetings.models import Meeting
from mulin.councils.meetings.views import absolute
from mulin.kernel import codes
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, tried

FORM = require_http_methods(["GET", "HEAD", "POST"])
MARKS = ("present", "expected", "excused", "member", "guest")


def _takes(found: Meeting) -> bool:
    return found.state == "announced" and found.opened_at is not None


@require_safe
@MANAGE
def door(request: HttpRequest, number: str) -> HttpResponse:
    """The list to tick, the code for who comes with a telephone, and whether enough are there."""
    found = queries.get_meeting(actor_of(request), number)
    context = desk_context(request, found, "meeting-door")
    context |= {
        "people": [_person(one) for one in queries.people_of(found)],
        "came": showing.attendance(found),
        "takes": _takes(found),
        "can_list": found.state in ("draft", "announced", "held"),
        "heads": forms.Heads(initial={"due": found.due or None, "counted": found.counted or None}),
        **(_code(request, found) if _takes(found) else {}),
    }
    return page(request, "councils/meetings/door.html", context)


def _person(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk, "name": one.name, "label": one.label, "is_member": one.is_member, "state": one.state,
        "how": one.how, "word": str(states.ATTENDANCE_WORDS[one.state]),
    }  # fmt: skip


def _code(request: HttpRequest, found: Meeting) -> dict[str, Any]:
    link = absolute(request, "councils:meeting-here", found.number, queries.door_code(found))
    return {"qr": showing.qr(link)}


@require_safe
@MANAGE
def figures(request: HttpRequest, number: str) -> HttpResponse:
    """The figures alone: the page asks for them every few seconds."""
    found = queries.get_meeting(actor_of(request), number)
    context = {"meeting": found, "came": showing.attendance(found), "takes": _takes(found)}
    return render(request, "councils/meetings/figures.html", context)


@require_safe
@MANAGE
def code(request: HttpRequest, number: str) -> HttpResponse:
    """The present code alone: the page asks for a new one each minute."""
    found = queries.get_meeting(actor_of(request), number)
    if not _takes(found):
        return render(request, "councils/meetings/code.html", {"meeting": found})
    context = {"meeting": found, "takes": True, **_code(request, found)}
    response = render(request, "councils/meetings/code.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@FORM
@MANAGE
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Put people on the list, many at once."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    initial = {"guests": request.GET.get("guests") == "1"}
    form = forms.People(posted(request), initial=initial)
    if tried(
        request, form, lambda: attending.list_people(actor=actor, number=found.number, **form.cleaned_data)
    ):
        return redirect("councils_desk:meeting-door", found.number)
    return of(request, found, form, _("加到名单"), _("加上"), back="councils_desk:meeting-door")


@require_POST
@MANAGE
def person(request: HttpRequest, number: str, person: UUID) -> HttpResponse:
    """Tick somebody off, or take them off the list. Answers a script with the one line of the list."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    state = request.POST.get("state", "")
    if state not in (*MARKS, "remove"):
        raise Http404

    def act() -> None:
        if state == "remove":
            attending.remove_person(actor=actor, number=found.number, person=person)
        else:
            attending.mark(actor=actor, number=found.number, person=person, state=state)

    done = ran(request, act, "")
    if done and state != "remove" and request.headers.get("HX-Request"):
        row = queries.people_of(found)
        one = next(one for one in row if one.pk == person)
        context = {
            "meeting": found,
            "one": _person(one),
            "takes": _takes(found),
            "begun": True,
            "can_list": True,
        }
        response = render(request, "councils/meetings/person.html", context)
        response["HX-Trigger"] = "mulin:came"
        return response
    return redirect("councils_desk:meeting-door", found.number)


@require_POST
@MANAGE
def heads(request: HttpRequest, number: str) -> HttpResponse:
    """Counted by eye."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    form = forms.Heads(request.POST)
    if not form.is_valid():
        messages.warning(request, _("请填数字。"))
        return redirect("councils_desk:meeting-door", found.number)
    data = {name: form.cleaned_data[name] or 0 for name in ("due", "counted")}
    ran(request, lambda: attending.count_heads(actor=actor, number=found.number, **data), _("记下了。"))
    return redirect("councils_desk:meeting-door", found.number)


# Minutes --------------------------------------------------------------------------------------------------


@require_safe
@MANAGE
def minutes_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything to write, on one page; it is kept while one types."""
    found = queries.get_meeting(actor_of(request), number)
    context = desk_context(request, found, "meeting-minutes")
    context |= {
        "items": showing.shown_items(found, desk=True),
        "came": showing.attendance(found),
        "fields": [
            {"key": one.key, "title": str(one), "text": found.words.get(one.key, "")}
            for one in context["kind"].fields
        ],
        "words": showing.minutes_words(found),
        "actions": [showing.action(one) for one in found.actions.select_related("voice").order_by("id")],
        "writes": found.state in minutes.WRITING and found.opened_at is not None,
        "can_hand": found.state in states.HELD and codes.level(found.place) >= codes.Level.COMMUNITY,
        "left": [one for one in found.items.order_by("position") if not one.decision],
    }
    return page(request, "councils/meetings/minutes.html", context)


@require_POST
@MANAGE
def save(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what was typed: `word_<field>`, `discussion_<item>`, `minority_<item>`."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    words: dict[str, str] = {}
    items: dict[str, dict[str, str]] = {}
    for name, text in request.POST.items():
        head, _mark, key = name.partition("_")
        if head == "word":
            words[key] = str(text)
        elif head in minutes.ITEM_WORDS:
            items.setdefault(key, {})[head] = str(text)
    is_typing = bool(request.headers.get("HX-Request"))
    try:
        minutes.save_minutes(actor=actor, number=found.number, words=words, items=items, kept=not is_typing)
    except ActionError as error:
        if error.status == 403:
            raise
        if is_typing:
            context = {"said": str(error.message), "is_wrong": True}
            return render(request, "councils/meetings/saved.html", context)
        messages.warning(request, str(error.message))
    else:
        if is_typing:
            return render(request, "councils/meetings/saved.html", {"said": _("写好的已经存下。")})
        messages.success(request, _("记录存下了。"))
    return redirect("councils_desk:meeting-minutes", found.number)


@FORM
@MANAGE
def decide(request: HttpRequest, number: str, item: UUID) -> HttpResponse:
    """What came of an item."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    row = queries.get_item(found, item)
    may = hands.may_decide(found, row)
    form = forms.Decide(found, row, may, posted(request))
    if tried(
        request,
        form,
        lambda: minutes.decide_item(actor=actor, number=found.number, item=row.pk, **form.cleaned_data),
    ):
        return redirect(f"{reverse('councils_desk:meeting-minutes', args=[found.number])}#item-{row.pk}")
    said = showing.attendance(found)["said"]
    text = said if may else _("这一项没有写进通知，只能讨论，不能作决定。")
    return of(request, found, form, row.title, _("记下结果"), back="councils_desk:meeting-minutes", text=text)


@require_safe
@MANAGE
def minutes_print(request: HttpRequest, number: str) -> HttpResponse:
    """The minutes on paper, also while they are being written: to be read out and signed."""
    found = queries.get_meeting(actor_of(request), number)
    link = absolute(request, "councils:meeting", found.number)
    context = {
        **showing.base(found), "items": showing.shown_items(found, desk=True),
        "words": showing.minutes_words(found), "came": showing.attendance(found), "share": link,
        "qr": showing.qr(link) if found.state == "published" else "", "is_over": True, "shows_minutes": True,
        "signs": True, "back": reverse("councils_desk:meeting-minutes", args=[found.number]),
    }  # fmt: skip
    return render(request, "councils/meetings/minutes_print.html", context)


@require_safe
@MANAGE
def minutes_word(request: HttpRequest, number: str) -> HttpResponse:
    """The minutes for a word processor."""
    found = queries.get_meeting(actor_of(request), number)
    response = HttpResponse(files.minutes_file(found), content_type=files.WORD)
    response["Content-Disposition"] = f'attachment; filename="minutes-{found.number}.docx"'
    return response


@FORM
@MANAGE
def action_new(request: HttpRequest, number: str) -> HttpResponse:
    """Something to be done."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    form = forms.NewAction(found, posted(request), initial={"item": request.GET.get("item", "")})
    if tried(
        request, form, lambda: minutes.add_action(actor=actor, number=found.number, **form.cleaned_data)
    ):
        return redirect(f"{reverse('councils_desk:meeting-minutes', args=[found.number])}#actions")
    return of(request, found, form, _("要办的事"), _("记下"), back="councils_desk:meeting-minutes")


@FORM
@MANAGE
def action(request: HttpRequest, number: str, action: UUID) -> HttpResponse:
    """What became of it."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    row = queries.by_id(found.actions.all(), action)
    form = forms.EndAction(posted(request), initial={"state": "done"})
    if tried(
        request,
        form,
        lambda: minutes.end_action(actor=actor, number=found.number, action=row.pk, **form.cleaned_data),
    ):
        messages.success(request, _("记下了。"))
        return redirect(f"{reverse('councils_desk:meeting-minutes', args=[found.number])}#actions")
    return of(
        request, found, form, row.text, _("记下结果"), back="councils_desk:meeting-minutes", quote=row.who
    )


@require_POST
@MANAGE
def hand_on(request: HttpRequest, number: str, action: UUID) -> HttpResponse:
    """Make it a matter that is dispatched and answered like any other."""
    actor = actor_of(request)
    found = queries.get_meeting(actor, number)
    ran(
        request,
        lambda: minutes.hand_on_action(actor=actor, number=found.number, action=action),
        _("转成事项了，会派给该办的单位。"),
    )
    return redirect(f"{reverse('councils_desk:meeting-minutes', args=[found.number])}#actions")
