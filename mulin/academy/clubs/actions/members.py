"""Who belongs to a club. Nobody is enrolled without asking: a person joins by one tap; who has no account
asks the leader, who writes them down as they are called there."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.clubs import access
from mulin.academy.clubs.actions.life import members_count, record
from mulin.academy.clubs.models import Club, ListedMember
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people.actions.posts import end_now
from mulin.people.models import Post
from mulin.people.queries import in_force

LABEL = 20


def _mine(club: Club, account: UUID | None) -> Post | None:
    return Post.objects.filter(in_force(), org=club.org_id, account_id=account).first() if account else None


def _room(club: Club) -> None:
    if club.state != "running":
        raise ActionError("not-running", _("这个社团现在没有活动，暂时不收新成员。"))
    if club.most is not None and members_count(club) >= club.most:
        raise ActionError("club-full", _("人满了。可以请社区再开一个，您说一声“我也想”就行。"))


def _post(actor: Actor, club: Club, account: UUID, role: str) -> Post:
    return Post.objects.create(
        account_id=account, role=role, place=club.place, org_id=club.org_id, given_by=actor.account
    )


def join_club(*, actor: Actor, number: str) -> Club:
    """Become a member, by one's own tap; a second tap changes nothing. Who: academy.club:join (an account).
    Raises not-running, not-open, club-full."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.JOIN, access.target_of(club))
        if _mine(club, actor.account):
            return club
        if not club.is_open:
            raise ActionError("not-open", _("这个社团现在不收新成员，可以先问问领队。"))
        _room(club)
        post = _post(actor, club, actor.account, "group_member")
        record(actor, club, "academy.club.joined", post=str(post.pk))
    return club


def leave_club(*, actor: Actor, number: str) -> Club:
    """Leave. Who: a member, for themselves. Raises not-a-member, last-leader."""
    with write():
        club = access.locked(actor, number)
        post = _mine(club, actor.account)
        if post is None:
            raise ActionError("not-a-member", _("您不在这个社团里。"))
        _not_the_last(club, post)
        end_now(post)
        record(actor, club, "academy.club.left", post=str(post.pk))
    return club


def _not_the_last(club: Club, post: Post) -> None:
    """A club with members keeps a leader, as long as it has one."""
    others = Post.objects.filter(in_force(), org=club.org_id).exclude(pk=post.pk)
    if post.role == "group_leader" and others.exists() and not others.filter(role="group_leader").exists():
        raise ActionError("last-leader", _("您是唯一的领队。请先请一位成员来当领队。"))


def _member(club: Club, post: UUID) -> Post:
    found = Post.objects.select_for_update().filter(in_force(), pk=post, org=club.org_id).first()
    if found is None:
        raise NotVisible(str(post))
    return found


def appoint_leader(*, actor: Actor, number: str, post: UUID) -> Club:
    """Make a member a leader; they are told. Who: academy.club:lead. Raises is-leader, not-now."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        old = _member(club, post)
        if old.role == "group_leader":
            raise ActionError("is-leader", _("这位已经是领队了。"))
        end_now(old)
        new = _post(actor, club, old.account_id, "group_leader")
        record(actor, club, "academy.club.leader", post=str(new.pk), account=str(old.account_id))
    return club


def release_leader(*, actor: Actor, number: str, post: UUID) -> Club:
    """A leader becomes an ordinary member again. Who: academy.club:lead. Raises not-leader, last-leader."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        old = _member(club, post)
        if old.role != "group_leader":
            raise ActionError("not-leader", _("这位不是领队。"))
        _not_the_last(club, old)
        end_now(old)
        _post(actor, club, old.account_id, "group_member")
        record(actor, club, "academy.club.leader_released", account=str(old.account_id))
    return club


def take_out(*, actor: Actor, number: str, post: UUID) -> Club:
    """End somebody's membership; they are told. Who: academy.club:lead. Raises NotVisible, last-leader."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        old = _member(club, post)
        _not_the_last(club, old)
        end_now(old)
        record(actor, club, "academy.club.taken_out", post=str(old.pk), account=str(old.account_id))
    return club


def list_member(*, actor: Actor, number: str, label: str) -> ListedMember:
    """Write down a member without an account, who asked for it. Who: academy.club:lead. Raises label-missing,
    listed-already, not-running, club-full."""
    label = " ".join(label.split())
    if not label or len(label) > LABEL:
        text = _("请写怎么称呼，最多 %d 个字。") % LABEL
        raise ActionError("label-missing", text, field="label", status=422)
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        _room(club)
        if club.listed.filter(label=label, left_on=None).exists():
            raise ActionError(
                "listed-already", _("名单里已经有这个称呼，请写得再分得清一点。"), field="label"
            )
        row = ListedMember.objects.create(club=club, label=label)
        record(actor, club, "academy.club.listed", row=str(row.pk))
    return row


def unlist_member(*, actor: Actor, number: str, row: UUID) -> Club:
    """Take somebody without an account off the list; the name is forgotten. Who: academy.club:lead."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        found = club.listed.select_for_update().filter(pk=row, left_on=None).first()
        if found is None:
            raise NotVisible(str(row))
        found.label, found.left_on = "", today()
        found.save(update_fields=["label", "left_on"])
        record(actor, club, "academy.club.unlisted", row=str(found.pk))
    return club
