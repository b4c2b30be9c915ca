"""Posts: given for a term, ended, handed over, deputised."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import is_postgres, write
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.policy import Target, require
from mulin.people import queries, states
from mulin.people.actions.accounts import lock_account
from mulin.people.models import Account, Organisation, Post

ADMINS_LOCK = 0x61646D69


def _target(post: Post) -> Target:
    orgs = frozenset({post.org_id}) if post.org_id else frozenset()
    return Target(place=post.place, orgs=orgs, owners=frozenset({post.account_id}))


def _may_give(actor: Actor, role: str, place: str) -> None:
    """Who gives which post: the permission at the place, and the rule that keeps a post from giving a higher
    one. Raises NotAllowed."""
    require(actor, "people.post:give", place)
    if actor.is_system:
        return
    table = rulebook.value("people.post.given_by", at=settings.MULIN_SITE_PLACE)
    for post in actor.posts:
        allowed = table.get(post.role, [])
        if ("*" in allowed or role in allowed) and post.place and codes.contains(post.place, place):
            return
    raise NotAllowed(
        "not-this-post", _("您的岗位不能任免“%(role)s”。请找上级。") % {"role": states.role_name(role)}
    )


def _check_role(role: str, place: str) -> None:
    if role not in policy.roles() or role not in states.ROLES:
        raise ActionError("no-role", _("没有这种岗位。"), field="role")
    if role in states.GROUP_ROLES:
        raise ActionError("group-role", _("小组成员请在小组里添加。"), field="role")
    if not queries.place_exists(place):
        raise ActionError("no-place", _("找不到这个地方。"), field="place")
    if codes.level(place) not in states.ROLES[role][1]:
        text = _("“%(role)s”不能设在这一级。") % {"role": states.role_name(role)}
        raise ActionError("wrong-level", text, field="place")


def _check_term(begins_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < max(begins_on, today()):
        raise ActionError("bad-term", _("结束日期要在开始日期之后，也不能是过去。"), field="ends_on")


def _active(account: Account) -> Account:
    """A closed account holds no post: nobody could act by it, and it might be the last administrator's."""
    if not account.is_active:
        raise ActionError("inactive", _("这个账户已停用。"))
    return account


def _open_organisation(org_id: UUID) -> Organisation:
    org = Organisation.objects.filter(pk=org_id, closed_on=None).first()
    if org is None or org.is_group:
        raise ActionError("no-organisation", _("找不到这个单位，或它已撤销。"), field="org")
    return org


def give_post(
    *,
    actor: Actor,
    account_id: UUID,
    role: str,
    place: str,
    org_id: UUID | None = None,
    title: str = "",
    begins_on: date | None = None,
    ends_on: date | None = None,
) -> Post:
    """Give someone a role at a place for a term (both days included; no end: until ended).

    Needs `people.post:give` at the place, and the rule `people.post.given_by` must let the giver's post give
    this one. Raises ActionError `no-role`, `group-role`, `no-place`, `wrong-level`, `bad-term`,
    `no-organisation`, `inactive`, `has-it`; NotAllowed.
    """
    _check_role(role, place)
    _may_give(actor, role, place)
    begins_on = begins_on or today()
    _check_term(begins_on, ends_on)
    with write():
        # Locked: the same post given twice at once, or given while the account is being closed.
        account = _active(lock_account(account_id))
        org = _open_organisation(org_id) if org_id else None
        same = Post.objects.filter(account=account, role=role, place=place, org=org, deputy_for=None)
        if any(post.ends_on is None or post.ends_on >= begins_on for post in same):
            raise ActionError("has-it", _("这个人已经有同样的岗位。"))
        post = Post.objects.create(
            account=account,
            role=role,
            place=place,
            org=org,
            title=title.strip()[:40],
            begins_on=begins_on,
            ends_on=ends_on,
            given_by=actor.account,
        )
        _record("people.post.given", actor, post)
    return post


def _record(code: str, actor: Actor, post: Post, **data) -> None:
    facts = {"role": post.role, "at": post.place, "account": str(post.account_id), **data}
    journal.record(code, actor=actor, place=post.place, org=post.org_id, subject=post.pk, data=facts)


def _locked(post_id: UUID) -> Post:
    post = Post.objects.select_for_update().filter(pk=post_id).first()
    if post is None:
        raise NotVisible
    return post


def _see(actor: Actor, post: Post) -> None:
    if post.account_id != actor.account and not policy.can(actor, "people.post:view", _target(post)):
        raise NotVisible


def keep_an_admin(post: Post) -> None:
    """Nobody can lock the house from inside: the last administrator's post stays until another has one.

    The caller has locked the rows that it is going to end. From here on one at a time, until the transaction
    is over: else two administrators who end each other's posts would each see the other's.
    """
    if post.role != "admin" or post.deputy_for_id:
        return
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINS_LOCK])
    others = Post.objects.filter(queries.in_force(), role="admin", deputy_for=None, account__is_active=True)
    if not others.exclude(pk=post.pk).exclude(account_id=post.account_id).exists():
        raise ActionError("last-admin", _("这是最后一位管理员。请先给另一个人管理员岗位。"))


