"""Reads about people: the actor of an account, posts, residences, units and groups.

`visible` conditions come from the policy table; what is not visible raises NotVisible, as if it were not.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from mulin.kernel import codes, policy
from mulin.kernel.actors import ANONYMOUS, Actor, PostRef
from mulin.kernel.clock import today
from mulin.kernel.errors import NotVisible
from mulin.kernel.policy import Fields, Target, visible
from mulin.people import phones, states
from mulin.people.models import Account, ApiToken, Household, Organisation, Post, Residence, SecretRead
from mulin.places.models import Division, Site

RESIDENCE_FIELDS = Fields(
    place="household__place", grid="household__grid", building="household__building", owners="account_id"
)
POST_FIELDS = Fields(place="place", orgs="org_id", owners="account_id")


def in_force(prefix: str = "") -> Q:
    """Posts whose term includes today, both ends included."""
    begins, ends = f"{prefix}begins_on", f"{prefix}ends_on"
    return Q(**{f"{begins}__lte": today()}) & (Q(**{ends: None}) | Q(**{f"{ends}__gte": today()}))


def actor_for(account: Account) -> Actor:
    """The actor of an account with the posts it holds today, its own and those it deputises for.

    A deputy acts only while the deputised post is in force too. One query when the account was loaded by
    `Account.objects.for_request()`, else two.
    """
    if not account.is_authenticated or account.erased_at or not account.is_active:
        return ANONYMOUS
    rows = (
        Post.objects.filter(in_force(), account_id=account.pk)
        .filter(Q(deputy_for=None) | in_force("deputy_for__"))
        .order_by("id")
        .annotate(d_role=F("deputy_for__role"), d_place=F("deputy_for__place"), d_org=F("deputy_for__org_id"))
        .values_list("id", "role", "place", "org_id", "deputy_for_id", "d_role", "d_place", "d_org")
    )
    refs = tuple(
        PostRef(d_role, d_place, d_org, post_id, True) if deputy else PostRef(role, place, org, post_id)
        for post_id, role, place, org, deputy, d_role, d_place, d_org in rows
    )
    verified = getattr(account, "lives_here", None)
    if verified is None:
        verified = Residence.objects.filter(account_id=account.pk, state="confirmed").exists()
    return Actor(account=account.pk, name=str(account), posts=refs, is_verified=verified)


def actor_by_id(account_id: UUID) -> Actor:
    """Raises Account.DoesNotExist."""
    return actor_for(Account.objects.for_request().get(pk=account_id))


def needs_second_factor(account: Account, actor: Actor) -> bool:
    """Whether this person's posts ask for a second factor that the account does not have yet.

    Demo accounts are excused, and so are neighbours who help in their spare time (states.VOLUNTEERS).
    """
    if account.is_demo or not (actor.roles - states.VOLUNTEERS):
        return False
    found = getattr(account, "has_second_factor", None)
    if found is None:
        from allauth.mfa.models import Authenticator

        found = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()
    return not found


def without_second_factor() -> QuerySet[Account]:
    """Accounts whose posts ask for a second factor that they do not have yet."""
    from allauth.mfa.models import Authenticator

    posts = Post.objects.filter(in_force()).exclude(role__in=states.VOLUNTEERS)
    has = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    alive = Account.objects.filter(is_active=True, erased_at=None, is_demo=False)
    return alive.filter(~Exists(has), pk__in=posts.values("account"))


def place_names(wanted: set[str]) -> dict[str, str]:
    """Codes (divisions and things below them) -> names; a code without a name stays itself. Two queries."""
    wanted = {code for code in wanted if code}
    divisions = {code for code in wanted if "-" not in code}
    names = {code: code for code in wanted}
    if divisions:
        rows = Division.objects.filter(code__in=divisions, system="nbs").order_by("valid_from")
        names |= {row.code: str(row) for row in rows}
    if wanted - divisions:
        names |= dict(Site.objects.filter(code__in=wanted - divisions).values_list("code", "name"))
    return names


def place_exists(code: str) -> bool:
    """Whether a division or a thing below one is on file and in force; the whole country always is."""
    if not codes.is_valid(code):
        return False
    if code == codes.COUNTRY:
        return True
    still = Q(valid_to=None) | Q(valid_to__gte=today())
    if "-" in code:
        return Site.objects.filter(still, code=code).exists()
    return Division.objects.filter(still, code=code).exists()


# Accounts


def get_account(account_id: UUID) -> Account:
    """An account that was not erased. Raises NotVisible."""
    account = Account.objects.filter(pk=account_id, erased_at=None).first()
    if account is None:
        raise NotVisible
    return account


def find_account(actor: Actor, text: str) -> Account | None:
    """The one account with exactly this log-in name or telephone number, for giving a post or a place in a
    group. There is no browsing of people. Raises NotVisible for who may give neither."""
    if not any(policy.can_somewhere(actor, p) for p in ("people.post:give", "people.group:manage")):
        raise NotVisible
    alive = Account.objects.filter(erased_at=None, is_active=True)
    text = text.strip()
    return alive.filter(username=text).first() or account_by_phone(text, alive)


def account_by_phone(text: str, among: QuerySet[Account] | None = None) -> Account | None:
    """The account of a telephone number; one that proved the number wins over one that only named it."""
    from mulin.kernel.secrets import fingerprint

    try:
        phone = phones.normalise(text)
    except ValueError:
        return None
    rows = Account.objects.filter(erased_at=None) if among is None else among
    return rows.filter(phone_hash=fingerprint(phone, "phone")).order_by("-phone_verified", "-id").first()


def account_by_login(*, username: str = "", phone: str = "", **_others: str) -> UUID | None:
    """The key of the account that a log-in name or number leads to, so that both are counted as one."""
    named = Account.objects.filter(username=username).first() if username else None
    found = named or (account_by_phone(phone) if phone else None)
    return found.pk if found else None


def account_places(account_id: UUID) -> set[str]:
    """Where an account lives, wants to live, or holds a post: who may deal with it must cover these."""
    posts = Post.objects.filter(in_force(), account_id=account_id).values_list("place", flat=True)
    homes = Residence.objects.filter(account_id=account_id, state__in=["asked", "confirmed"])
    home = Account.objects.filter(pk=account_id).exclude(home_place="").values_list("home_place", flat=True)
    return {*posts, *homes.values_list("household__place", flat=True), *home}


# Posts


def list_posts(actor: Actor, place: str = "", *, ended: bool = False) -> list[Post]:
    """Posts that the actor may see, inside `place` if one is given; also over ones with `ended`."""
    rows = Post.objects.filter(visible(actor, "people.post:view", POST_FIELDS)).exclude(
        role__in=states.GROUP_ROLES
    )
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(place__gte=low, place__lt=high)
    if not ended:
        rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today()))
    return list(
        rows.select_related("account", "org", "deputy_for__account").order_by("place", "role", "id")[:500]
    )


def my_posts(actor: Actor) -> list[Post]:
    """One's own posts in force or to come, deputies named for them included."""
    rows = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today()), account_id=actor.account)
    return list(
        rows.select_related("org", "deputy_for__account").prefetch_related("deputies__account").order_by("id")
    )


