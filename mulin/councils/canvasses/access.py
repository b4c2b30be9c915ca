"""Who may do what with a canvass. The figures belong to who manages the place; households, ties and plans
only to the campaign's own leaders, whatever post somebody holds."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from mulin.councils.canvasses.models import Canvass, Canvasser
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

VIEW, MANAGE = "councils.canvass:view", "councils.canvass:manage"
LEAD, VISIT = "councils.canvass:lead", "councils.canvass:visit"
FIELDS = Fields(orgs="org_id", divisions=True)


def target_of(canvass: Canvass, role: str = "") -> Target:
    """What permissions are asked for; with a role, those who hold it are its owners."""
    rows = Canvasser.objects.filter(canvass=canvass, role=role) if role else Canvasser.objects.none()
    owners = frozenset(rows.values_list("account", flat=True)) if role else frozenset()
    orgs = frozenset({canvass.org_id}) if canvass.org_id else frozenset()
    return Target(place=canvass.place, orgs=orgs, owners=owners)


def may_manage(actor: Actor, canvass: Canvass) -> bool:
    return policy.can(actor, MANAGE, target_of(canvass))


def may_lead(actor: Actor, canvass: Canvass) -> bool:
    """Whether the actor leads this campaign and so sees its households. Nobody does by a post alone."""
    return not actor.is_system and policy.can(actor, LEAD, target_of(canvass, "leader"))


def led_by(actor: Actor, canvasses: Iterable[Canvass]) -> set[UUID]:
    """Which of them the actor leads. One statement; the same as `may_lead` of each."""
    if actor.account is None or not policy.can(actor, LEAD, Target(owners=frozenset({actor.account}))):
        return set()
    mine = Canvasser.objects.filter(canvass__in=list(canvasses), account=actor.account, role="leader")
    return set(mine.values_list("canvass", flat=True))


def visible_canvasses(actor: Actor) -> QuerySet[Canvass]:
    """Canvasses whose figures the actor may see at the desk, or that they lead; newest first."""
    seen = policy.visible(actor, VIEW, FIELDS)
    if not seen:
        return Canvass.objects.order_by("-id")
    led = Canvasser.objects.filter(account=actor.account, role="leader").values("canvass")
    return Canvass.objects.filter(seen | Q(pk__in=led)).order_by("-id")


def _one(rows: QuerySet[Canvass], number: str, lock: bool) -> Canvass:
    rows = rows.filter(number=clean_number(number)).order_by()
    found = (rows.select_for_update() if lock else rows.select_related("topic")).first()
    if found is None:
        raise NotVisible(number)
    return found


def get_canvass(actor: Actor, number: str, *, lock: bool = False) -> Canvass:
    """One for the desk: its frame and figures. NotVisible (404) otherwise."""
    return _one(visible_canvasses(actor), number, lock)


def get_led(actor: Actor, number: str, *, lock: bool = False) -> Canvass:
    """One with its households, for its leaders only: NotVisible where even the figures are hidden, NotAllowed
    (403) for who sees only those."""
    found = get_canvass(actor, number, lock=lock)
    policy.require(actor, LEAD, target_of(found, "leader"))
    return found


def get_public(number: str) -> Canvass:
    """One that has begun. NotVisible (404) otherwise."""
    return _one(Canvass.objects.exclude(state="planned"), number, False)


def canvasser_of(actor: Actor, canvass: Canvass) -> Canvasser | None:
    """The actor's own part as one who knocks on doors, while the campaign runs."""
    if actor.account is None or canvass.state != "running" or actor.restricted_to is not None:
        return None
    return Canvasser.objects.filter(canvass=canvass, account=actor.account, role="canvasser").first()


def get_own(actor: Actor, number: str, *, lock: bool = False) -> tuple[Canvass, Canvasser]:
    """A running canvass for one who knocks on doors for it, or NotVisible (404)."""
    found = _one(Canvass.objects.filter(state="running"), number, lock)
    me = canvasser_of(actor, found)
    if me is None or not policy.can(actor, VISIT, Target(owners=frozenset({me.account_id}))):
        raise NotVisible(number)
    return found, me


def own_canvasses(account: UUID | None) -> QuerySet[Canvass]:
    """Running canvasses for which a person knocks on doors."""
    mine = Canvasser.objects.filter(account=account, role="canvasser").values("canvass")
    return Canvass.objects.filter(state="running", pk__in=mine).order_by("-id")
