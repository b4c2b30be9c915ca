"""What this part tells the house about itself."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.academy.keeping import access, duties, history, inbox, personal_data, rotas, stories, telling
from mulin.kernel.registry import Card, Module, NavItem, Periodic, PersonalData


def told(ids: Collection[UUID]) -> list[dict[str, str]]:
    """What kept places say of themselves where a matter's page tells what it became."""
    kind = str(_("照看的地方"))
    return [
        {"title": one.name, "url": reverse("academy:keeping", args=[one.number]), "kind": kind}
        for one in access.public_places().filter(pk__in=ids)
    ]


PART = Module(
    name="academy.keeping",
    title="",
    sentences=telling.SENTENCES,
    notices=telling.NOTICES,
    inbox=inbox.SOURCES,
    cards=(Card("stories", "academy/keeping/stories_card.html", stories.card, order=60),),
    desk_nav=(
        NavItem("keeping", _("照看的地方"), "academy_desk:keepings", "heart", 62, access.HELP, "orders"),
    ),
    periodic=(
        Periodic("academy-rotas-lay", 3600, rotas.lay_all),
        Periodic("academy-duties-remind", 600, duties.remind),
        Periodic("academy-duties-forget", 86400, duties.forget_names),
        Periodic("academy-keeping-photo-sweep", 86400, history.sweep),
    ),
    providers={"thread.academy.keptplace": told},
    personal_data=(
        PersonalData("academy.keeping", _("我的值班"), personal_data.export, personal_data.erase),
    ),
)