def holders(roles: set[str], place: str) -> list[UUID]:
    """Accounts that hold one of these roles today at exactly this place: for telling them something."""
    rows = Post.objects.filter(in_force(), role__in=roles, place=place, deputy_for=None)
    return list(rows.values_list("account_id", flat=True).distinct())


# Residences


def residence_target(residence: Residence) -> Target:
    house = residence.household
    return Target(place=house.place, grid=house.grid, building=house.building)


def pending_residences(actor: Actor) -> QuerySet[Residence]:
    """Requests to be confirmed as living somewhere that wait for the actor, the longest wait first."""
    rows = Residence.objects.filter(state="asked").exclude(account_id=actor.account)
    rows = rows.filter(visible(actor, "people.residence:confirm", RESIDENCE_FIELDS))
    return rows.select_related("account", "household").order_by("created_at")


def get_pending_residence(actor: Actor, residence_id: UUID) -> Residence:
    """One request, decided or not, that the actor may decide. Raises NotVisible."""
    rows = Residence.objects.filter(visible(actor, "people.residence:confirm", RESIDENCE_FIELDS))
    found = rows.select_related("account", "household").filter(pk=residence_id).first()
    if found is None:
        raise NotVisible
    return found


def my_residences(actor: Actor) -> list[Residence]:
    rows = Residence.objects.filter(account_id=actor.account).select_related("household")
    return list(rows.order_by("-id")[:20])


def building_of(household: Household) -> str:
    return place_names({household.building})[household.building]


def buildings(place: str) -> list[Site]:
    """Buildings of a community, for choosing one's own."""
    rows = Site.objects.filter(community=place[:12], kind="building", valid_to=None)
    return list(rows.order_by("code")[:2000])


def communities() -> list[tuple[str, str]]:
    """Communities whose buildings are on file, as (code, name): where one can ask to be confirmed."""
    found = Site.objects.filter(kind="building", valid_to=None).values_list("community", flat=True).distinct()
    names = place_names(set(found[:2000]))
    return sorted(names.items())


