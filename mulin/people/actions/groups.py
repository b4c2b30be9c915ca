"""Groups of neighbours: club, team, council, courtyard group. Members hold posts in them, with terms."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import ThreadLink
from mulin.kernel.policy import can, require
from mulin.people import queries, states
from mulin.people.actions.organisations import locked_organisation
from mulin.people.actions.posts import end_now
from mulin.people.models import Organisation, Post
from mulin.places.models import Site


def _locked_group(actor: Actor, group_id: UUID) -> Organisation:
    group = locked_organisation(group_id)
    if not group.is_group:
        raise NotVisible
    target = queries.group_target(group)
    if not group.is_public and not can(actor, "people.group:manage", target) and group.pk not in actor.orgs:
        raise NotVisible
    require(actor, "people.group:manage", target)
    return group


def create_group(
    *, actor: Actor, name: str, kind: str, place: str, leader_id: UUID | None = None, about: str = "",
    is_public: bool = True, grown_from: tuple[str, UUID] | None = None,
) -> Organisation:  # fmt: skip
    """A new group at a community or street, with its first leader if one is named.

    `grown_from`: the kind (`voices.matter`) and id of what it grew out of; the pages of both show it.
    Needs `people.group:manage` there. Raises ActionError `no-name`, `no-kind`, `no-place`, `name-taken`.
    """
    if not name.strip():
        raise ActionError("no-name", _("请给小组起个名字。"), field="name")
    if kind not in Organisation.GROUPS:
        raise ActionError("no-kind", _("请选小组的类型。"), field="kind")
    if not queries.place_exists(place) or codes.level(place) not in {9, 12}:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place")
    require(actor, "people.group:manage", place)
    with write():
        if Organisation.objects.filter(name=name.strip(), place=place, closed_on=None).exists():
            raise ActionError("name-taken", _("这里已经有同名的小组。"), field="name")
        group = Organisation.objects.create(
            name=name.strip()[:80], kind=kind, place=place, about=about.strip(), is_public=is_public
        )
        data = {"kind": kind}
        if leader_id:
            leader = queries.get_account(leader_id)
            _join(actor, group, leader.pk, "group_leader", None)
            data["account"] = str(leader.pk)
        if grown_from:
            kind_of, parent = grown_from
            ThreadLink.objects.create(
                child_kind="people.organisation", child=group.pk, parent_kind=kind_of, parent=parent
            )
        journal.record(
            "people.group.created", actor=actor, place=place, org=group.pk, subject=group.pk, data=data
        )
    return group


def update_group(
    *,
    actor: Actor,
    group_id: UUID,
    name: str | None = None,
    about: str | None = None,
    is_public: bool | None = None,
    close: bool = False,
) -> Organisation:
    """Change a group, or close it (then everybody's membership ends). Its leader or who manages groups there.

    Raises NotVisible, NotAllowed, ActionError `no-name`.
    """
    with write():
        group = _locked_group(actor, group_id)
        if name is not None:
            if not name.strip():
                raise ActionError("no-name", _("请给小组起个名字。"), field="name")
            group.name = name.strip()[:80]
        group.about = group.about if about is None else about.strip()
        group.is_public = group.is_public if is_public is None else is_public
        if close:
            group.closed_on = today()
            for post in Post.objects.filter(queries.in_force(), org=group):
                end_now(post)
        group.save()
        code = "people.group.closed" if close else "people.group.changed"
        journal.record(code, actor=actor, place=group.place, org=group.pk, subject=group.pk)
    return group


def _join(actor: Actor, group: Organisation, account_id: UUID, role: str, ends_on: date | None) -> Post:
    return Post.objects.create(
        account_id=account_id,
        role=role,
        place=group.place,
        org=group,
        ends_on=ends_on,
        given_by=actor.account,
    )


def add_member(
    *, actor: Actor, group_id: UUID, account_id: UUID, role: str = "group_member", ends_on: date | None = None
) -> Post:
    """Take someone into a group as member or leader, for a term or until they leave; or change their role.

    The group's leader may, or who manages groups at its place. Raises NotVisible, NotAllowed, ActionError
    `no-role`, `bad-term`, `has-it`.
    """
    if role not in states.GROUP_ROLES:
        raise ActionError("no-role", _("请选成员或负责人。"), field="role")
    if ends_on is not None and ends_on < today():
        raise ActionError("bad-term", _("结束日期不能是过去。"), field="ends_on")
    with write():
        group = _locked_group(actor, group_id)
        account = queries.get_account(account_id)
        old = Post.objects.filter(queries.in_force(), org=group, account=account).first()
        if old and old.role == role and old.ends_on == ends_on:
            raise ActionError("has-it", _("这个人已经在小组里了。"))
        if old:
            end_now(old)
        post = _join(actor, group, account.pk, role, ends_on)
        data = {"role": role, "account": str(account.pk)}
        journal.record(
            "people.group.joined", actor=actor, place=group.place, org=group.pk, subject=post.pk, data=data
        )
    return post


def end_membership(*, actor: Actor, post_id: UUID) -> Post:
    """Someone leaves a group: by themselves, or taken out by its leader or who manages groups there.

    Raises NotVisible, NotAllowed, ActionError `over`.
    """
    with write():
        rows = Post.objects.select_for_update(of=("self",)).select_related("org")
        post = rows.filter(pk=post_id, role__in=states.GROUP_ROLES).first()
        if post is None:
            raise NotVisible
        if actor.account is None or post.account_id != actor.account:
            _locked_group(actor, post.org_id)
        if post.ends_on is not None and post.ends_on < today():
            raise ActionError("over", _("这个人已经不在小组里了。"))
        end_now(post)
        data = {"role": post.role, "account": str(post.account_id)}
        journal.record(
            "people.group.left", actor=actor, place=post.place, org=post.org_id, subject=post.pk, data=data
        )
    return post


def adopt_place(*, actor: Actor, group_id: UUID, site: str = "") -> Organisation:
    """A group takes a place into its care (a courtyard, a building, a garden's grid), or with no `site` gives
    it back. Its leader may, or who manages groups there; the place must lie where the group does.

    Raises NotVisible, NotAllowed, ActionError `no-place`, `elsewhere`.
    """
    with write():
        group = _locked_group(actor, group_id)
        found = Site.objects.filter(code=site, valid_to=None).first() if site else None
        if site and found is None:
            raise ActionError("no-place", _("找不到这个地方。"), field="site")
        if found and not codes.contains(group.place, found.code):
            raise ActionError("elsewhere", _("这个地方不在小组所在的社区里。"), field="site")
        group.adopted = found
        group.save(update_fields=["adopted"])
        code = "people.group.adopted" if found else "people.group.released"
        journal.record(
            code,
            actor=actor,
            place=group.place,
            org=group.pk,
            subject=group.pk,
            data={"site": site} if site else {},
        )
    return group
