"""Services are the categories of level 2 that are open to this door; each may carry two attributes."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.doors.open311.errors import GeoReportError
from mulin.voices import states
from mulin.voices.categories import Category
from mulin.voices.queries import catalogue

# A tip-off is confidential and must not come in through somebody's app by a pick from a list.
KINDS = ("consult", "help", "complaint", "suggestion")


def offered() -> list[Category]:
    """The categories in force that carry the Open311 flag and that may be spoken of in public."""
    return [c for c in catalogue().active() if c.open311 and c.public and kinds_of(c)]


def kinds_of(category: Category) -> list[str]:
    return [kind for kind in KINDS if kind in category.kinds]


def get_service(code: str) -> Category:
    """The service of a code, or 404."""
    category = next((c for c in offered() if c.code == code), None)
    if category is None:
        raise GeoReportError(404, _("没有这个 service_code。"))
    return category


def service(category: Category) -> dict[str, Any]:
    group = catalogue().name(category.group)
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.advice or f"{group} · {category.name}",
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(category.keywords),
        "group": group,
    }


def definition(category: Category) -> dict[str, Any]:
    return {"service_code": category.code, "attributes": attributes(category)}


def attributes(category: Category) -> list[dict[str, Any]]:
    """What may be said besides the description: what sort of voice it is, and since when."""
    return [
        {
            "variable": True,
            "code": "kind",
            "datatype": "singlevaluelist",
            "required": False,
            "datatype_description": _("从列表里选一个；不选就由系统建议"),
            "order": 1,
            "description": _("您是想咨询、求助、投诉还是建议？"),
            "values": [{"key": kind, "name": str(states.kind_word(kind))} for kind in kinds_of(category)],
        },
        {
            "variable": True,
            "code": "happened_at",
            "datatype": "datetime",
            "required": False,
            "datatype_description": _("例如 2026-01-31T08:00:00+08:00"),
            "order": 2,
            "description": _("什么时候发生的？"),
            "values": [],
        },
    ]
