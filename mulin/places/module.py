"""The manifest of this module."""

from django.utils.translation import gettext_lazy as _

from mulin.kernel.registry import PUBLIC, STAFF, Module, Periodic, Sentence
from mulin.places.actions.importing import run_import
from mulin.places.actions.reorganising import catch_up
from mulin.places.venues import catalogue

KIND_WORDS = {
    "estate": _("小区"),
    "courtyard": _("院落"),
    "grid": _("网格"),
    "micro_grid": _("微网格"),
    "building": _("楼栋"),
}
_LABELS = {"kind": lambda kind: KIND_WORDS.get(kind, kind)}
_VENUE = {
    "kind": lambda kind: str(catalogue.kinds().get(kind, kind)),
    "use": lambda use: str(catalogue.uses().get(use, use)),
}

MODULE = Module(
    name="places",
    title=_("地点"),
    sentences={
        "places.divisions.imported": Sentence(
            _("导入区划：新增 %(created)s 个，更名 %(changed)s 个，退回 %(rejected)s 行"), audience=STAFF
        ),
        "places.divisions.reorganised": Sentence(
            _("区划调整：%(streets)s 个街镇、%(moved)s 个村（社区）从 %(on)s 起使用新代码"), audience=PUBLIC
        ),
        "places.division.changed": Sentence(_("修改区划 %(code)s 的简称或电话"), audience=STAFF),
        "places.site.added": Sentence(_("新增%(kind)s %(code)s"), audience=STAFF, labels=_LABELS),
        "places.site.changed": Sentence(_("修改%(kind)s %(code)s"), audience=STAFF, labels=_LABELS),
        "places.site.closed": Sentence(_("停用%(kind)s %(code)s"), audience=STAFF, labels=_LABELS),
        "places.venue.opened": Sentence(_("登记了一处%(kind)s"), audience=PUBLIC, labels=_VENUE),
        "places.venue.changed": Sentence(_("改了一处%(kind)s的资料"), audience=STAFF, labels=_VENUE),
        "places.venue.closed": Sentence(_("一处%(kind)s从 %(on)s 起停用"), audience=PUBLIC, labels=_VENUE),
        "places.venue.reopened": Sentence(_("恢复了一处%(kind)s"), audience=PUBLIC, labels=_VENUE),
        "places.venue.closed_days": Sentence(
            _("一处%(kind)s %(first)s 到 %(last)s 闭馆"), audience=PUBLIC, labels=_VENUE
        ),
        "places.venue.opened_days": Sentence(
            _("一处%(kind)s %(first)s 到 %(last)s 照常开放"), audience=PUBLIC, labels=_VENUE
        ),
        "places.venue.put_to_use": Sentence(_("一处闲置房间变成%(use)s"), audience=PUBLIC, labels=_VENUE),
        "places.venue.use_ended": Sentence(_("一处%(use)s到期，房间又空着"), audience=PUBLIC, labels=_VENUE),
        "places.shape.set": Sentence(_("修改 %(code)s 的轮廓"), audience=STAFF),
        "places.shapes.imported": Sentence(_("导入 %(n)s 个轮廓"), audience=STAFF),
    },
    jobs={"places.import": run_import},
    periodic=(Periodic("places.catch_up", 6 * 3600, catch_up),),
)
