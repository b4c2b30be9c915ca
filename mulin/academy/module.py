"""The manifest of this module. Its engine is pure and is reached by command; it keeps no records yet."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import Module

MODULE = Module(name="academy", title=_("学院"))
