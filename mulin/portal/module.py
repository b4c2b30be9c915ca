"""What the portal tells the house about itself: its entries of the resident's bar, and whose page it is."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import Module, NavItem
from mulin.portal import community, places

MODULE = Module(
    name="portal",
    title=_("居民页面"),
    portal_nav=(
        NavItem("home", _("首页"), "portal:home", "home", order=10),
        NavItem("report", _("报事"), "portal:report", "voice", order=20),
        NavItem("mine", _("我的"), "portal:mine", "person", order=90),
    ),
    providers={
        "shell.portal_template": lambda: "portal/base.html",
        "shell.place": places.chosen,
        "shell.place_name": places.shell_name,
        "people.ways_to_group": community.ways_to_group,
    },
)
