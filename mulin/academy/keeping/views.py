"""Kept places as residents see them, and what members of a group do there by telephone."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.academy.keeping import (
    access,
    counting,
    delegating,
    finding,
    forms,
    links,
    reading,
    stories,
    turning,
)
from mulin.academy.keeping.models import Delegation, EntryPhoto, KeptPlace, PlaceFinding
from mulin.academy.sessions.showing import qr
from mulin.academy.sessions.views import absolute
from mulin.kernel import clock, codes, policy, registry, rulebook, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.links import address
from mulin.kernel.onward import Onward, onward, sliced
from mulin.kernel.pages import posted, tried
from mulin.ledger.models import Book
from mulin.people.queries import group_target
from mulin.places.queries import exists, name_of
from mulin.voices.models import Matter
from mulin.voices.queries import public_matters

FORM = require_http_methods(["GET", "HEAD", "POST"])
HOUR, PHOTO_SECONDS = 3600, 86400
SHOWN, TASKS = 60, 10
REPORTS = "academy.keeping.reports_per_hour"


def _place(place: str, level: int = codes.Level.COMMUNITY) -> str:
    if not codes.is_valid(place) or codes.level(place) < level or not exists(place):
        raise NotVisible(place)
    return place


def _here(place: str) -> dict[str, Any]:
    return {"place": place, "place_name": name_of(place)}


@require_safe
def places_of(request: HttpRequest, place: str) -> HttpResponse:
    """What neighbours look after here."""
    place = _place(place)
    listed = _kept(request, access.public_places(place))
    found = reading.rows(listed.rows)
    context = {
        **_here(place),
        "list": listed,
        "kept": [one for one in found if one["is_kept"]],
        "free": [one for one in found if not one["is_kept"]],
        "may_ask": policy.can_somewhere(actor_of(request), access.ASK),
    }
    return render(request, "academy/keeping/list.html", context)


def _kept(request: HttpRequest, places: QuerySet[KeptPlace]) -> Onward:
    return onward(request, places.select_related("site", "venue"), order=("-id",), size=SHOWN)


@require_safe
def stories_of(request: HttpRequest, place: str) -> HttpResponse:
    """What grew out of what in this community."""
    place = _place(place)
    context = {**_here(place), "stories": stories.stories(place)}
    return render(request, "academy/keeping/stories.html", context)


@require_safe
def turning_of(request: HttpRequest, place: str) -> HttpResponse:
    """How many groups do more than meet, at a community or a street."""
    place = _place(place, codes.Level.STREET)
    exact = policy.can(actor_of(request), access.MANAGE, place)
    context = {**_here(place), **turning.shown(place, exact=exact)}
    return render(request, "academy/keeping/turning.html", context)


def _context(request: HttpRequest, kept: KeptPlace) -> dict[str, Any]:
    history = reading.entries(kept)
    actor = actor_of(request)
    return {
        **_here(kept.place),
        "kept": kept,
        "where": reading.where(kept),
        "terms": reading.terms(kept, everything=access.may(actor, access.HELP, kept)),
        "entries": history,
        "both": reading.before_and_after(history),
        "counts": reading.counts(kept),
        "share": absolute(request, "academy:keeping", kept.number),
    }


@require_safe
def place_page(request: HttpRequest, number: str) -> HttpResponse:
    """A place: what it was, who keeps it, what became of it, and for members what there is to do."""
    actor = actor_of(request)
    kept = access.get_place(actor, number)
    keepers = access.keepers(kept)
    context = _context(request, kept) | {
        "is_kept": bool(keepers),
        "helps": bool(keepers) and access.may(actor, access.HELP, kept),
        "tends": access.may(actor, access.TEND, kept),
        "rotas": reading.public_rotas(kept.rotas.all()),
        "sees_rotas": bool(keepers & actor.orgs),
        "findings": reading.findings_of_place(kept),
        "story": stories.story_of(kept),
    }
    return render(request, "academy/keeping/place.html", context)


@require_safe
def place_print(request: HttpRequest, number: str) -> HttpResponse:
    """A sheet for the notice board: before and after, who keeps it, the code of the page."""
    kept = access.get_place(actor_of(request), number)
    context = _context(request, kept)
    context |= {"qr": qr(context["share"]), "story": stories.story_of(kept)}
    return render(request, "academy/keeping/print.html", context)


@require_safe
def photo(request: HttpRequest, photo_id: UUID, size: str) -> HttpResponse:
    """A picture of an entry, for whoever may open the place's page."""
    if size not in {"thumb", "large"}:
        raise Http404
    row = access.by_id(EntryPhoto.objects.select_related("entry__kept"), photo_id)
    access.get_place(actor_of(request), row.entry.kept.number)
    file = row.thumb if size == "thumb" else row.file
    try:
        response = FileResponse(default_storage.open(file.name, "rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"private, max-age={PHOTO_SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


# What members do ------------------------------------------------------------------------------------------


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for members: whoever is not signed in is asked to."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).is_anonymous:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return inside


def form_page(
    request: HttpRequest, form: Any, title: str, submit: str, back: str, **more: Any
) -> HttpResponse:
    """A form on the telephone: one thing a screen."""
    context = {"form": form, "title": title, "submit": submit, "back_url": back, **more}
    return render(request, "academy/keeping/form.html", context, status=422 if form.errors else 200)


def _helped(request: HttpRequest, number: str) -> KeptPlace:
    """A place where the actor helps, or 404 or 403."""
    actor = actor_of(request)
    kept = access.get_place(actor, number)
    policy.require(actor, access.HELP, access.target_of_place(kept))
    return kept


@FORM
@signed_in
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Say what was noticed: the words and a photo, nothing else is asked."""
    kept = _helped(request, number)
    actor = actor_of(request)
    form = forms.Report(posted(request))

    def act() -> None:
        most = int(rulebook.value(REPORTS, at=kept.place))
        throttle.check("keeping-report", str(actor.account), limit=most, seconds=HOUR)
        fields = {"photos": request.FILES.getlist("photos"), "text": form.cleaned_data["text"]}
        key = request.POST.get("idempotency_key", "")[:80]
        finding.report_from_place(actor=actor, number=kept.number, idempotency=key, **fields)

    if tried(request, form, act):
        messages.success(request, _("收到了，已经转给社区。小组是发现人，办到哪一步这里都看得到。"))
        return redirect(reading.place_url(kept))
    title = _("在%(place)s发现了什么") % {"place": kept.name}
    return form_page(
        request, form, title, _("告诉社区"), reading.place_url(kept), has_photos=True, **_here(kept.place)
    )


@FORM
@signed_in
def count(request: HttpRequest, number: str) -> HttpResponse:
    """One round of counting."""
    kept = _helped(request, number)
    actor = actor_of(request)
    form = forms.Round(kept, posted(request), initial={"on": clock.today()})

    def act() -> None:
        data = form.cleaned_data
        counting.count_place(
            actor=actor, number=kept.number, found=form.found, on=data["on"], note=data["note"]
        )

    if tried(request, form, act):
        messages.success(request, _("记下了。谢谢您。"))
        return redirect(f"{reading.place_url(kept)}#counts")
    title = _("清点%(place)s") % {"place": kept.name}
    return form_page(
        request, form, title, _("记下来"), reading.place_url(kept), is_empty=len(form.fields) == 2,
        lead=_("没有数的那样空着。"), **_here(kept.place),
    )  # fmt: skip


# A group -------------------------------------------------------------------------------------------------


@require_safe
def group_page(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """What a group keeps, its rotas, what it found, its tasks, its delegates and whether it has a book."""
    actor = actor_of(request)
    group = access.see_group(actor, group_id)
    place = codes.community(group.place) or group.place
    kept = access.public_places().filter(keepings__org=group, keepings__state="kept").distinct()
    sent = list(Delegation.objects.filter(org=group, state="sent").order_by("-id"))
    told = delegating.told((one.kind, one.ref) for one in sent)
    own = group.pk in actor.orgs or policy.can(actor, access.TEND, group_target(group))
    found = PlaceFinding.objects.filter(org=group).select_related("voice").order_by("-id")
    listed, tasks = _kept(request, kept), sliced(request, _tasks(group.pk), size=TASKS, name="tasks")
    context = {
        **_here(place),
        "group": group,
        "kept": reading.rows(listed.rows),
        "list": listed,
        "rotas": reading.public_rotas(group.rotas.all()),
        "findings": reading.findings(found),
        "tasks": [{**links.matter_told(one), "is_open": one.is_open} for one in tasks.rows],
        "tasks_list": tasks,
        "delegations": [
            {**told[one.ref], "heads": one.heads, "words": one.words} for one in sent if one.ref in told
        ],
        "books": _books(group.pk) if own else [],
        "own": own,
        "leads": policy.can(actor, access.TEND, group_target(group)),
        "group_url": address("people:group", group.pk),
    }
    return render(request, "academy/keeping/group.html", context)


def _tasks(org: UUID) -> Sequence[Matter]:
    """Published matters whose case the group leads or takes part in."""
    provider = registry.providers().get("voices.matters_of_units")
    if provider is None:
        return []
    return public_matters().filter(pk__in=provider([org]))


def _books(org: UUID) -> list[dict[str, str]]:
    """The group's books of money, where the ledger has any."""
    rows = Book.objects.filter(ref=org, unit="fen", closed_at=None).order_by("id")
    return [{"title": one.title or _("小组的钱"), "yuan": f"{one.balance / 100:.2f}"} for one in rows]
