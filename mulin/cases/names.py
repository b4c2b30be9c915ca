"""Names of units, people and places for ids on many lines, read in one statement and kept for a moment."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from mulin.people.models import Account, Organisation

_TTL_SECONDS = 20.0
_LIMIT = 5000
_kept: dict[str, tuple[float, str]] = {}


def _fresh(key: str) -> str | None:
    found = _kept.get(key)
    return found[1] if found and time.monotonic() - found[0] < _TTL_SECONDS else None


def load(ids: Iterable[Any]) -> dict[str, str]:
    """id -> name for accounts and organisations alike; unknown ones are left out. At most one statement."""
    wanted = {str(one) for one in ids if one}
    missing = {one for one in wanted if _fresh(one) is None}
    keys = [key for one in missing if (key := _uuid(one))]
    if keys:
        if len(_kept) > _LIMIT:
            _kept.clear()
        people = Account.objects.filter(pk__in=keys).values_list(
            "pk", Coalesce(NullIf(F("name"), Value("")), F("username"))
        )
        units = Organisation.objects.filter(pk__in=keys).values_list("pk", "name")
        moment = time.monotonic()
        for pk, name in people.union(units, all=True):
            _kept[str(pk)] = (moment, name)
    return {one: name for one in wanted if (name := _fresh(one)) is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def org(value: Any) -> str:
    """A label for journal sentences: the unit's name; nothing means the community's own desk."""
    if not value:
        return _("本社区")
    return load([value]).get(str(value), "—")


def orgs(values: Iterable[Any]) -> str:
    found = load(values or ())
    return _("、").join(found.values()) or "—"


def forget() -> None:
    """Read names anew: between tests, and after a unit was renamed."""
    _kept.clear()
