"""The manifest: what each part of this module brings, as one."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import joined
from mulin.mutualaid.matching import manifest as matching
from mulin.mutualaid.sharing import manifest as sharing
from mulin.mutualaid.timebank import manifest as timebank

MODULE = joined("mutualaid", _("互助"), (matching, timebank, sharing))
