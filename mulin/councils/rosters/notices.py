"""Who is told about rosters: the person whose objection was answered, both sides of a proxy."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.rosters.models import Proxy, RosterObjection
from mulin.kernel.registry import NoticeRule


def _objector(entry: Any) -> Iterable[UUID]:
    rows = RosterObjection.objects.filter(number=entry.data.get("objection", ""))
    return rows.exclude(account=None).values_list("account_id", flat=True)


def _both_sides(entry: Any) -> Iterable[UUID]:
    """The one who may act, and the one who gave it, where their accounts are known."""
    proxy = Proxy.objects.filter(pk=entry.data.get("proxy")).select_related("giver").first()
    if proxy is None:
        return ()
    own = {one.account_id for one in proxy.entries.all()} if proxy.giver is None else {proxy.giver.account_id}
    return ({proxy.holder_id} | own) - {None}


def _page(entry: Any) -> str:
    return reverse("councils:roster", args=[entry.data["number"]])


NOTICES = (
    NoticeRule(
        "councils.roster.objection_answered",
        _("您对名册 %(number)s 提的异议有答复了"),
        _objector,
        _page,
    ),
    NoticeRule(
        "councils.proxy.recorded", _("名册 %(number)s 登记了一份和您有关的书面委托"), _both_sides, _page
    ),
    NoticeRule(
        "councils.proxy.withdrawn", _("名册 %(number)s 一份和您有关的书面委托撤回了"), _both_sides, _page
    ),
)
