"""A club changes: its facts, a pause, its end."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.clubs import access, states
from mulin.academy.clubs.fields import ClubFields, checked, reason_of
from mulin.academy.clubs.models import Club, ListedMember
from mulin.academy.orders.models import Order
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.people.actions.posts import end_now
from mulin.people.models import Post
from mulin.people.queries import in_force


def _moved(club: Club, move: str) -> None:
    """Change the state, or ActionError not-now."""
    before, after = states.MOVES[move]
    if club.state not in before:
        word = states.STATE_WORDS[club.state]
        raise ActionError("not-now", _("这个社团现在是“%(state)s”，不能这样做。") % {"state": word})
    club.state = after


def record(actor: Actor, club: Club, code: str, **data: Any) -> None:
    """The one line of an action on a club; it stands on the timeline of what the club grew out of."""
    journal.record(
        code,
        actor=actor,
        place=club.place,
        org=club.org_id,
        subject=club.pk,
        matter=club.matter_id,
        data={"number": club.number, "theme": club.theme, **data},
    )


def edit_club(*, actor: Actor, number: str, **given: Any) -> Club:
    """Change what a club says of itself: all columns of ClubFields. Who: academy.club:lead (its leader, or
    who works there). Raises what `fields.checked` raises, not-now (asked or closed)."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        if club.state not in ("running", "resting"):
            raise ActionError("not-now", _("这个社团现在没有活动，不能改资料。"))
        wanted = ClubFields(**given)
        columns = checked(wanted, club.place, own=club.org_id)
        size = members_count(club)
        if wanted.most is not None and wanted.most < size:
            text = _("已经有 %d 个成员了，人数不能再少。") % size
            raise ActionError("most-wrong", text, field="most", status=422)
        changed = [name for name, value in columns.items() if getattr(club, name) != value]
        for name, value in columns.items():
            setattr(club, name, value)
        club.save()
        if (club.org.name, club.org.about) != (wanted.name, wanted.about.strip()):
            changed.append("words")
            club.org.name, club.org.about = wanted.name, wanted.about.strip()
            club.org.save(update_fields=["name", "about"])
        record(actor, club, "academy.club.edited", fields=sorted(changed))
    return club


def members_count(club: Club) -> int:
    """Members today: with an account and on the leader's list."""
    posts = Post.objects.filter(in_force(), org=club.org_id).count()
    return posts + ListedMember.objects.filter(club=club, left_on=None).count()


def rest_club(*, actor: Actor, number: str, reason: str) -> Club:
    """Pause; members are told why. Who: academy.club:lead. Raises reason-missing, not-now."""
    reason = reason_of(reason)
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        _moved(club, "rest")
        club.reason = reason
        club.save(update_fields=["state", "reason"])
        record(actor, club, "academy.club.rested")
    return club


def resume_club(*, actor: Actor, number: str) -> Club:
    """Go on after a pause; members are told. Who: academy.club:lead. Raises not-now."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        _moved(club, "resume")
        club.reason = ""
        club.save(update_fields=["state", "reason"])
        record(actor, club, "academy.club.resumed")
    return club


def close_club(*, actor: Actor, number: str, reason: str) -> Club:
    """End a club for good, with a reason that stays on its page; every membership ends. Orders that it served
    count as accepted again, so that nobody who asked is forgotten. Who: academy.club:manage. Raises
    reason-missing, not-now, sessions-ahead (where another part says so)."""
    reason = reason_of(reason)
    with write():
        club = access.locked(actor, number)
        require(actor, access.MANAGE, access.target_of(club))
        _moved(club, "close")
        _no_sessions(club)
        club.reason, club.closed_on = reason, today()
        club.save(update_fields=["state", "reason", "closed_on"])
        _end(Post.objects.filter(in_force(), org=club.org_id))
        club.listed.filter(left_on=None).update(left_on=today())
        club.org.closed_on = today()
        club.org.save(update_fields=["closed_on"])
        freed = Order.objects.filter(club=club, state="served")
        n = freed.update(state="accepted", accepted_on=today(), club=None)
        record(actor, club, "academy.club.closed", orders=n)
    return club


def _end(posts: Iterable[Post]) -> None:
    for post in posts:
        end_now(post)


def _no_sessions(club: Club) -> None:
    if club.sessions.filter(state="open", starts_at__gt=now()).exists():
        raise ActionError("sessions-ahead", _("还有排好的活动。请先取消它们，报了名的人会收到消息。"))
