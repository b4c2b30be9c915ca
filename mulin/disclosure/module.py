"""The manifest of the public register. It writes nothing: what is published is decided in `voices`."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import Module, NavItem

MODULE = Module(
    name="disclosure",
    title=_("公开"),
    portal_nav=(NavItem("register", _("公开"), "disclosure:register", "eye", order=30),),
)
