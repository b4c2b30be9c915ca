"""What a place's history leads to: matters, topics and resolutions that everybody may read.

Councils stand beside this module, so their records are reached by providers: `thread.<kind>(ids)` says what
they call themselves, `number.<kind>(number)` finds the id of one by its number."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import registry
from mulin.kernel.errors import ActionError
from mulin.kernel.links import address
from mulin.kernel.numbers import clean_number
from mulin.people.models import Organisation
from mulin.voices import states as voice_states
from mulin.voices.models import Matter, Photo
from mulin.voices.queries import public_matters

MATTER, GROUP = "voices.matter", "people.organisation"
NUMBERED = ("councils.topic", "councils.resolution")
Told = dict[str, str]


def find(number: str) -> tuple[str, UUID]:
    """The kind and the id of what has this number. Raises link-unknown (422)."""
    number = clean_number(number)
    matter = public_matters().filter(number=number).order_by().first()
    if matter is not None:
        return MATTER, matter.pk
    for kind in NUMBERED:
        provider = registry.providers().get(f"number.{kind}")
        found = provider(number) if provider else None
        if found:
            return kind, found
    text = _("没有找到这个编号，或者它还没有公开。")
    raise ActionError("link-unknown", text, field="link", status=422)


def told(pairs: Iterable[tuple[str, UUID]]) -> dict[UUID, Told]:
    """What each of these is called, its page and its kind; what nobody may read is left out. One statement a
    kind."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for kind, pk in pairs:
        if kind and pk:
            ids[kind].add(pk)
    found: dict[UUID, Told] = {}
    for kind, wanted in ids.items():
        found |= _told(kind, wanted)
    return found


def _told(kind: str, ids: Collection[UUID]) -> dict[UUID, Told]:
    if kind == MATTER:
        return {one.pk: matter_told(one) for one in public_matters().filter(pk__in=ids)}
    if kind == GROUP:
        groups = Organisation.objects.filter(pk__in=ids, is_public=True)
        return {
            one.pk: {"title": one.name, "url": address("people:group", one.pk), "kind": ""} for one in groups
        }
    provider = registry.providers().get(f"thread.{kind}")
    rows = {pk: provider([pk]) for pk in ids} if provider else {}
    return {pk: said[0] for pk, said in rows.items() if said}


def matter_told(matter: Matter) -> Told:
    return {
        "title": matter.public_title or matter.title,
        "url": address("portal:matter", matter.number),
        "kind": str(voice_states.kind_word(matter.kind)),
    }


def numbers(pairs: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """The number by which a link was named, for the form that changes it."""
    pairs = [pair for pair in pairs if pair[0]]
    found = dict(Matter.objects.filter(pk__in=[pk for _kind, pk in pairs]).values_list("pk", "number"))
    for kind, pk in pairs:
        if kind in NUMBERED and (said := told([(kind, pk)]).get(pk)):
            found[pk] = clean_number(said["url"].rstrip("/").rpartition("/")[2])
    return found


def photos_of(matters: Collection[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """The approved pictures of published matters, as a grid shows them."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    public = public_matters().filter(pk__in=matters).order_by().values("pk")
    for one in Photo.objects.filter(matter__in=public, is_approved=True).order_by("id"):
        large, thumb = address("portal:photo", one.pk, "large"), address("portal:photo", one.pk, "thumb")
        if large:
            found[one.matter_id].append({"url": large, "thumb": thumb, "alt": _("公开的事里的照片")})
    return found
