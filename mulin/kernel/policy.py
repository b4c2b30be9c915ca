"""Who may do what: one table (policy.csv), two checks.

`require(actor, permission, target)` in every action and `visible(actor, permission, fields)` on every
queryset are built from the same scopes, so a list and a single object can never disagree.
What the table does not grant is refused; a permission that it does not name raises.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotAllowed

POLICY_FILE = Path(__file__).parent / "packs" / "policy.csv"
EVERYBODY = ("anyone", "resident", "verified")
GRANTS = {"place", "unit", "own", "all"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a permission is asked for: where it lies and whose it is."""

    place: str = ""
    grid: str = ""
    building: str = ""
    orgs: frozenset[UUID] = frozenset()
    owners: frozenset[UUID] = frozenset()
    receipts: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """One reason to be allowed: everything, a range of places, a grid, a building, a unit's or one's own."""

    kind: str
    low: str = ""
    high: str = ""
    ids: frozenset[UUID] = frozenset()

    def covers(self, target: Target) -> bool:
        if self.kind == "all":
            return True
        if self.kind == "range":
            return self.low <= target.place < self.high
        if self.kind == "grid":
            return target.grid == self.low or self.low <= target.place < self.high
        if self.kind == "building":
            return target.building == self.low
        if self.kind == "unit":
            return bool(self.ids & target.orgs)
        if self.kind == "own":
            return bool(self.ids & target.owners)
        return bool(self.ids & target.receipts)

    def q(self, fields: "Fields") -> Q:
        if self.kind == "all":
            return Q()
        if self.kind == "range":
            if fields.divisions and codes.level(self.low) >= codes.Level.COMMUNITY:
                return Q(**{fields.place: self.low})
            return Q(**{f"{fields.place}__gte": self.low, f"{fields.place}__lt": self.high})
        if self.kind in {"grid", "building"}:
            name = fields.grid if self.kind == "grid" else fields.building
            return Q(**{name: self.low}) if name else NOTHING
        name = {"unit": fields.orgs, "own": fields.owners, "receipt": fields.receipts}[self.kind]
        return Q(**{f"{name}__in": list(self.ids)}) if name else NOTHING


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of a model's columns that say where a row lies and whose it is; empty: it has none.

    `divisions`: the place is a division, nothing below one, so that a community is one value of its index.
    """

    place: str = "place"
    grid: str = ""
    building: str = ""
    orgs: str = ""
    owners: str = ""
    receipts: str = ""
    divisions: bool = False


NOTHING = Q(pk__in=[])


@cache
def table() -> dict[str, dict[str, frozenset[str]]]:
    """permission -> role -> grants, as the file says."""
    grants: dict[str, dict[str, frozenset[str]]] = {}
    with POLICY_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        roles = [name for name in rows.fieldnames or () if name not in {"permission", "zh", "en"}]
        for row in rows:
            permission = row["permission"].strip()
            if permission in grants:
                raise ValueError(f"{POLICY_FILE.name}: {permission} is listed twice")
            grants[permission] = {}
            for role in roles:
                cell = frozenset((row[role] or "").split("+")) - {""}
                if cell - GRANTS:
                    raise ValueError(
                        f"{POLICY_FILE.name}: {permission}/{role}: {sorted(cell - GRANTS)} is no grant"
                    )
                if cell:
                    grants[permission][role] = cell
    return grants


def roles() -> list[str]:
    with POLICY_FILE.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(line for line in file if not line.startswith("#")))
    return [name for name in header if name not in {"permission", "zh", "en", *EVERYBODY}]


def scopes(actor: Actor, permission: str) -> list[Scope]:
    """Every reason why the actor holds the permission."""
    if permission not in table():
        raise ValueError(f"permission {permission!r} is not in {POLICY_FILE.name}")
    if actor.is_system:
        return [Scope("all")]
    if actor.restricted_to is not None and permission not in actor.restricted_to:
        return []
    row = table()[permission]
    found: list[Scope] = []
    for name in _everybody_roles(actor):
        found += _grant_scopes(row.get(name, frozenset()), actor, None)
    for post in actor.posts:
        found += _grant_scopes(row.get(post.role, frozenset()), actor, post)
    return [Scope("all")] if any(s.kind == "all" for s in found) else found


def _everybody_roles(actor: Actor) -> Iterable[str]:
    yield "anyone"
    if actor.account:
        yield "resident"
        if actor.is_verified:
            yield "verified"


def _grant_scopes(grants: frozenset[str], actor: Actor, post) -> Iterable[Scope]:
    if "all" in grants:
        yield Scope("all")
    if "own" in grants:
        if actor.account:
            yield Scope("own", ids=frozenset({actor.account}))
        if actor.receipts:
            yield Scope("receipt", ids=actor.receipts)
    if post is None:
        return
    if "place" in grants and post.place:
        low, high = codes.bounds(post.place)
        kind = {"G": "grid", "B": "building"}.get(post.place[13:14], "range")
        yield Scope(kind, post.place if kind != "range" else low, high)
    if "unit" in grants and post.org:
        yield Scope("unit", ids=frozenset({post.org}))


def can(actor: Actor, permission: str, target: Target | str) -> bool:
    target = Target(place=target) if isinstance(target, str) else target
    return any(scope.covers(target) for scope in scopes(actor, permission))


def can_somewhere(actor: Actor, permission: str) -> bool:
    """Whether the actor holds the permission at any place: for showing an entry of a menu."""
    return bool(scopes(actor, permission))


def require(actor: Actor, permission: str, target: Target | str) -> None:
    """Raise NotAllowed (403) unless the table grants it. Who has not logged in has no post to speak of."""
    if not can(actor, permission, target):
        if actor.is_anonymous:
            raise NotAllowed("not-allowed", _("请先登录。"))
        if not actor.posts:
            raise NotAllowed("not-allowed", _("这一步要由本人，或者有这个岗位的工作人员来办。"))
        raise NotAllowed("not-allowed", _("您现在的岗位不能做这件事。需要时请联系本社区或上级的管理员。"))


def visible(actor: Actor, permission: str, fields: Fields = Fields()) -> Q:
    """The condition on a queryset that keeps just the rows for which `can` would say yes."""
    condition = None
    for scope in scopes(actor, permission):
        q = scope.q(fields)
        if not q:
            return Q()
        condition = q if condition is None else condition | q
    return NOTHING if condition is None else condition
