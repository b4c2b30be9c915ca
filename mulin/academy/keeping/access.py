"""Who sees and does what with kept places and rotas."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from mulin.academy.keeping import states
from mulin.academy.keeping.models import Duty, Keeping, KeptPlace, Rota
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.people.models import Organisation
from mulin.people.queries import group_target

ASK, MANAGE = "academy.keeping:ask", "academy.keeping:manage"
TEND, HELP = "academy.keeping:tend", "academy.keeping:help"
ROTA, TAKE = "academy.rota:manage", "academy.rota:take"
OF_ORG = Fields(place="place", orgs="org_id")


def target_of(keeping: Keeping) -> Target:
    return Target(place=keeping.place, orgs=frozenset({keeping.org_id}))


def keepers(kept: KeptPlace) -> frozenset[UUID]:
    """The groups that keep a place now."""
    return frozenset(kept.keepings.filter(state="kept").values_list("org_id", flat=True))


def target_of_place(kept: KeptPlace) -> Target:
    return Target(place=kept.place, orgs=keepers(kept))


def target_of_rota(rota: Rota) -> Target:
    return Target(place=rota.place, orgs=frozenset({rota.org_id}))


def visible_keepings(actor: Actor) -> QuerySet[Keeping]:
    """Those of one's groups, and of places one works for; asked and declined ones too."""
    seen = policy.visible(actor, HELP, OF_ORG)
    return Keeping.objects.filter(seen).select_related("kept", "org")


def public_places(place: str = "") -> QuerySet[KeptPlace]:
    """Places that some group keeps or kept: what everybody may read."""
    shown = Keeping.objects.filter(kept=OuterRef("pk"), state__in=states.PUBLIC_STATES)
    found = KeptPlace.objects.filter(Exists(shown))
    if place:
        low, high = codes.bounds(place)
        found = found.filter(place__gte=low, place__lt=high)
    return found


def visible_places(actor: Actor) -> QuerySet[KeptPlace]:
    """Public places and those asked for, as far as the actor has to do with them."""
    mine = policy.visible(actor, HELP, OF_ORG)
    asked = Keeping.objects.filter(mine, kept=OuterRef("pk"))
    shown = Keeping.objects.filter(kept=OuterRef("pk"), state__in=states.PUBLIC_STATES)
    return KeptPlace.objects.filter(Exists(asked) | Exists(shown))


def own_places(actor: Actor, permission: str = HELP) -> QuerySet[KeptPlace]:
    """Those of one's groups, and of places one works for."""
    mine = policy.visible(actor, permission, OF_ORG)
    return KeptPlace.objects.filter(Exists(Keeping.objects.filter(mine, kept=OuterRef("pk"))))


def one(found: QuerySet, number: str):
    """One row by its number, or NotVisible (404)."""
    row = found.filter(number=clean_number(number)).first()
    if row is None:
        raise NotVisible(number)
    return row


def by_id(found: QuerySet, ref: UUID | str):
    """One row by its id, or NotVisible (404)."""
    try:
        row = found.filter(pk=ref).first()
    except ValidationError:
        row = None
    if row is None:
        raise NotVisible(str(ref))
    return row


def get_place(actor: Actor, number: str) -> KeptPlace:
    return one(visible_places(actor).select_related("site", "venue", "matter"), number)


def locked_place(actor: Actor, number: str, permission: str) -> KeptPlace:
    """A place, locked, for who may do this there: a group only while it keeps the place."""
    kept = one(visible_places(actor).select_for_update(of=("self",)), number)
    policy.require(actor, permission, target_of_place(kept))
    return kept


def may(actor: Actor, permission: str, kept: KeptPlace) -> bool:
    return policy.can(actor, permission, target_of_place(kept))


def locked_keeping(actor: Actor, number: str) -> Keeping:
    return one(visible_keepings(actor).select_for_update(of=("self",)), number)


def acting_group(actor: Actor, permission: str, kept: KeptPlace) -> Organisation | None:
    """In whose name somebody acts at a place: the group of theirs that keeps it; who works there acts for the
    group that has kept it longest. None where nobody keeps it."""
    found = kept.keepings.filter(state="kept").select_related("org").order_by("starts_on", "id")
    orgs = [row.org for row in found]
    own = [org for org in orgs if org.pk in actor.orgs]
    chosen = (own or orgs or [None])[0]
    if chosen is None:
        policy.require(actor, permission, Target(kept.place))
    return chosen


def get_group(group_id: UUID | str) -> Organisation:
    """An open group, or NotVisible (404)."""
    rows = Organisation.objects.filter(kind__in=Organisation.GROUPS, closed_on=None)
    return by_id(rows, group_id)


def see_group(actor: Actor, group_id: UUID | str) -> Organisation:
    """A group whose page the actor may open: a public one, one's own, or one where one works."""
    group = by_id(Organisation.objects.filter(kind__in=Organisation.GROUPS), group_id)
    hidden = not group.is_public and group.pk not in actor.orgs
    if hidden and not policy.can(actor, MANAGE, group_target(group)):
        raise NotVisible(str(group_id))
    return group


def at_home(group: Organisation, place: str) -> bool:
    """Whether a place lies where the group is at home: its community, or one of its street's."""
    return codes.contains(codes.community(group.place) or group.place, place)


def require_home(actor: Actor, permission: str, group: Organisation, place: str) -> None:
    """The permission for a group at a place. A right that somebody has through a group holds at its home."""
    policy.require(actor, permission, Target(place, orgs=frozenset({group.pk})))
    if not at_home(group, place):
        raise NotAllowed("not-at-home", _("小组只能照看自己社区里的地方。"))


# Rotas -------------------------------------------------------------------------------------------------


def visible_rotas(actor: Actor) -> QuerySet[Rota]:
    """Those of one's groups and of places one works for; names are on them."""
    taken, managed = policy.visible(actor, TAKE, OF_ORG), policy.visible(actor, ROTA, OF_ORG)
    # An empty condition means everything: joined with OR it would vanish instead.
    seen = taken | managed if taken and managed else Q()
    return Rota.objects.filter(seen).select_related("org", "kept")


def get_rota(actor: Actor, number: str) -> Rota:
    return one(visible_rotas(actor), number)


def locked_rota(actor: Actor, number: str) -> Rota:
    rota = one(visible_rotas(actor).select_for_update(of=("self",)), number)
    policy.require(actor, ROTA, target_of_rota(rota))
    return rota


def locked_duty(actor: Actor, duty_id: UUID | str) -> Duty:
    """A seat of a rota that the actor sees, locked."""
    rows = Duty.objects.filter(rota__in=visible_rotas(actor)).select_for_update(of=("self",))
    return by_id(rows.select_related("rota__org", "rota__kept"), duty_id)


def manages(actor: Actor, rota: Rota) -> bool:
    return policy.can(actor, ROTA, target_of_rota(rota))
