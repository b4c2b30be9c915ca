"""What a community's pages show: wishes, offers, groups and what they keep, answers, open matters, staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from mulin.disclosure import queries as register
from mulin.kernel import codes, registry, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError
from mulin.kernel.links import address
from mulin.kernel.models import ThreadLink
from mulin.people import states as people_states
from mulin.people.models import Organisation, Post
from mulin.people.queries import in_force, list_groups
from mulin.places import queries as places
from mulin.portal import words
from mulin.portal.follow import Badge, wish_state
from mulin.voices import states as voice_states
from mulin.voices.categories import catalogue, category_name
from mulin.voices.models import Matter, MeToo
from mulin.voices.queries import public_matters

WISHES = ("wish", "offer")
ASKING = voice_states.ASKING
PAGE = 30
OFFICES = ("committee", "service_center")
MATTER, GROUP = "voices.matter", "people.organisation"


@dataclass(frozen=True, slots=True)
class Me:
    """Who presses 我也遇到 here: an account, or this browser's mark. `pressed` are the matters already."""

    account: UUID | None = None
    device: str = ""

    def pressed(self, matters: Iterable[Matter]) -> set[UUID]:
        ids = [matter.pk for matter in matters]
        mine = Q(account=self.account) if self.account else Q(device_hash=self.device)
        if not ids or not (self.account or self.device):
            return set()
        return set(MeToo.objects.filter(mine, matter__in=ids).values_list("matter", flat=True))


def card(matter: Matter, pressed: set[UUID] = frozenset()) -> dict[str, Any]:
    """A public matter as a card: what it is, where it stands, how many stand beside it, and the button."""
    is_wish = matter.kind in WISHES
    return {
        "number": matter.number,
        "url": reverse("portal:matter", args=[matter.number]),
        "kind": words.kind(matter.kind),
        "icon": {"wish": "wish", "offer": "offer"}.get(matter.kind, "voice"),
        "title": matter.public_title or matter.title,
        "text": matter.public_text if matter.public_text != matter.public_title else "",
        "category": category_name(matter.category) if matter.category else "",
        "state": public_state(matter) if not is_wish else wish_state(matter) if matter.decision else None,
        "answer": matter.public_answer,
        "day": words.day(matter.decided_at or matter.closed_at or matter.published_at),
        "count": matter.me_too_count + matter.voices_count,
        "me_too_url": reverse("portal:me-too", args=[matter.number]) if matter.is_open else "",
        "me_too": me_too_word(matter.kind),
        "people": people_word(matter),
        "pressed": matter.pk in pressed,
        "is_wish": is_wish,
    }


def public_state(matter: Matter) -> Badge | None:
    """Where a published matter stands, for a list that read its case along; otherwise nothing is said."""
    if not Matter._meta.get_field("case").is_cached(matter):
        return None
    case = getattr(matter, "case", None)
    return badge_of(case.state) if case else None


def badge_of(state: str) -> Badge:
    """The state of a case as everyone reads it, here and in the register."""
    return Badge(register.case_word(state), register.STATE_TONES.get(state, ""), code=state)


def me_too_word(kind: str) -> str:
    return {"wish": pgettext("button", "我也想"), "offer": _("我需要")}.get(kind) or _("我也遇到")


def people_word(matter: Matter) -> str:
    """How many stand behind it, with the word that fits."""
    n = matter.me_too_count + matter.voices_count
    if matter.kind == "offer":
        n = matter.me_too_count
        return ngettext("%d 位邻居需要", "%d 位邻居需要", n) % n if n else ""
    if matter.kind == "wish":
        return ngettext("%d 位邻居想要", "%d 位邻居想要", n) % n
    return ngettext("%d 位邻居遇到", "%d 位邻居遇到", n) % n


def cards(matters: Iterable[Matter], me: Me) -> list[dict[str, Any]]:
    matters = list(matters)
    pressed = me.pressed([matter for matter in matters if matter.is_open])
    return [card(matter, pressed) for matter in matters]


# Lists of published matters --------------------------------------------------------------------------


def open_wishes(place: str, limit: int) -> list[Matter]:
    """Wishes and offers still open: those most neighbours stand behind first."""
    found = public_matters(place, WISHES).filter(is_open=True)
    return list(found.order_by("-me_too_count", "-published_at", "-id")[:limit])


