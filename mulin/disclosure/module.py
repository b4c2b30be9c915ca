"""The manifest of the public register. It writes nothing: what is published is decided in `voices`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from mulin.kernel.registry import Module, NavItem

MODULE = Module(
    name="disclosure",
    title=_("公开登记"),
    portal_nav=(NavItem("register", _p("menu", "公开"), "disclosure:register", "eye", order=30),),
)
