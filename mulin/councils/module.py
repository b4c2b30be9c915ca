"""The manifest of this module. Its engines are pure and are reached by import; it keeps no records yet."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import Module

MODULE = Module(name="councils", title=_("议事"))
