"""Who keeps what a part of this module makes: the office of a place, or a group of neighbours.

A right that somebody has through their group is a right at the group's home and nowhere else: the policy asks
whose a thing is, so where it lies has to be asked when it is made.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.policy import Target
from mulin.people.models import Organisation


def is_at_home(group: Organisation, place: str) -> bool:
    """Whether a group belongs to exactly this community or street."""
    return group.place == place or codes.community(group.place) == place


def keeper(actor: Actor, permission: str, place: str, org: UUID | None) -> Organisation | None:
    """The group or unit that is to keep something at a place; None for the office itself.

    Who: the permission at the place, then for any open unit in it or above it; else the permission for one's
    own group, at the group's home only. Raises NotAllowed (403), no-group.
    """
    group = Organisation.objects.filter(pk=org, closed_on=None).first() if org else None
    is_office = policy.can(actor, permission, place)
    if org and group is None:
        if not is_office:
            policy.require(actor, permission, Target(place))
        raise ActionError("no-group", _("没有找到这个小组。"), field="org", status=422)
    if is_office:
        near = group is None or codes.contains(place, group.place) or codes.contains(group.place, place)
        if not near:
            raise ActionError("no-group", _("请选当地的小组或单位。"), field="org", status=422)
        return group
    policy.require(actor, permission, Target(place, orgs=frozenset({group.pk} if group else ())))
    if group is not None and not is_at_home(group, place):
        raise NotAllowed("not-at-home", _("小组只能在自己的社区办事。"))
    return group
