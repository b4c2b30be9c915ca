"""What this part tells the house about itself."""

from django.utils.translation import gettext_lazy as _

from mulin.academy.catalogues import age_name, theme_name
from mulin.academy.orders import access, actions, inbox, personal_data, ways
from mulin.kernel.registry import Module, NavItem, Periodic, PersonalData, Sentence

_WORDS = {"theme": lambda code: theme_name(code) or "—", "age": lambda code: age_name(code) or "—"}

SENTENCES = {
    "academy.order.described": Sentence(_("说清了这条订单：%(theme)s"), labels=_WORDS),
    "academy.orders.adopted": Sentence(_("把 %(n)s 条以前的心愿归进了订单清单")),
}

PART = Module(
    name="orders",
    title="",
    sentences=SENTENCES,
    ways=(ways.WAY,),
    inbox=inbox.SOURCES,
    desk_nav=(
        NavItem("orders", _("学院"), "academy_desk:orders", "book", 55, access.VIEW, tab=_("订单清单")),
    ),
    periodic=(Periodic("academy-orders-adopt", 3600, actions.adopt_wishes),),
    personal_data=(PersonalData("orders", _("订单"), personal_data.export, personal_data.erase),),
)
