"""Sessions that lost whoever was to lead them: they wait for somebody else, and do not take place without."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mulin.academy.sessions import changing, leading, planning, queries
from mulin.academy.sessions.models import Session
from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock, policy, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

AT_ONCE = 200


def waiting(since: Any = None) -> Q:
    """Sessions to come (after `since`: now) for which somebody else has to be named."""
    return queries.UNLED & Q(starts_at__gt=since or clock.now())


def visible(actor: Actor, *, since: Any = None) -> QuerySet[Session]:
    """Those of them that the actor prepares."""
    return Session.objects.filter(waiting(since), policy.visible(actor, queries.MANAGE, queries.FIELDS))


def coming_of(teachers: QuerySet[Teacher]) -> QuerySet[Session]:
    """What these teachers are still to lead, locked in one order."""
    found = Session.objects.filter(
        teacher__in=teachers, state__in=("draft", "open"), starts_at__gt=clock.now()
    )
    return found.select_for_update(of=("self",)).order_by("pk")


def release(teachers: QuerySet[Teacher], *, children_only: bool) -> int:
    """Take teachers off what they are still to lead, at once, with their time; inside the caller's
    transaction. No trace of who it was stays there. `children_only`: only where a check is asked for. Returns
    how many sessions now wait for somebody else."""
    left = 0
    for one in coming_of(teachers):
        waits = leading.needs_check(one)
        if children_only and not waits:
            continue
        planning.free_slots(one, "person")
        one.teacher = one.instead_of = None
        one.unled_since = clock.now() if waits else None
        one.save(update_fields=["teacher", "instead_of", "unled_since"])
        left += waits
    return left


def call_off() -> int:
    """What begins soon and has nobody who may lead its children does not take place; who signed up is told.
    One short transaction each, so nobody waits. Returns how many."""
    far = clock.now() + timedelta(days=7)
    due = Session.objects.filter(waiting(), state="open", starts_at__lt=far).order_by("starts_at", "id")
    done = 0
    for key, place, starts_at in due.values_list("pk", "place", "starts_at")[:AT_ONCE]:
        hours = int(rulebook.value("academy.session.unled_hours", at=place))
        if starts_at <= clock.now() + timedelta(hours=hours):
            done += _call_off(key)
    return done


def _call_off(key: UUID) -> int:
    with write():
        found = Session.objects.filter(waiting(), pk=key, state="open").select_related("club")
        session = found.select_for_update(of=("self",)).first()
        if session is None:
            return 0
        try:
            leading.require_leader(session)
        except ActionError:
            changing._call_off(session, _("没有找到可以带孩子的人，这一场不办了"))
            planning.line("academy.session.cancelled", SYSTEM, session, n=1)
            return 1
    return 0
