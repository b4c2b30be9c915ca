"""What a club is told about itself, checked in one place for founding, asking and editing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.catalogues import LEVELS, ages, themes, unions
from mulin.kernel import codes
from mulin.kernel.errors import ActionError
from mulin.people.models import Organisation
from mulin.people.queries import place_exists
from mulin.places.models import Venue

NAME, RHYTHM, REASON = 40, 120, 200
MOST = 2000


@dataclass(slots=True)
class ClubFields:
    """All that a form about a club holds. `venue`: the number of a venue; `site`: a building or grid."""

    name: str
    theme: str
    union: str = ""
    ages: list[str] = field(default_factory=list)
    level: str = "community"
    site: str = ""
    rhythm: str = ""
    times: list[dict[str, Any]] = field(default_factory=list)
    about: str = ""
    syllabus: str = ""
    is_free: bool = False
    is_open: bool = True
    most: int | None = None
    venue: str = ""


def _bad(code: str, text: str, where: str) -> ActionError:
    return ActionError(code, text, field=where, status=422)


def checked(given: ClubFields, place: str, *, own: UUID | None = None) -> dict[str, Any]:
    """The columns of a club (`org` apart) from what was given, or ActionError: no-place, no-name, name-taken,
    theme-unknown, union-unknown, age-unknown, level-unknown, site-unknown, venue-unknown, most-wrong.
    `own`: the organisation of the club that is edited."""
    if codes.level(place) not in (9, 12) or not place_exists(place):
        raise _bad("no-place", _("社团办在社区或街道，请选一个。"), "place")
    given.name = " ".join(given.name.split())
    if not given.name or len(given.name) > NAME:
        raise _bad("no-name", _("请给社团起个名字，最多 %d 个字。") % NAME, "name")
    same = Organisation.objects.filter(name=given.name, place=place, closed_on=None).exclude(pk=own)
    if same.exists():
        raise ActionError("name-taken", _("这里已经有同名的队伍，请换一个名字。"), field="name")
    _codes(given)
    _site(given, place)
    if given.most is not None and not 2 <= given.most <= MOST:
        raise _bad("most-wrong", _("人数写 2 到 %d，不限就空着。") % MOST, "most")
    known = themes()[given.theme]
    return {
        "theme": given.theme,
        "union": given.union or known.union,
        "ages": given.ages,
        "level": given.level,
        "site": given.site,
        "rhythm": given.rhythm.strip()[:RHYTHM],
        "times": given.times,
        "syllabus": "" if given.is_free else given.syllabus.strip(),
        "is_free": given.is_free,
        "is_open": given.is_open,
        "most": given.most,
        "venue": _venue(given.venue, place),
    }


def _codes(given: ClubFields) -> None:
    if given.theme not in themes():
        raise _bad("theme-unknown", _("请选一个主题。"), "theme")
    if given.union and given.union not in unions():
        raise _bad("union-unknown", _("请选一个社团联盟。"), "union")
    if set(given.ages) - ages().keys():
        raise _bad("age-unknown", _("请从列表里选年龄。"), "ages")
    if given.level not in LEVELS:
        raise _bad("level-unknown", _("请选楼栋、网格、社区或街道。"), "level")


def _site(given: ClubFields, place: str) -> None:
    if given.level not in ("building", "grid"):
        given.site = ""
    elif not given.site or not codes.contains(place, given.site) or not place_exists(given.site):
        raise _bad("site-unknown", _("请选是哪一栋楼、哪个网格。"), "site")


def _venue(number: str, place: str) -> Venue | None:
    """A venue of the same street, so that a neighbouring community's hall may be used too."""
    if not number:
        return None
    low, high = codes.bounds(place[:9] + "000")
    found = Venue.objects.filter(number=number, closed_on=None, place__gte=low, place__lt=high).first()
    if found is None:
        raise _bad("venue-unknown", _("找不到这个场地，请重新选。"), "venue")
    return found


def reason_of(text: str, where: str = "reason") -> str:
    """A reason that people will read, or ActionError reason-missing."""
    text = text.strip()
    if not text:
        raise _bad("reason-missing", _("请写一句原因，大家会看到。"), where)
    return text[:REASON]


def leaders_of(ids: Iterable[UUID]) -> list[UUID]:
    """Leaders without doubles, in order."""
    return list(dict.fromkeys(ids))
