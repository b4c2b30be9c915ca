"""Posts, accounts, units and groups."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.desk.admin.forms import common
from mulin.desk.admin.forms.routes import unit_choices
from mulin.desk.admin.where import PlaceFormField
from mulin.kernel import clock, codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.people import queries, states
from mulin.people.models import Account, Organisation, Post


class PersonField(forms.CharField):
    """An account by its exact log-in name or telephone number: there is no browsing of people."""

    def __init__(self, **kwargs: Any):
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(
            help_text=_("填他的用户名或手机号，要完整"),
            widget=widget,
            error_messages={"required": _("请填一个人。")},
            **kwargs,
        )
        self.actor: Actor | None = None

    def clean(self, value: Any) -> Account | None:
        text = super().clean(value)
        if not text:
            return None
        found = _find(self.actor, text)
        if found is None:
            raise ValidationError(_now("没有这个用户名或手机号的账户。没有账户的，先建一个。"))
        return found


def _find(actor: Actor, text: str) -> Account | None:
    """Whoever gives posts finds any account; others find colleagues only, to ask one to stand in."""
    try:
        return queries.find_account(actor, text)
    except NotVisible:
        alive = Account.objects.filter(erased_at=None, is_active=True)
        found = alive.filter(username=text.strip()).first() or queries.account_by_phone(text, alive)
    held = (
        Post.objects.filter(queries.in_force(), account=found).values_list("place", "org_id") if found else ()
    )
    near = any(
        org in actor.orgs or any(codes.contains(post.place[:12], place) for post in actor.posts if post.place)
        for place, org in held
    )
    return found if near else None


def _role_choices() -> list[tuple[str, Any]]:
    return [(role, word) for role, (word, _levels) in states.ROLES.items() if role not in states.GROUP_ROLES]


class PostForm(common.Form):
    """A role at a place for a term."""

    person = PersonField(label=_("谁"))
    role = forms.ChoiceField(label=pgettext_lazy("role", "做什么"))
    place = PlaceFormField(label=_("在哪里"), help_text=_("网格员填网格，楼长填楼栋，社区的人填社区"))
    org = forms.ChoiceField(label=_("属于哪个单位"), required=False)
    title = common.line(_("职务名称"), most=40, required=False, help_text=_("例如：副主任"))
    begins_on = common.day(_("第一天"), required=True)
    ends_on = common.day(_("最后一天"), help_text=_("空着：直到有人结束它"))

    def __init__(self, actor: Actor, places: list[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor
        self.fields["role"].choices = [("", "—"), *_role_choices()]
        self.fields["org"].choices = [("", _("不属于单位")), *unit_choices(places)]
        self.initial.setdefault("begins_on", clock.today())

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        person, org = data.pop("person"), data.pop("org")
        return {**data, "account_id": person.pk, "org_id": org or None}


class EndForm(common.Form):
    """The last day of a post; none: at once."""

    on = common.day(_("最后一天"), help_text=_("空着：现在就结束"))


class HandOverForm(common.Form):
    """Who takes over, and from when."""

    person = PersonField(label=_("谁接手"))
    on = common.day(
        _("哪天接手"), required=True, help_text=_("前一天是原来那位的最后一天；他请的代理一起结束")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor
        self.initial.setdefault("on", clock.today())


class DeputyForm(common.Form):
    """Who stands in, and for how long."""

    person = PersonField(label=_("请谁代理"))
    begins_on = common.day(_("第一天"), required=True)
    ends_on = common.day(_("最后一天"), required=True)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor
        self.initial.setdefault("begins_on", clock.today())


class FindForm(common.Form):
    """One account by its exact name or number."""

    who = forms.CharField(label=_("用户名或手机号"), required=False)


class AccountForm(common.Form):
    """An account for a colleague. No password: the person sets one by the link or logs in by code."""

    name = common.line(_("姓名"), most=40)
    username = common.line(_("用户名"), most=64, help_text=_("字母、数字、横线"))
    phone = common.line(
        _("手机号"), most=20, required=False, inputmode="tel", help_text=_("填了就能用短信验证码登录")
    )
    place = PlaceFormField(label=_("在哪里工作"))


class LinkForm(common.Form):
    """A recovery link; starting over with the second factor must be asked for."""

    resets_second_factor = forms.BooleanField(
        label=_("第二步验证也重设"),
        required=False,
        help_text=_("换了手机、丢了验证器时才勾选；先当面或打电话确认是本人"),
    )


class OrganisationForm(common.Form):
    """A unit."""

    name = common.line(_("名称"))
    name_en = common.line(_("英文名称"), most=120, required=False)
    kind = forms.ChoiceField(label=_("类型"), error_messages={"required": _("请选单位的类型。")})
    place = PlaceFormField(label=_("在哪里"), levels=(2, 4, 6, 9, 12))
    phone = common.line(_("电话"), most=40, required=False, inputmode="tel", help_text=_("对外公布的那个"))
    about = common.area(_("介绍"), rows=2, required=False)
    is_public = forms.BooleanField(label=_("居民看得到"), required=False, initial=True)

    def __init__(self, org: Organisation | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [*Organisation.OFFICIAL, *Organisation.OTHERS]
        self.fields["kind"].choices = [("", "—"), *((kind, states.kind_name(kind)) for kind in kinds)]
        if org is not None:
            del self.fields["place"]
            keys = ("name", "name_en", "kind", "phone", "about", "is_public")
            self.initial = {key: getattr(org, key) for key in keys}


class GroupForm(common.Form):
    """A group of neighbours."""

    name = common.line(_("名称"))
    kind = forms.ChoiceField(label=_("类型"), error_messages={"required": _("请选小组的类型。")})
    place = PlaceFormField(label=_("在哪里"), levels=(9, 12))
    leader = PersonField(label=pgettext_lazy("desk", "负责人"), required=False)
    about = common.area(_("做什么"), rows=2, required=False)
    is_public = forms.BooleanField(label=_("居民看得到"), required=False, initial=True)

    def __init__(self, actor: Actor, group: Organisation | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["leader"].actor = actor
        self.fields["kind"].choices = [
            ("", "—"),
            *((kind, states.kind_name(kind)) for kind in Organisation.GROUPS),
        ]
        if group is not None:
            for name in ("kind", "place", "leader"):
                del self.fields[name]
            self.initial = {key: getattr(group, key) for key in ("name", "about", "is_public")}

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        leader = data.pop("leader", None)
        return {**data, "leader_id": leader.pk if leader else None} if "kind" in data else data


class MemberForm(common.Form):
    """Someone for a group."""

    person = PersonField(label=_("谁"))
    role = forms.ChoiceField(label=pgettext_lazy("role", "做什么"), widget=forms.RadioSelect)
    ends_on = common.day(_("最后一天"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].actor = actor
        self.fields["role"].choices = [
            (role, states.role_name(role)) for role in ("group_member", "group_leader")
        ]
        self.initial.setdefault("role", "group_member")


class AdoptForm(common.Form):
    """A place that a group takes into its care."""

    site = forms.ChoiceField(label=_("认领哪里"), required=False)

    def __init__(self, sites: list[tuple[Any, Any]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("不认领（交还）")), *sites]


def posts_of(account: Account) -> list[Post]:
    """All working posts of an account, present and past, the latest first."""
    rows = Post.objects.filter(account=account).select_related("org", "deputy_for__account")
    return list(rows.order_by("-begins_on", "-id")[:100])
