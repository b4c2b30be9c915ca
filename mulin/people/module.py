"""What the people module tells the house about itself."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    InboxItem,
    InboxSource,
    Module,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)
from mulin.people import delivery, personal_data, queries, states


def _role(code: str) -> Any:
    return states.role_name(code)


def _place(code: str) -> str:
    return queries.place_names({code}).get(code, code)


def _detail(code: str) -> Any:
    return states.DETAILS.get(code, code)


ROLE_AND_PLACE = {"role": _role, "at": _place, "building": _place, "site": _place}

SENTENCES = {
    "people.account.opened": Sentence(_("开了一个账户"), RESTRICTED),
    "people.account.created": Sentence(_("为同事开了一个账户"), RESTRICTED),
    "people.account.changed": Sentence(_("改了自己的设置"), RESTRICTED),
    "people.account.closed": Sentence(_("停用了一个账户"), RESTRICTED),
    "people.account.reopened": Sentence(_("恢复了一个账户"), RESTRICTED),
    "people.account.exported": Sentence(_("取走了自己的数据"), RESTRICTED),
    "people.account.erased": Sentence(_("注销了一个账户，个人信息已删除"), RESTRICTED),
    "people.phone.named": Sentence(_("填了一个新手机号"), RESTRICTED),
    "people.phone.verified": Sentence(_("确认了手机号"), RESTRICTED),
    "people.sessions.ended": Sentence(_("让其他设备上的登录都结束了"), RESTRICTED),
    "people.password.changed": Sentence(_("改了密码，其他登录和令牌一起失效"), RESTRICTED),
    "people.password.set": Sentence(_("凭短信验证码设了新密码"), RESTRICTED),
    "people.privacy.accepted": Sentence(_("看过隐私说明（%(version)s）"), RESTRICTED),
    "people.recovery.made": Sentence(_("为一个账户做了找回链接"), RESTRICTED),
    "people.recovery.used": Sentence(_("用找回链接设了新密码"), RESTRICTED),
    "people.secret.read": Sentence(_("为办事查看了%(what)s"), RESTRICTED, labels={"what": _detail}),
    "people.token.made": Sentence(_("生成了一个接口令牌，%(days)s 天有效"), RESTRICTED),
    "people.token.revoked": Sentence(_("撤销了一个接口令牌"), RESTRICTED),
    "people.post.given": Sentence(_("任命了%(at)s的%(role)s"), labels=ROLE_AND_PLACE),
    "people.post.ended": Sentence(_("结束了%(at)s的%(role)s岗位"), labels=ROLE_AND_PLACE),
    "people.post.handed_over": Sentence(_("移交了%(at)s的%(role)s岗位"), labels=ROLE_AND_PLACE),
    "people.post.deputised": Sentence(_("请人代理%(at)s的%(role)s，到 %(until)s"), labels=ROLE_AND_PLACE),
    "people.residence.asked": Sentence(_("申请确认住在%(building)s"), RESTRICTED, ROLE_AND_PLACE),
    "people.residence.confirmed": Sentence(_("确认了%(building)s的一位住户"), RESTRICTED, ROLE_AND_PLACE),
    "people.residence.refused": Sentence(_("没有确认%(building)s的一位住户"), RESTRICTED, ROLE_AND_PLACE),
    "people.residence.ended": Sentence(_("%(building)s的一位住户搬走了"), RESTRICTED, ROLE_AND_PLACE),
    "people.invitation.made": Sentence(_("为%(building)s发了 %(n)s 张邀请码"), labels=ROLE_AND_PLACE),
    "people.invitation.used": Sentence(_("凭邀请码确认住在%(building)s"), RESTRICTED, ROLE_AND_PLACE),
    "people.organisation.created": Sentence(_("登记了一个单位")),
    "people.organisation.changed": Sentence(_("改了单位的资料")),
    "people.organisation.closed": Sentence(_("撤销了一个单位")),
    "people.group.created": Sentence(_("成立了一个小组"), PUBLIC),
    "people.group.changed": Sentence(_("改了小组的资料")),
    "people.group.closed": Sentence(_("结束了一个小组"), PUBLIC),
    "people.group.joined": Sentence(_("有人加入了小组"), labels=ROLE_AND_PLACE),
    "people.group.left": Sentence(_("有人离开了小组"), labels=ROLE_AND_PLACE),
    "people.group.adopted": Sentence(_("小组认领了%(site)s"), PUBLIC, ROLE_AND_PLACE),
    "people.group.released": Sentence(_("小组交还了认领的地方"), PUBLIC),
}


def _subject_of(entry) -> list[UUID]:
    """The account that a line names in its data: the person it is about."""
    account = entry.data.get("account")
    return [UUID(account)] if account else []


def _page(name: str):
    return lambda entry: reverse(name)


def _notice(code: str, text: Any, page: str, *, urgent: bool = False) -> NoticeRule:
    return NoticeRule(code, text, _subject_of, _page(page), urgent)


NOTICES = (
    _notice("people.residence.confirmed", _("社区确认了您住在%(building)s"), "people:residence"),
    _notice(
        "people.residence.refused", _("社区没有确认您住在%(building)s，原因在页面里"), "people:residence"
    ),
    _notice("people.post.given", _("您有了新岗位：%(at)s%(role)s"), "people:account"),
    _notice("people.post.handed_over", _("您接手了岗位：%(at)s%(role)s"), "people:account"),
    _notice("people.post.deputised", _("请您代理%(at)s%(role)s，到 %(until)s"), "people:account"),
    _notice("people.post.ended", _("您在%(at)s的%(role)s岗位结束了"), "people:account"),
    _notice("people.group.joined", _("您加入了一个小组"), "people:groups"),
    _notice("people.secret.read", _("有工作人员为办事查看了您的%(what)s"), "people:reads"),
    _notice(
        "people.recovery.made",
        _("管理员为您的账户做了找回链接。不是您要的，请马上联系社区。"),
        "people:security",
        urgent=True,
    ),
    _notice(
        "people.recovery.used",
        _("您的密码用找回链接改过了，其他登录和接口令牌都已失效"),
        "people:security",
        urgent=True,
    ),
)


def waiting_residences(actor: Actor) -> waiting.Waiting | None:
    """Requests to be confirmed as living somewhere, for the inbox."""
    if not policy.can_somewhere(actor, "people.residence:confirm"):
        return None
    found = queries.pending_residences(actor)
    return waiting.rows(
        found, ref="pk", title="household__door", place="household__place", site="household__building"
    )


def residence_item(row: waiting.Row) -> InboxItem:
    """No name in the title: walls have eyes."""
    return InboxItem(
        key=f"people.residence:{row.ref}",
        title=row.title,
        url=address("desk:residences", otherwise="/desk/"),
        kind=_("住户认证"),
        since=row.since,
        place=row.place,
        facts={"residence": row.ref, "site": row.site, "is_door": True},
    )


MODULE = Module(
    name="people",
    title=pgettext_lazy("heading", "人"),
    sentences=SENTENCES,
    notices=NOTICES,
    inbox=(InboxSource("people.residences", _("住户认证"), rows=waiting_residences, item=residence_item),),
    periodic=(
        Periodic("people.urgent", 5, delivery.send_urgent),
        Periodic("people.digest", 60, delivery.send_digest),
    ),
    personal_data=(PersonalData("people", _("账户、岗位和住址"), personal_data.export, personal_data.erase),),
)
