"""What waits for a worker: teams that asked to be taken in."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.clubs import access
from mulin.academy.clubs.models import Club
from mulin.kernel import policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.policy import Fields
from mulin.kernel.registry import InboxItem, InboxSource


def asked_rows(actor: Actor) -> waiting.Waiting | None:
    """Teams that wait for an answer, for who may take them in."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    mine = policy.visible(actor, access.MANAGE, Fields(place="place"))
    return waiting.rows(Club.objects.filter(mine, state="asked"), title="org__name", fact="theme")


def asked_item(row: waiting.Row) -> InboxItem:
    """Due after the days that the rules of its place allow."""
    days = int(rulebook.value("academy.club.answer_days", at=row.place))
    return InboxItem(
        key=f"academy.club:{row.ref}",
        title=_("想纳入社区学院：%(name)s") % {"name": row.title},
        url=reverse("academy_desk:club", args=[row.ref]),
        kind=_("社团"),
        since=row.since,
        due_at=row.since + timedelta(days=days),
        place=row.place,
        facts={"number": row.ref, "waits": "club"},
    )


SOURCES = (InboxSource("academy.clubs", gettext_lazy("社团"), rows=asked_rows, item=asked_item),)
