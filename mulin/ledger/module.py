"""The manifest of this module."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import Module
from mulin.ledger.joining import join_books

MODULE = Module(name="ledger", title=_("账本"), providers={"following.ledger": join_books})
