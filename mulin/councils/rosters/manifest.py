"""What this part tells the house about itself."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.councils.rosters import notices, personal_data, queries, states, waiting
from mulin.councils.rosters.actions import forget_phones
from mulin.councils.steps import StepKind
from mulin.kernel.registry import PUBLIC, STAFF, Module, NavItem, Periodic, PersonalData, Sentence

_BODY = {"body": lambda code: states.BODY_WORDS.get(code, code)}
_STATE = {"state": lambda code: states.OBJECTION_STATES.get(code, code)}

PART = Module(
    name="councils.rosters",
    title="",
    sentences={
        "councils.roster.drafted": Sentence(
            _("开始编名册 %(number)s（%(body)s），已有 %(n)s 条"), STAFF, _BODY
        ),
        "councils.roster.edited": Sentence(_("改了名册 %(number)s 的名称或说明"), STAFF),
        "councils.roster.filled": Sentence(_("按已确认的住户给名册 %(number)s 加了 %(n)s 条"), STAFF),
        "councils.roster.imported": Sentence(
            _("用表格给名册 %(number)s 加了 %(n)s 条，%(refused)s 行没有收"), STAFF
        ),
        "councils.roster.line_added": Sentence(_("给名册 %(number)s 加了一条"), STAFF),
        "councils.roster.line_edited": Sentence(_("改了名册 %(number)s 的一条"), STAFF),
        "councils.roster.line_removed": Sentence(_("从名册 %(number)s 去掉一条"), STAFF),
        "councils.roster.discarded": Sentence(_("名册 %(number)s 的草稿删掉了"), STAFF),
        "councils.roster.frozen": Sentence(
            _("名册 %(number)s（%(body)s）定稿，共 %(entries)s 条，以后不再改"), PUBLIC, _BODY, tone="done"
        ),
        "councils.roster.correction_drafted": Sentence(
            _("名册 %(corrects)s 有错，开始编更正的名册 %(number)s"), PUBLIC
        ),
        "councils.roster.letters_made": Sentence(_("给名册 %(number)s 打印了 %(n)s 封带码的信"), STAFF),
        "councils.roster.joined": Sentence(_("有人凭信上的码认领了名册 %(number)s 的一条"), STAFF),
        "councils.roster.unlinked": Sentence(_("名册 %(number)s 的一条解除了账户认领"), STAFF),
        "councils.roster.phone_read": Sentence(_("查看了名册 %(number)s 里的一个电话"), STAFF),
        "councils.roster.objected": Sentence(_("有人对名册 %(number)s 提出异议"), PUBLIC),
        "councils.roster.objection_answered": Sentence(
            _("对名册 %(number)s 的一条异议作了答复：%(state)s"), PUBLIC, _STATE
        ),
        "councils.proxy.recorded": Sentence(
            _("名册 %(number)s 登记了一份书面委托，%(n)s 条，到 %(until)s"), STAFF
        ),
        "councils.proxy.withdrawn": Sentence(_("名册 %(number)s 的一份书面委托撤回了"), STAFF),
    },
    inbox=(waiting.SOURCE,),
    desk_nav=(
        NavItem(
            "rosters",
            pgettext_lazy("desk", "名册"),
            "councils_desk:rosters",
            "list",
            48,
            queries.VIEW,
            "topics",
        ),
    ),
    notices=notices.NOTICES,
    periodic=(Periodic("councils.rosters.forget_phones", 24 * 3600, forget_phones),),
    personal_data=(
        PersonalData("councils.rosters", _("名册、委托和异议"), personal_data.export, personal_data.erase),
    ),
)
STEP_KINDS: tuple[StepKind, ...] = ()
