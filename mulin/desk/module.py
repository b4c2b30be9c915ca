"""What the desk tells the house about itself: its entries in the rail, its job, its journal lines."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.desk import exporting, leftovers, pages
from mulin.desk.admin import jobs as admin_jobs
from mulin.kernel.registry import RESTRICTED, Module, NavItem, Periodic, Sentence

MODULE = Module(
    name="desk",
    title=_("工作台"),
    sentences={
        "desk.phone.searched": Sentence(_("为办事按电话查找，找到 %(found)s 条"), RESTRICTED),
    },
    desk_nav=(
        NavItem("inbox", _("待办"), "desk:inbox", "inbox", 10, "desk.desk:enter"),
        NavItem("cases", pgettext_lazy("desk", "事项"), "desk:cases", "list", 20, "cases.case:view"),
        NavItem("enter", _("登记"), "desk:enter", "edit", 30, "voices.voice:submit_for"),
        NavItem(
            "publication", _("公开审核"), "desk:publication", "eye", 40, "voices.matter:publish", "cases"
        ),
        NavItem(
            "wishes",
            pgettext_lazy("desk", "需求"),
            "desk:wishes",
            "wish",
            50,
            "voices.matter:answer_wish",
            tab=pgettext_lazy("desk", "心愿"),
        ),
        NavItem("needs", _("急难愁盼"), "desk:needs", "heart", 52, "voices.need:view", "wishes"),
        NavItem("surveys", _("问卷"), "desk:surveys", "question", 54, "voices.survey:enter", "wishes"),
        NavItem(
            "residents",
            pgettext_lazy("desk", "居民"),
            "desk:residents",
            "people",
            60,
            "people.residence:confirm",
        ),
        NavItem("admin", _("管理"), "desk:desk_admin:overview", "settings", 90, "desk.admin:enter"),
    ),
    periodic=(Periodic("desk-uploads-sweep", 86400, leftovers.sweep),),
    jobs={"desk.export": exporting.export_job, **admin_jobs.JOBS},
    providers={"shell.desk_facts": pages.facts, "shell.desk_template": lambda: "desk/page.html"},
)