# Units and groups


def list_organisations(place: str = "", kind: str = "", *, actor: Actor = ANONYMOUS) -> list[Organisation]:
    """Open units inside a place, of one kind or all that are no groups. Public ones, and for those who manage
    units there the others too."""
    rows = Organisation.objects.filter(closed_on=None)
    rows = rows.filter(kind=kind) if kind else rows.exclude(kind__in=Organisation.GROUPS)
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(place__gte=low, place__lt=high)
    managed = visible(actor, "people.organisation:manage")
    # An empty condition means everything: joined with OR it would vanish instead.
    seen = (Q(is_public=True) | Q(pk__in=actor.orgs) | managed) if managed else Q()
    return list(rows.filter(seen).order_by("place", "name")[:1000])


def organisations_above(place: str) -> list[Organisation]:
    """Open official units responsible for a place: its own, its street's, its district's."""
    rows = Organisation.objects.filter(closed_on=None, place__in=codes.chain(place))
    return list(rows.exclude(kind__in=Organisation.GROUPS).order_by("-place", "name"))


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group as one person sees it. `members` is empty for who may not see them."""

    group: Organisation
    place: str
    adopted: str
    leaders: list[str]
    size: int
    members: list[Post] = field(default_factory=list)
    can_manage: bool = False
    mine: Post | None = None


def group_target(group: Organisation) -> Target:
    return Target(place=group.place, orgs=frozenset({group.pk}))


def list_groups(place: str = "") -> list[Organisation]:
    """Open, public groups inside a place with their number of members (`size`)."""
    from django.db.models import Count

    rows = Organisation.objects.filter(kind__in=Organisation.GROUPS, closed_on=None, is_public=True)
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(place__gte=low, place__lt=high)
    return list(rows.annotate(size=Count("posts", filter=in_force("posts__"))).order_by("name")[:500])


def group_page(actor: Actor, group_id: UUID) -> GroupPage:
    """A group: outsiders see its leaders, members everybody in it. Raises NotVisible."""
    group = (
        Organisation.objects.filter(pk=group_id, kind__in=Organisation.GROUPS)
        .select_related("adopted")
        .first()
    )
    if group is None:
        raise NotVisible
    members = list(
        Post.objects.filter(in_force(), org=group).select_related("account").order_by("-role", "id")
    )
    mine = next((post for post in members if post.account_id == actor.account), None)
    can_manage = policy.can(actor, "people.group:manage", group_target(group))
    if not group.is_public and not mine and not can_manage:
        raise NotVisible
    leaders = [str(post.account) for post in members if post.role == "group_leader"]
    return GroupPage(
        group=group,
        place=place_names({group.place})[group.place],
        adopted=group.adopted.name if group.adopted else "",
        leaders=leaders,
        size=len(members),
        members=members if mine or can_manage else [],
        can_manage=can_manage,
        mine=mine,
    )


def my_groups(actor: Actor) -> list[Organisation]:
    """Groups the actor belongs to today."""
    mine = Post.objects.filter(in_force(), account_id=actor.account, org=OuterRef("pk"))
    rows = Organisation.objects.filter(Exists(mine), kind__in=Organisation.GROUPS, closed_on=None)
    return list(rows.order_by("name"))


# One's own records


def secret_reads(actor: Actor) -> list[SecretRead]:
    """Who read one's protected details, newest first; `reader_name` is filled in."""
    rows = list(SecretRead.objects.filter(account_id=actor.account).order_by("-id")[:200])
    readers = {a.pk: str(a) for a in Account.objects.filter(pk__in={row.reader for row in rows})}
    for row in rows:
        row.reader_name = readers.get(row.reader, "")
    return rows


def my_tokens(actor: Actor) -> list[ApiToken]:
    return list(ApiToken.objects.filter(account_id=actor.account).order_by("revoked_at", "-id")[:50])


def demo_accounts() -> list[dict[str, Any]]:
    """The accounts of a demo, for its log-in page; empty everywhere else."""
    rows = list(
        Account.objects.filter(is_demo=True, erased_at=None, is_active=True).order_by("created_at", "id")
    )
    posts = Post.objects.filter(in_force(), account__in=rows, deputy_for=None).order_by("id")
    roles: dict[UUID, str] = {}
    for post in posts:
        roles.setdefault(post.account_id, post.role)
    return [
        {"username": a.username, "name": a.name, "role": states.role_name(roles.get(a.pk, ""))}
        for a in rows[:40]
    ]
