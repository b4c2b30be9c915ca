"""Reads about voices and matters. `visible_*(actor)` are the conditions for lists and for single objects."""

from collections.abc import Collection
from typing import IO, Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from mulin.kernel import codes, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.models import ThreadLink
from mulin.people.models import Account
from mulin.voices import access, photos
from mulin.voices.categories import catalogue
from mulin.voices.inbox import waiting_publication, waiting_wishes
from mulin.voices.likeness import Similar, similar
from mulin.voices.models import Matter, Photo, Voice
from mulin.voices.understanding import suggest

__all__ = [
    "Similar", "catalogue", "get_matter", "get_public_matter", "get_voice", "my_voices", "open_photo",
    "public_matters", "similar", "suggest", "thread_of", "visible_matters", "visible_voices",
    "voice_by_secret", "voices_of", "waiting_publication", "waiting_wishes", "wishes",
]  # fmt: skip


def visible_voices(actor: Actor) -> QuerySet[Voice]:
    """Voices that the actor may read in full: one's own, those at one's post, those one's unit works on."""
    return Voice.objects.filter(access.voice_q(actor, many=True))


def get_voice(actor: Actor, number: str) -> Voice:
    """One voice with its matter, or NotVisible (404). Spaces and hyphens in the number do not matter; the
    number of the matter leads to one's own voice in it."""
    return access.find_voice(actor, number, Voice.objects.select_related("matter"))


def my_voices(actor: Actor) -> QuerySet[Voice]:
    """What the person themselves said, newest first."""
    return Voice.objects.filter(access.own_q(actor)).select_related("matter").order_by("-id")


def voice_by_secret(secret: str) -> Voice | None:
    """The voice of a receipt. The caller then acts as `actor.with_receipt(voice.id)`."""
    if not 16 <= len(secret) <= 64:
        return None
    fingerprint = secrets.fingerprint(secret, "receipt")
    return Voice.objects.select_related("matter").filter(secret_hash=fingerprint).first()


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """Matters whose whole file the actor may read: by post, or through a unit that takes part."""
    return Matter.objects.filter(access.matter_q(actor, many=True))


def get_matter(actor: Actor, number: str) -> Matter:
    """One matter whose file the actor may read, or NotVisible (404)."""
    return access.find(Matter.objects.all(), access.matter_q(actor), number)


def get_public_matter(number: str) -> Matter:
    """One published matter as everyone sees it, or NotVisible (404)."""
    return access.find(Matter.objects.all(), PUBLIC, number)


def voices_of(actor: Actor, matter: Matter) -> list[Voice]:
    """The voices of a matter that the actor may read. Who may read the matter's file reads all of them,
    also one that was merged into it from another community."""
    found = Voice.objects.filter(matter=matter).order_by("id")
    if not Matter.objects.filter(access.matter_q(actor), pk=matter.pk).exists():
        found = found.filter(access.voice_q(actor))
    return list(found)


PUBLIC = Q(publication="shown", restriction="")


def can_be_called(voices: Collection[Voice]) -> set[UUID]:
    """The voices whose person can be called: by the telephone left with one, or that of its account.

    Not for showing a number, only for whether there is one. At most one statement."""
    accounts = {voice.account_id for voice in voices if not voice.contact_sealed} - {None}
    known: set[UUID] = set()
    if accounts:
        known = set(
            Account.objects.filter(pk__in=accounts).exclude(phone_sealed="").values_list("pk", flat=True)
        )
    return {voice.pk for voice in voices if voice.contact_sealed or voice.account_id in known}


def public_matters(place: str = "", kinds: tuple[str, ...] = ()) -> QuerySet[Matter]:
    """Published matters in a place, latest published first."""
    found = Matter.objects.filter(PUBLIC, merged_into=None)
    if place:
        low, high = codes.bounds(place)
        if codes.level(place) <= codes.Level.DISTRICT:
            # Most of what there is lies inside: walk from the newest on instead of sorting all of it. An
            # expression, so that no planner is tempted by the index on the place.
            found = found.alias(inside=Concat("place", Value(""))).filter(inside__gte=low, inside__lt=high)
        else:
            found = found.filter(place__gte=low, place__lt=high)
    if kinds:
        found = found.filter(kind__in=kinds)
    return found.order_by("-published_at", "-id")


def thread_of(matter: Matter, among: QuerySet[Matter]) -> tuple[list[Matter], list[Matter]]:
    """What a matter grew out of, and what grew out of it, as far as it lies in `among`: `visible_matters` of
    a worker, or `public_matters()` for everyone. Each has the reason as `link_note`, which is for workers
    alone. Two statements."""
    links = ThreadLink.objects.filter(Q(child=matter.pk) | Q(parent=matter.pk)).order_by("id")
    other = {link.parent if link.child == matter.pk else link.child: link for link in links}
    found = {one.pk: one for one in among.filter(pk__in=other)} if other else {}
    for pk, one in found.items():
        one.link_note = other[pk].note
    sources = [found[pk] for pk, link in other.items() if pk in found and link.parent == pk]
    return sources, [found[pk] for pk, link in other.items() if pk in found and link.child == pk]


def wishes(place: str, limit: int = 60) -> list[dict[str, Any]]:
    """Published wishes and offers of a place that are open, by theme: [{group, name, wishes, offers}]."""
    themes: dict[str, dict[str, Any]] = {}
    for matter in public_matters(place, ("wish", "offer")).filter(is_open=True)[:limit]:
        group = catalogue().group_of(matter.category) or "community_life"
        theme = themes.setdefault(
            group, {"group": group, "name": catalogue().name(group), "wishes": [], "offers": []}
        )
        theme["wishes" if matter.kind == "wish" else "offers"].append(matter)
    return list(themes.values())


def open_photo(actor: Actor, photo_id: UUID, thumb: bool = False) -> IO[bytes]:
    """The JPEG of a photo: for everyone when it was approved and its matter is public, otherwise for who may
    read the matter's file or the voice it belongs to. NotVisible (404) for all others."""
    photo = Photo.objects.select_related("matter").filter(pk=photo_id).first()
    if photo is None or not _may_see(actor, photo):
        raise NotVisible(str(photo_id))
    return photos.open_file(photo, thumb)


def _may_see(actor: Actor, photo: Photo) -> bool:
    matter = photo.matter
    if photo.is_approved and matter.publication == "shown" and not matter.restriction:
        return True
    if Matter.objects.filter(access.matter_q(actor), pk=matter.pk).exists():
        return True
    if photo.voice_id:
        return Voice.objects.filter(access.voice_q(actor), pk=photo.voice_id).exists()
    # A picture of the finished work belongs to everybody who asked for it.
    return Voice.objects.filter(access.voice_q(actor), matter=matter).exists()
