"""A published matter as everyone sees it, 我也遇到, and photos."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.cases import pages
from mulin.cases.models import Case
from mulin.disclosure import queries as register
from mulin.disclosure import words as register_words
from mulin.kernel import journal, secrets
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import now
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import PUBLIC
from mulin.portal import community, receipts, words
from mulin.portal.follow import Badge, photo_of
from mulin.portal.views.common import in_place, limit, me, safe_next
from mulin.voices import actions
from mulin.voices.models import Matter, Photo
from mulin.voices.queries import get_public_matter, my_voices, open_photo

PUBLIC_PHOTO_SECONDS = 600
# What a passer-by needs of a matter's life: not the back and forth of every unit.
STAGES = {
    "voices.voice.submitted": "voice",
    "voices.wish.answered": "chat",
    "cases.case.accepted": "check",
    "cases.case.dispatched": "hand-over",
    "cases.case.started": "play",
    "cases.case.finished": "check",
    "cases.case.suspended": "pause",
    "cases.case.resumed": "play",
    "cases.case.refused": "ban",
    "cases.case.reopened": "refresh",
    "cases.case.not_solved": "refresh",
    "cases.case.closed": "check-double",
}

# Lines that speak to the person of the voice, as everyone else reads them.
FOR_EVERYONE = {
    "voices.voice.submitted": gettext_lazy("有居民说了这件事"),
    "cases.case.finished": gettext_lazy("办完了，已经答复反映的人"),
}


@require_safe
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One published matter: what was said, what is being done, what was answered, what it became."""
    found = get_public_matter(number)
    if found.merged_into_id:
        return _follow_merged(found)
    pressed = me(request).pressed([found])
    photos = Photo.objects.filter(matter=found, is_approved=True).order_by("id")
    facts = register.get_entry(found.number)
    context = {
        **in_place(request, found.place),
        "matter": found,
        "card": community.card(found, pressed),
        "state": _state(found),
        "photos": [photo_of(photo, _("办完后的照片") if photo.role == "after" else "") for photo in photos],
        "timeline": _stages(found),
        "came_from": community.came_from(found),
        "grew": community.grew_into(found),
        "register": address("disclosure:register"),
        "facts": facts,
        "where": register_words.where(facts),
        "times": register_words.times(facts),
        "review": register_words.review(facts),
        "shown_number": show_number(found.number),
        "own": my_voices(receipts.acting(request)).filter(matter=found).first(),
    }
    return render(request, "portal/matter.html", context)


def _follow_merged(found: Matter) -> HttpResponse:
    target = found.merged_into
    if target.publication != "shown" or target.restriction:
        raise NotVisible(found.number)
    return redirect("portal:matter", number=target.number)


def _state(found: Matter) -> Badge:
    case = Case.objects.filter(matter=found).only("state").first()
    if case is None:
        return community.wish_state(found)
    return community.badge_of(case.state)


def _stages(found: Matter) -> list[dict]:
    entries, told = [], False
    for entry in journal.timeline(found.pk):
        if entry.code not in STAGES or (entry.code == "voices.voice.submitted" and told):
            continue
        told = told or entry.code == "voices.voice.submitted"
        entries.append(entry)
    return [
        {
            "when": line.at, "when_text": words.when(line.at), "icon": STAGES[line.code], "who": line.org,
            "what": FOR_EVERYONE.get(line.code, line.text),
        }
        for line in pages.lines(entries, {}, {PUBLIC}, people=False)
    ]  # fmt: skip


@require_POST
def me_too(request: HttpRequest, number: str) -> HttpResponse:
    """Stand beside an open matter. One account or one browser counts once."""
    mark = receipts.device(request) or secrets.new_secret()
    back = safe_next(request, reverse("portal:matter", args=[number]))
    try:
        limit(request, "portal.me_too.per_hour", "me-too")
        found = actions.me_too(actor=actor_of(request), number=number, device=mark)
    except ActionError as error:
        if request.htmx:
            return render(request, "portal/parts/me_too_refused.html", {"error": error}, status=error.status)
        messages.warning(request, error.message)
        return redirect(back)
    if request.htmx:
        shown = community.card(found, {found.pk})
        response = render(request, "portal/parts/me_too.html", {"card": shown, "just": True})
    else:
        messages.success(request, _("记下了。有进展会写在这件事下面。"))
        response = redirect(back)
    if not request.user.is_authenticated:
        receipts.mark_device(response, mark)
    return response


@require_safe
def photo(request: HttpRequest, photo_id: UUID, size: str) -> HttpResponse:
    """A photo: for everyone once it was approved, before that for who may read its voice or matter."""
    if size not in {"thumb", "large"}:
        raise Http404
    thumb = size == "thumb"
    try:
        file, is_public = open_photo(ANONYMOUS, photo_id, thumb), True
    except NotVisible:
        file, is_public = open_photo(receipts.acting(request), photo_id, thumb), False
    tag = f'"{photo_id.hex}-{size}"'
    with file:
        if request.headers.get("If-None-Match") == tag:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = HttpResponse(file.read(), content_type="image/jpeg")
            response["Content-Disposition"] = f'inline; filename="mulin-{photo_id}.jpg"'
    response["ETag"] = tag
    if is_public:
        response["Cache-Control"] = f"public, max-age={PUBLIC_PHOTO_SECONDS}"
        response["Expires"] = http_date(now().timestamp() + PUBLIC_PHOTO_SECONDS)
    else:
        # Kept by the browser, but asked for anew each time: the right to see it may have ended.
        response["Cache-Control"] = "private, no-cache"
        response["X-Robots-Tag"] = "noindex"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