def answered(place: str, limit: int) -> list[Matter]:
    """What was answered in public, the latest first; yes and no alike."""
    found = (
        public_matters(place).exclude(public_answer="").alias(answered=Coalesce("decided_at", "closed_at"))
    )
    return list(found.exclude(answered=None).order_by("-answered", "-id")[:limit])


# What was done and only waits for a word of the person is no longer under way for everyone else.
DONE = ("done", "confirmed")


def under_way(place: str) -> QuerySet[Matter]:
    """Published matters on which somebody works or must still decide, the latest published first."""
    found = public_matters(place, ASKING).filter(is_open=True).exclude(case__state__in=DONE)
    return found.select_related("case")


def open_matters(place: str, limit: int) -> list[Matter]:
    return list(under_way(place)[:limit])


def done_matters(place: str, limit: int) -> list[Matter]:
    """Published matters that are done, the latest first: those with a word outstanding, then the closed."""
    rows = public_matters(place, ASKING).filter(Q(is_open=False) | Q(case__state__in=DONE))
    rows = rows.alias(ended=Coalesce("case__done_at", "closed_at")).exclude(ended=None)
    return list(rows.select_related("case").order_by("-ended", "-id")[:limit])


def wish_wall(place: str, me: Me, limit: int = 80) -> dict[str, Any]:
    """All wishes and offers by theme, then those that could not be done, each with its reason."""
    open_now = open_wishes(place, limit)
    declined = list(public_matters(place, WISHES).filter(decision="declined")[:PAGE])
    themes: dict[str, dict[str, Any]] = {}
    for one, shown in zip(open_now, cards(open_now, me), strict=True):
        code = catalogue().group_of(one.category) or "community_life"
        theme = themes.setdefault(code, {"name": catalogue().name(code), "cards": []})
        theme["cards"].append(shown)
    return {"themes": list(themes.values()), "declined": cards(declined, Me())}


# Groups and their stories ----------------------------------------------------------------------------


def groups(place: str, limit: int = 12) -> list[dict[str, Any]]:
    """Groups of the community with the place they keep and what they grew out of."""
    found = list_groups(place)
    grown = _grown_from([group.pk for group in found])
    found.sort(key=lambda group: (group.adopted_id is None, group.pk not in grown, group.name))
    kept = places.names_of({group.adopted.code for group in found[:limit] if group.adopted_id})
    return [
        {
            "name": group.name,
            "kind": people_states.kind_name(group.kind),
            "size": group.size,
            "about": group.about,
            "keeps": kept.get(group.adopted.code, "") if group.adopted_id else "",
            "story": grown.get(group.pk),
            "url": address("people:group", group.pk),
        }
        for group in found[:limit]
    ]


def ways_to_group(group: Organisation) -> dict[str, Any]:
    """For a group's own page: what it grew out of, and how somebody who is not in it asks or joins."""
    place = group.place[:12]
    is_community = codes.level(place) == codes.Level.COMMUNITY
    ask = {"group": group.pk, **({"place": place} if is_community else {})}
    return {
        "story": _grown_from([group.pk]).get(group.pk),
        "ask_url": "" if group.closed_on else f"{reverse('portal:report')}?{urlencode(ask)}",
        "phone": first_phone(place) if is_community else "",
        "back_url": f"{reverse('portal:people', args=[place])}#groups" if is_community else "",
    }


def _grown_from(ids: list[UUID]) -> dict[UUID, dict[str, str]]:
    """group -> the published matter that it grew out of. Two statements at most."""
    links = list(ThreadLink.objects.filter(child__in=ids, parent_kind=MATTER).order_by("-id")) if ids else []
    shown = (
        {one.pk: one for one in public_matters().filter(pk__in=[link.parent for link in links])}
        if links
        else {}
    )
    return {link.child: _told(shown[link.parent]) for link in links if link.parent in shown}


def _told(matter: Matter) -> dict[str, str]:
    return {
        "title": matter.public_title or matter.title,
        "url": reverse("portal:matter", args=[matter.number]),
        "day": words.day(matter.published_at),
        "kind": str(voice_states.kind_word(matter.kind)),
    }


def came_from(matter: Matter) -> list[dict[str, str]]:
    """The published matters that this one grew out of."""
    links = ThreadLink.objects.filter(child=matter.pk, parent_kind=MATTER).order_by("id")
    sources = list(links.values_list("parent", flat=True))
    return [_told(one) for one in public_matters().filter(pk__in=sources)] if sources else []


