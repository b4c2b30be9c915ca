"""What this module tells the house about itself."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import PUBLIC, Card, Module, NavItem, Sentence
from mulin.samples import queries

MODULE = Module(
    name="samples",
    title=_("样例"),
    sentences={
        "samples.sample.opened": Sentence(_("开了一条新的"), audience=PUBLIC),
        "samples.sample.closed": Sentence(_("结束了"), audience=PUBLIC, tone="done"),
        "samples.sample.reopened": Sentence(_("重新开始"), audience=PUBLIC),
    },
    cards=(Card("samples.newest", "samples/card.html", queries.card, order=60),),
    desk_nav=(NavItem("samples", _("样例"), "samples:list", "list", order=80, permission="samples.sample:open"),),
)
