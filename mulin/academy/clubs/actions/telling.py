"""What a club tells its members."""

from django.utils.translation import gettext as _

from mulin.academy.clubs import access
from mulin.academy.clubs.models import ClubNotice
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require

TITLE, TEXT = 60, 1000


def tell_members(*, actor: Actor, number: str, title: str, text: str = "") -> ClubNotice:
    """Tell all members something: it stands on the club's page for them, and each gets a notice. Who:
    academy.club:lead. Raises title-missing, text-too-long, not-now."""
    title, text = " ".join(title.split()), text.strip()
    if not title or len(title) > TITLE:
        raise ActionError(
            "title-missing", _("请写要告诉大家什么，最多 %d 个字。") % TITLE, field="title", status=422
        )
    if len(text) > TEXT:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % TEXT, field="text", status=422)
    with write():
        club = access.locked(actor, number)
        require(actor, access.LEAD, access.target_of(club))
        if club.state not in ("running", "resting"):
            raise ActionError("not-now", _("这个社团现在没有活动，没有成员可以通知。"))
        notice = ClubNotice.objects.create(club=club, title=title, text=text, account=actor.account)
        journal.record(
            "academy.club.told",
            actor=actor,
            place=club.place,
            org=club.org_id,
            subject=notice.pk,
            data={"number": club.number},
        )
    return notice
