"""Teachers at the desk: who offered, who was asked in, talk, record check, rest."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy import catalogues
from mulin.academy.orders.models import Order
from mulin.academy.sessions import unled
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, checks, forms, queries, showing, states
from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs(queries.TEACHERS)
FOLDER = "academy/weeks"
SHOWN = {"": ("offered", "ready", "resting"), "declined": ("declined",)}


@require_safe
@MANAGE
def teachers(request: HttpRequest) -> HttpResponse:
    """Who teaches, with times and whether a record check is in force."""
    actor = actor_of(request)
    show = request.GET.get("show", "") if request.GET.get("show") in SHOWN else ""
    found = queries.visible_teachers(actor).filter(state__in=SHOWN[show])
    theme = request.GET.get("theme", "")
    if theme:  # a list in JSON is searched the same way on both databases by its text
        skills = found.order_by().values_list("pk", "skills")
        found = found.filter(pk__in=[pk for pk, some in skills if theme in some])
    listed = onward(request, found, order=("place", "name", "id"))
    known = [showing.teacher_row(one) for one in listed.rows]
    url = reverse("academy_desk:teachers")
    context = {
        "rows": known,
        "list": listed,
        "several": len({one["place"] for one in known}) > 1,
        "waiting": offers_of(actor).count(),
        "is_narrow": bool(theme),
        "filters": [
            {"name": "show", "kind": "hidden", "value": show},
            {"name": "theme", "label": _("教什么"), "kind": "select", "options": [
                {"value": code, "label": str(one), "selected": code == theme}
                for code, one in catalogues.themes().items()
            ]},
        ],
        "tabs": [
            {"label": label, "url": f"{url}?show={key}", "current": key == show, "count": None}
            for key, label in (("", _("请来的")), ("declined", _("没请的")))
        ],
        "here": "teachers",
    }  # fmt: skip
    return page(request, f"{FOLDER}/desk_teachers.html", context)


def offers_of(actor: Actor) -> Any:
    """Offers of residents (我能) whom nobody has asked in yet."""
    found = Order.objects.filter(policy.visible(actor, queries.TEACHERS, queries.FIELDS), kind="offer")
    found = found.filter(state__in=("gathered", "accepted")).exclude(gives="time")
    return found.filter(matter__teachers__isnull=True).select_related("matter").order_by("id")


@require_safe
@MANAGE
def offers(request: HttpRequest) -> HttpResponse:
    """What residents offered and nobody took up; asked in from here."""
    listed = onward(request, offers_of(actor_of(request)), order=("id",))
    names = names_of({one.place for one in listed.rows})
    context = {
        "list": listed,
        "rows": [
            {
                "title": one.matter.title,
                "number": one.number,
                "theme": catalogues.theme_name(one.theme),
                "place": names.get(one.place, ""),
                "times": [states.shown_window(slot) for slot in one.slots[:4]],
                "url": f"{reverse('academy_desk:teacher-new')}?order={one.number}",
            }
            for one in listed.rows
        ],
        "here": "teachers",
    }
    return page(request, f"{FOLDER}/desk_offers.html", context)


@FORM
@MANAGE
def teacher_new(request: HttpRequest) -> HttpResponse:
    """Ask somebody in: from an offer, or somebody who said so at the counter."""
    actor = actor_of(request)
    offer = None
    if number := clean_number(request.GET.get("order", "")):
        offer = offers_of(actor).filter(number=number).first()
        if offer is None:
            raise NotVisible(number)
    initial = _from_offer(offer) if offer else {}
    needs_answer = offer is not None and offer.state == "gathered"
    form = forms.TeacherForm(actor, posted(request), initial=initial, needs_answer=needs_answer)
    made: list[Teacher] = []
    given = {"order": offer.number} if offer else {}
    if tried(request, form, lambda: made.append(actions.ask_in(actor=actor, **form.values(), **given))):
        return redirect("academy_desk:teacher", made[0].number)
    back = "academy_desk:teacher-offers" if offer else "academy_desk:teachers"
    return form_page(
        request,
        form,
        _("请一位老师"),
        _("请进来"),
        reverse(back),
        _("老师"),
        quote=offer.matter.title if offer else "",
    )


def _from_offer(offer: Order) -> dict[str, Any]:
    voice = offer.matter.voices.filter(state="received").order_by("id").first()
    name = str(voice.account) if voice is not None and voice.account else ""
    return {
        "place": offer.place, "skills": [offer.theme] if offer.theme else [], "times": offer.slots,
        "name": name[:40], "answer": _("谢谢您愿意来教。我们会和您约个时间谈谈。"),
    }  # fmt: skip


def form_page(
    request: HttpRequest, form: Any, title: str, submit: str, back: str, label: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form, "title": title, "submit": submit, "back_url": back, "back_label": label,
        "action": request.get_full_path(), "here": "teachers", **more,
    }  # fmt: skip
    template = "teacher_form.html" if isinstance(form, forms.TeacherForm) else "form.html"
    return page(request, f"{FOLDER}/{template}", context, status=422 if form.errors else 200)


# One teacher -------------------------------------------------------------------------------------------


@require_safe
@MANAGE
def teacher(request: HttpRequest, number: str) -> HttpResponse:
    """What is known, what is still needed before the first lesson, and what comes next."""
    found = queries.get_teacher(actor_of(request), number)
    coming = Session.objects.filter(teacher=found, state="open", ends_at__gte=clock.now())
    kept_apart = checks.is_kept_apart(found)
    context = {
        "teacher": found,
        "row": showing.teacher_row(found),
        "place_title": name_of(found.place),
        "places": ", ".join(names_of(found.places).values()),
        "check": checks.latest(found),
        "check_ends": checks.check_ends(found),
        "kept_apart_on": checks.refused_on(found) if kept_apart else None,
        "unled": unled.visible(actor_of(request)).exists() if kept_apart else False,
        "coming": coming.select_related("venue").order_by("starts_at", "id")[:10],
        "is_checked": checks.is_checked(found),
        "here": "teachers",
    }
    return page(request, f"{FOLDER}/desk_teacher.html", context)


def _form(request: HttpRequest, number: str, form: Any, title: str, submit: str, act: Any, **more: Any):
    """A form about one teacher."""
    found = queries.get_teacher(actor_of(request), number)
    if tried(request, form, act):
        return redirect("academy_desk:teacher", found.number)
    back = reverse("academy_desk:teacher", args=[found.number])
    return form_page(request, form, title, submit, back, found.name, **more)


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get_teacher(actor, number)
    form = forms.TeacherForm(actor, posted(request), teacher=found)

    def act() -> Any:
        return actions.edit_teacher(actor=actor, number=number, **form.values())

    return _form(request, number, form, _("改老师的资料"), _("存下"), act)


@FORM
@MANAGE
def talk(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = actor_of(request), forms.TalkForm(posted(request), initial={"on": clock.today()})

    def act() -> Any:
        return actions.note_talk(actor=actor, number=number, **form.cleaned_data)

    lead = _("当面或电话谈一次：教什么、教谁、几点方便、要不要材料。谈过就可以排课。")
    return _form(request, number, form, _("记下谈话"), _("记下"), act, lead=lead)


@FORM
@MANAGE
def check(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = actor_of(request), forms.CheckForm(posted(request), initial={"on": clock.today()})
    left: list[int] = []

    def act() -> Any:
        left.append(actions.note_check(actor=actor, number=number, **form.cleaned_data)[1])

    lead = _("带孩子的人要先查违法犯罪记录，每年查一次。没有在有效期内的查询，孩子的活动不会排给他。")
    answer = _form(request, number, form, _("记下记录查询"), _("记下"), act, lead=lead)
    if sum(left):
        words = ngettext("有%(n)s场要另请人带。", "有%(n)s场要另请人带。", left[0]) % {"n": left[0]}
        messages.warning(request, words)
        return redirect(f"{reverse('academy_desk:sessions')}?show=unled")
    return answer


@FORM
@MANAGE
def decline(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = actor_of(request), forms.ReasonForm(posted(request))

    def act() -> Any:
        return actions.move_teacher(actor=actor, number=number, move="decline", **form.cleaned_data)

    return _form(request, number, form, _("这次不请"), _("告诉对方"), act)


@require_POST
@MANAGE
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Rest, or come back."""
    said = {"rest": _("先歇着，排课不会排到。"), "resume": _("又可以排课了。")}
    if move not in said:
        raise Http404
    found = queries.get_teacher(actor_of(request), number)
    run(
        request,
        lambda: actions.move_teacher(actor=actor_of(request), number=found.number, move=move),
        said[move],
    )
    return redirect("academy_desk:teacher", found.number)
