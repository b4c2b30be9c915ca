"""Taking a method over from elsewhere, and saying how it went."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.methods import actions, queries, states
from mulin.academy.methods.models import Adoption
from mulin.academy.methods.queries import ADOPT
from mulin.academy.methods.wording import needed, public_words
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require

TEXT = 1000


def take_over(*, actor: Actor, number: str, place: str, org: UUID | None = None) -> Adoption:
    """Say that a community, or a group of it, tries this out too. Who found it is told.

    Who: academy.adoption:manage there, a group's leader for their own group. Raises no-place, no-group,
    not-now, own, twice.
    """
    if not codes.is_valid(place) or "-" in place or codes.level(place) != codes.Level.COMMUNITY:
        raise ActionError("no-place", _("请选一个社区。"), field="maker", status=422)
    require(actor, ADOPT, Target(place, orgs=frozenset({org} if org else ())))
    with write():
        method = queries.get_method(actor, number, lock=True)
        if method.state not in states.LIVE:
            word = states.STATE_WORDS[method.state]
            raise ActionError("not-now", _("这个工作法现在是“%(state)s”，不能学用。") % {"state": word})
        group = actions.group_of(place, org)
        if method.place == place and method.org_id == (group.pk if group else None):
            raise ActionError("own", _("这本来就是您这里的做法。"))
        same = method.adoptions.filter(org=group) if group else method.adoptions.filter(place=place, org=None)
        if same.exists():
            raise ActionError("twice", _("您这里已经在学用了。"))
        made = Adoption.objects.create(number=new_number(), method=method, place=place, org=group)
        _line("academy.adoption.begun", actor, made)
    return made


def tell_adoption(*, actor: Actor, number: str, state: str, changes: str = "", result: str) -> Adoption:
    """Say how it went: done as it stands, done with changes (which), or given up (why). It may be said again
    when more is known. Who: academy.adoption:manage. Raises not-offered, no-words, text-too-long,
    personal-data."""
    if state not in states.TOLD:
        raise ActionError("not-offered", _("请从给出的选项里选。"), field="state", status=422)
    result = needed(result, "result", TEXT, _("请写结果怎样，成了什么，或者为什么没成。"))
    changes = public_words(changes, "changes", TEXT)
    if state == "changed" and not changes:
        said = _("请写改了什么，别处才学得到。")
        raise ActionError("no-words", said, field="changes", status=422)
    with write():
        found = queries.get_adoption(actor, number, lock=True)
        require(actor, ADOPT, queries.target_of_adoption(found))
        found.state, found.changes, found.result, found.told_at = state, changes, result, now()
        found.save()
        _line("academy.adoption.told", actor, found, state=state)
    return found


def drop_adoption(*, actor: Actor, number: str) -> None:
    """Take back that one tries it out, as long as nothing was said. Who: academy.adoption:manage. Raises
    not-now."""
    with write():
        found = queries.get_adoption(actor, number, lock=True)
        require(actor, ADOPT, queries.target_of_adoption(found))
        if found.told_at:
            raise ActionError("not-now", _("已经说过结果，不能撤了；可以再写一次结果。"))
        _line("academy.adoption.dropped", actor, found)
        found.delete()


def _line(code: str, actor: Actor, adoption: Adoption, **data: Any) -> None:
    actions.line(code, actor, adoption.method, place=adoption.place, adoption=adoption.number, **data)
