"""Who sees which voices and matters: one condition for lists and for single objects.

A unit (department, firm, group) sees what it takes part in. Which matters those are only the module that
involves units knows; it offers `voices.matters_of_units(org_ids)` (a queryset of ids, named `matter`) and
`voices.units_of_matter(matter_id)` (a set of organisation ids) as providers in its manifest.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mulin.kernel import policy, registry
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.voices.models import Matter, Voice

# restriction -> what is needed to see it
VIEW = {"": "voices.voice:view", "major": "voices.voice:view_major", "tip_off": "voices.voice:view_tip_off"}
MATTER_FIELDS = Fields(place="place", grid="grid", building="building", divisions=True)
VOICE_FIELDS = replace(MATTER_FIELDS, owners="account", receipts="id")


def units_of(matter_id: UUID) -> frozenset[UUID]:
    """The organisations that take part in a matter."""
    provider = registry.providers().get("voices.units_of_matter")
    return frozenset(provider(matter_id)) if provider else frozenset()


def _unit_q(actor: Actor, permission: str, column: str, many: bool) -> Q:
    """Rows in whose matter a unit of the actor takes part.

    Looked up row by row, as suits one object or few; `many`: from the unit's matters, as suits a list of
    all it sees. The other way round each would read the history of the unit or of the city.
    """
    ids = frozenset(i for s in policy.scopes(actor, permission) if s.kind == "unit" for i in s.ids)
    provider = registry.providers().get("voices.matters_of_units")
    if not ids or not provider:
        return policy.NOTHING
    found = provider(ids)
    return Q(**{f"{column}__in": found}) if many else Q(Exists(found.filter(matter=OuterRef(column))))


def _alike(actor: Actor) -> list[tuple[str, list[str]]]:
    """(permission, restrictions seen for the same reasons): one condition for them is easier to plan."""
    found: dict[tuple[policy.Scope, ...], tuple[str, list[str]]] = {}
    for restriction, permission in VIEW.items():
        reasons = tuple(policy.scopes(actor, permission))
        found.setdefault(reasons, (permission, []))[1].append(restriction)
    return list(found.values())


def _sees_all(actor: Actor, permission: str) -> bool:
    return any(scope.kind == "all" for scope in policy.scopes(actor, permission))


def _q(actor: Actor, fields: Fields, column: str, restriction: str, many: bool) -> Q:
    found = Q()
    for permission, restrictions in _alike(actor):
        here = Q(**{f"{restriction}__in": restrictions})
        if not _sees_all(actor, permission):
            here &= policy.visible(actor, permission, fields) | _unit_q(actor, permission, column, many)
        found |= here
    return found


def voice_q(actor: Actor, *, many: bool = False) -> Q:
    """The condition for voices that the actor may read. `many`: for a list of all of them."""
    return _q(actor, VOICE_FIELDS, "matter", "matter__restriction", many)


def matter_q(actor: Actor, *, many: bool = False) -> Q:
    """The condition for matters whose whole file the actor may read (not only what is public)."""
    return _q(actor, MATTER_FIELDS, "id", "restriction", many)


def own_matters(actor: Actor) -> Q:
    """Matters that the actor spoke about, by account or by a receipt in hand."""
    return Q(pk__in=Voice.objects.filter(own_q(actor), state="received").values("matter"))


def target_of_voice(actor: Actor, voice: Voice) -> Target:
    """What a permission is asked for. Units are looked up only for somebody who has one."""
    return Target(
        place=voice.place,
        grid=voice.grid,
        building=voice.building,
        orgs=units_of(voice.matter_id) if actor.orgs else frozenset(),
        owners=frozenset({voice.account_id} if voice.account_id else ()),
        receipts=frozenset({voice.id}),
    )


def target_of_matter(actor: Actor, matter: Matter) -> Target:
    return Target(
        place=matter.place,
        grid=matter.grid,
        building=matter.building,
        orgs=units_of(matter.id) if actor.orgs else frozenset(),
    )


def find(queryset: QuerySet, condition: Q, number: str):
    """One visible row by its number, or NotVisible (404)."""
    found = queryset.filter(condition, number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def find_voice(actor: Actor, number: str, queryset: QuerySet[Voice]) -> Voice:
    """A visible voice by its number, or NotVisible (404). Whoever joined a matter and quotes the matter's
    number, as notices and neighbours do, is led to what they said themselves, also after it was merged into
    another one."""
    try:
        return find(queryset, voice_q(actor), number)
    except NotVisible:
        number = clean_number(number)
        about = Q(matter__number=number) | Q(first_matter__number=number)
        own = queryset.filter(voice_q(actor), own_q(actor), about).order_by("id").first()
        if own is None:
            raise
        return own


def own_q(actor: Actor) -> Q:
    """The condition for what the actor said themselves, by account or by a receipt in hand."""
    mine = Q(pk__in=actor.receipts)
    return mine | Q(account=actor.account) if actor.account else mine


class _Moved(Exception):
    """A voice went to another matter before it was locked."""


def locked_voice(actor: Actor, number: str) -> Voice:
    """A visible voice, its matter and itself locked until the transaction ends. The matter comes first,
    as in every other action, so that two actions never wait for each other; a voice that a merge or an
    unmerge moved meanwhile is followed to its matter with nothing held: undoing the savepoint lets go of
    both rows."""
    seen = find_voice(actor, number, Voice.objects.only("id", "matter_id"))
    wanted = seen.matter_id
    while True:
        try:
            with transaction.atomic():
                return _locked_in(seen.id, wanted)
        except _Moved as moved:
            wanted = moved.args[0]


def _locked_in(voice_id: UUID, matter_id: UUID) -> Voice:
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    if voice.matter_id != matter.pk:
        raise _Moved(voice.matter_id)
    voice.matter = matter
    return voice


def locked_matter(actor: Actor, number: str, *, extra: Q | None = None) -> Matter:
    """A visible matter, locked. `extra` widens what counts as visible (public ones for 我也遇到)."""
    condition = matter_q(actor) if extra is None else matter_q(actor) | extra
    seen = find(Matter.objects.only("id"), condition, number)
    return Matter.objects.select_for_update().get(pk=seen.id)


def accounts_of(matter_id: UUID) -> Iterable[UUID]:
    """Whoever spoke about a matter with an account: for notices."""
    return Voice.objects.filter(matter=matter_id, account__isnull=False, state="received").values_list(
        "account", flat=True
    )
