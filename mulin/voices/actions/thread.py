"""The thread: a matter that grew out of another one, such as a shared garden out of a wish."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Cursor, ThreadLink
from mulin.kernel.policy import require
from mulin.voices import access, understanding
from mulin.voices.actions.reasons import check_reason
from mulin.voices.models import Matter
from mulin.voices.queries import PUBLIC

KIND = "voices.matter"
# The row that whoever changes the thread holds until the transaction ends.
LOCK = "thread"


def grow_out_of(*, actor: Actor, number: str, of: str, reason: str) -> ThreadLink:
    """Say that the matter `number` grew out of the matter `of`, and why. Workers see it at both; where both
    are public everybody does, without the reason.

    Who: voices.matter:link at the matter, and `of` is one that the actor sees or that is public. Raises
    NotVisible, same-matter, linked-already, thread-circle (it grew out of this one, over however many steps),
    restriction-differs, reason-missing, reason-too-long, personal-data.
    """
    reason = reason.strip()
    _check_reason(reason)
    with write():
        child, parent = _both(actor, number, of)
        if child.pk == parent.pk:
            raise ActionError("same-matter", _("这是同一件事。"), field="of", status=422)
        if child.restriction != parent.restriction:
            raise ActionError(
                "restriction-differs", _("大事和举报只能与同类的事连起来，以免泄露。"), field="of"
            )
        if ThreadLink.objects.filter(child=child.pk, parent=parent.pk).exists():
            raise ActionError("linked-already", _("这两件事已经连起来了。"), field="of")
        if _grew_from(parent.pk, child.pk):
            raise ActionError("thread-circle", _("那件事正是由这一件引出的，方向反了。"), field="of")
        link = ThreadLink.objects.create(
            child_kind=KIND, child=child.pk, parent_kind=KIND, parent=parent.pk, note=reason
        )
        _record(actor, "voices.matter.linked", child, parent, link.pk)
    return link


def cut_from(*, actor: Actor, number: str, of: str) -> Matter:
    """Take back that `number` grew out of `of`. Who: as for grow_out_of. Raises NotVisible, not-linked."""
    with write():
        child, parent = _both(actor, number, of)
        link = ThreadLink.objects.filter(child=child.pk, parent=parent.pk).first()
        if link is None:
            raise ActionError("not-linked", _("这两件事没有连在一起。"), field="of")
        was = link.pk
        link.delete()
        _record(actor, "voices.matter.unlinked", child, parent, was)
    return child


def _both(actor: Actor, number: str, of: str) -> tuple[Matter, Matter]:
    """The two matters, locked in one order. Links are made and cut one after the other: a circle may close
    far from the two matters of a link, so locking those alone would not keep it away."""
    Cursor.objects.get_or_create(name=LOCK)
    Cursor.objects.select_for_update().get(name=LOCK)
    child = access.find(Matter.objects.all(), access.matter_q(actor), number)
    require(actor, "voices.matter:link", access.target_of_matter(actor, child))
    try:
        parent = access.find(Matter.objects.all(), access.matter_q(actor) | PUBLIC, of)
    except NotVisible:
        raise ActionError("matter-unknown", _("没有找到这个编号的事。"), field="of", status=422) from None
    locked = Matter.objects.select_for_update().filter(pk__in={child.pk, parent.pk}).order_by("pk")
    rows = {matter.pk: matter for matter in locked}
    return rows[child.pk], rows[parent.pk]


def _check_reason(reason: str) -> None:
    check_reason(reason, _("请写一句它是怎么来的。"))
    if understanding.personal_data(reason):
        raise ActionError(
            "personal-data",
            _("请不要写姓名、电话和证件号，写身份就可以。"),
            field="reason",
            status=422,
        )


def _grew_from(matter: UUID, ancestor: UUID) -> bool:
    """Whether a matter grew out of another one, directly or over others."""
    seen: set[UUID] = set()
    now = {matter}
    while now:
        if ancestor in now:
            return True
        seen |= now
        now = set(ThreadLink.objects.filter(child__in=now).values_list("parent", flat=True)) - seen
    return False


def _record(actor: Actor, code: str, child: Matter, parent: Matter, link: UUID) -> None:
    journal.record(
        code,
        actor=actor,
        place=child.place,
        org=next(iter(sorted(actor.orgs)), None),
        subject=link,
        matter=child.id,
        data={"number": child.number, "of": parent.number},
    )