def end_now(post: Post) -> None:
    """Out of force from this moment: its last day was yesterday. Internal, no journal line."""
    post.ends_on = today() - timedelta(days=1)
    post.save(update_fields=["ends_on"])


def _is_over(post: Post) -> bool:
    return post.ends_on is not None and post.ends_on < today()


def end_post(*, actor: Actor, post_id: UUID, on: date | None = None) -> Post:
    """End a post now, or with `on` as its last day. One may always lay down one's own deputyship.

    Needs `people.post:give` at its place. Raises NotVisible, NotAllowed, ActionError `over`, `bad-term`,
    `last-admin`.
    """
    with write():
        post = _locked(post_id)
        _see(actor, post)
        mine = post.deputy_for_id and actor.account in {post.account_id, post.deputy_for.account_id}
        if not mine:
            _may_give(actor, post.role, post.place)
        if _is_over(post):
            raise ActionError("over", _("这个岗位已经结束了。"))
        keep_an_admin(post)
        if on is None:
            end_now(post)
        else:
            _check_term(post.begins_on, on)
            post.ends_on = on
            post.save(update_fields=["ends_on"])
        _record("people.post.ended", actor, post)
    return post


def hand_over(*, actor: Actor, post_id: UUID, to_account_id: UUID, on: date | None = None) -> Post:
    """Someone else takes over a post from a day on (today by default); the old holder keeps it until the day
    before. Deputies of the old holder end with it. Needs `people.post:give` at its place.

    Raises NotVisible, NotAllowed, ActionError `over`, `bad-term`, `same-person`, `is-deputy`, `inactive`.
    """
    with write():
        old = _locked(post_id)
        _see(actor, old)
        _may_give(actor, old.role, old.place)
        if _is_over(old):
            raise ActionError("over", _("这个岗位已经结束了。"))
        if old.deputy_for_id:
            raise ActionError("is-deputy", _("代理不能再移交。请结束代理，另请一位。"))
        if old.account_id == to_account_id:
            raise ActionError("same-person", _("接手的人和现在的人是同一位。"))
        begins_on = on or today()
        if begins_on < today() or (old.ends_on and old.ends_on < begins_on):
            raise ActionError("bad-term", _("接手日期要在今天以后、任期之内。"), field="on")
        new = Post.objects.create(
            account=_active(queries.get_account(to_account_id)),
            role=old.role,
            place=old.place,
            org_id=old.org_id,
            title=old.title,
            begins_on=begins_on,
            ends_on=old.ends_on,
            given_by=actor.account,
        )
        old.ends_on = begins_on - timedelta(days=1)
        old.save(update_fields=["ends_on"])
        _record("people.post.handed_over", actor, new, before=str(old.account_id), old=str(old.pk))
    return new


def name_deputy(
    *, actor: Actor, post_id: UUID, account_id: UUID, begins_on: date | None = None, ends_on: date
) -> Post:
    """Let someone stand in for a post for a while. The holder may, or who may give the post.

    The deputy acts only while the post itself is in force. Raises NotVisible, NotAllowed, ActionError `over`,
    `is-deputy`, `same-person`, `bad-term`, `too-long` (rule people.deputy.max_days), `has-it`.
    """
    begins_on = begins_on or today()
    _check_term(begins_on, ends_on)
    longest = rulebook.value("people.deputy.max_days", at=settings.MULIN_SITE_PLACE)
    if (ends_on - begins_on).days >= longest:
        raise ActionError("too-long", _("代理最长 %(days)s 天。") % {"days": longest}, field="ends_on")
    with write():
        post = _locked(post_id)
        _see(actor, post)
        if post.account_id == actor.account:
            require(actor, "people.post:deputise", _target(post))
        else:
            _may_give(actor, post.role, post.place)
        if _is_over(post):
            raise ActionError("over", _("这个岗位已经结束了。"))
        if post.deputy_for_id or post.role in states.GROUP_ROLES:
            raise ActionError("is-deputy", _("这个岗位不能请人代理。"))
        deputy = _active(queries.get_account(account_id))
        _check_deputy(post, deputy, begins_on)
        stand_in = Post.objects.create(
            account=deputy,
            role=post.role,
            place=post.place,
            org_id=post.org_id,
            begins_on=begins_on,
            ends_on=ends_on,
            deputy_for=post,
            given_by=actor.account,
        )
        _record("people.post.deputised", actor, stand_in, until=ends_on.isoformat())
    return stand_in


def _check_deputy(post: Post, deputy: Account, begins_on: date) -> None:
    if deputy.pk == post.account_id:
        raise ActionError("same-person", _("不能请自己代理。"))
    if Post.objects.filter(deputy_for=post, account=deputy, ends_on__gte=begins_on).exists():
        raise ActionError("has-it", _("这个人已经在代理这个岗位。"))