def grew_into(matter: Matter) -> list[dict[str, str]]:
    """What a matter became: groups and other matters that name it as where they came from."""
    links = list(ThreadLink.objects.filter(parent=matter.pk).order_by("id"))
    by_kind: dict[str, list[UUID]] = {}
    for link in links:
        by_kind.setdefault(link.child_kind, []).append(link.child)
    found = [
        {
            "title": group.name,
            "url": address("people:group", group.pk),
            "kind": str(people_states.kind_name(group.kind)),
        }
        for group in Organisation.objects.filter(
            pk__in=by_kind.get(GROUP, []), is_public=True, closed_on=None
        )
    ]
    found += [_told(one) for one in public_matters().filter(pk__in=by_kind.get(MATTER, []))]
    for kind, ids in by_kind.items():
        told = registry.providers().get(f"thread.{kind}")
        found += told(ids) if told else []
    return found


# Whom to call ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whose name, or whose telephone, is posted in public."""

    name: str
    role: str
    phone: str = ""
    where: str = ""


def offices(place: str) -> list[Contact]:
    """The community's own offices with their telephones, and the number on file for the division."""
    found = Organisation.objects.filter(place=place, kind__in=OFFICES, closed_on=None, is_public=True)
    shown = [
        Contact(org.name, str(people_states.kind_name(org.kind)), org.phone)
        for org in found.order_by("kind", "name")
    ]
    phone = places.get_place(place).phone
    if phone and all(one.phone != phone for one in shown):
        shown.insert(0, Contact(places.name_of(place), _("社区"), phone))
    return shown


def reachable(place: str) -> list[Contact]:
    """Those of them with a number that the community made public; nobody is looked up where there is none."""
    return [one for one in staff(place) if one.phone] if _rule("portal.contacts", place) else []


def _rule(name: str, place: str) -> Any:
    """A list that a place may leave unset: then nothing of it is shown."""
    try:
        return rulebook.value(name, at=place)
    except ActionError:
        return []


def staff(place: str) -> list[Contact]:
    """Those whose names are posted in the community by the rules of the place, and numbers it made public.

    An account's own telephone is never shown: only what the rule `portal.contacts` publishes.
    """
    roles = _rule("portal.staff.roles", place)
    low, high = codes.bounds(place)
    posts = Post.objects.filter(in_force(), role__in=roles, place__gte=low, place__lt=high, deputy_for=None)
    posts = list(posts.select_related("account").order_by("role", "place")[:60])
    names = places.names_of({post.place for post in posts})
    phones = {one["name"]: one for one in _rule("portal.contacts", place)}
    shown = []
    for post in posts:
        known = phones.pop(str(post.account), {})
        role = _role_of(post)
        where = names.get(post.place, "")
        # A title that names the grid need not have it beside it again.
        shown.append(Contact(str(post.account), role, known.get("phone", ""), "" if where in role else where))
    others = [Contact(one["name"], one.get("role", ""), one.get("phone", "")) for one in phones.values()]
    return others + shown


def _role_of(post: Post) -> str:
    """The title of a post in the reader's language: where it has none in that, the word for the role."""
    named = str(people_states.role_name(post.role))
    if not post.title or post.title.isascii() or (get_language() or "zh").startswith("zh"):
        return post.title or named
    translated = _(post.title)
    said = named if translated == post.title else translated
    return said[:1].upper() + said[1:]


def first_phone(place: str) -> str:
    """The number of a human in this community; empty when none is on file."""
    return next((one.phone for one in offices(place) if one.phone), "")


# Blocks of other modules --------------------------------------------------------------------------------


TAKE_PART = 50


def blocks(actor: Actor, place: str, request: Any) -> dict[str, list[str]]:
    """The cards that other modules offer for a community's home, rendered, in their order: blocks of what one
    can take part in, the rows of what neighbours share, and the blocks that tell."""
    found: dict[str, list[str]] = {"first": [], "rows": [], "then": []}
    for one in registry.collect("cards"):
        context = one.context(actor, place)
        if context is not None:
            part = "rows" if one.row else "first" if one.order < TAKE_PART else "then"
            found[part].append(render_to_string(one.template, {**context, "place": place}, request))
    return found


def date_line() -> str:
    """The day, as it stands at the head of a notice board."""
    return date_format(today(), pgettext("date format", "n月j日 l"))
