"""The forms of meetings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.meetings import queries, states
from mulin.councils.meetings.actions import TEXT_LENGTH, TITLE_LENGTH
from mulin.councils.meetings.catalogue import MeetingType, type_of, word
from mulin.councils.meetings.models import AgendaItem, Meeting
from mulin.councils.topics.access import manageable_q
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.queries import children, name_of, names_of, sites

MOST = 200
LOCAL = "%Y-%m-%dT%H:%M"


def _moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(widget=widget, **more)


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def place_choices(actor: Actor) -> list[tuple[str, str]]:
    """Streets and communities where the actor may hold meetings."""
    roles = policy.table()[queries.MANAGE]
    found: list[str] = []
    for post in actor.posts:
        if post.role not in roles or not post.place:
            continue
        own = codes.community(post.place) or post.place
        found.append(own)
        if codes.level(own) == codes.Level.STREET:
            found += [one.code for one in children(own)]
        elif codes.level(own) < codes.Level.STREET:
            found += [one.code for one in children(own)]
    fitting = [one for one in dict.fromkeys(found) if codes.level(one) >= codes.Level.STREET][:MOST]
    names = names_of(fitting)
    return [(one, names[one]) for one in fitting]


def org_choices(actor: Actor, places: list[str]) -> list[tuple[str, str]]:
    """Who can hold a meeting: one's own unit, and for who works there the groups of these places."""
    own = list(Organisation.objects.filter(pk__in=actor.orgs, closed_on=None).order_by("name"))
    found = [(str(one.pk), str(one)) for one in own]
    if any(policy.can(actor, queries.MANAGE, place) for place in places):
        groups = Organisation.objects.filter(
            kind__in=(*Organisation.GROUPS, "committee"), place__in=places, closed_on=None
        )
        found += [
            (str(one.pk), str(one)) for one in groups.exclude(pk__in=actor.orgs).order_by("name")[:MOST]
        ]
    return found


class NewMeeting(forms.Form):
    """When and where; the agenda comes next."""

    place = forms.ChoiceField(label=gettext_lazy("哪里的会"))
    org = forms.ChoiceField(label=gettext_lazy("谁召集"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("为哪个议题开"), required=False)
    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=TITLE_LENGTH, required=False,
        help_text=gettext_lazy("空着就用会议的名称"),
    )  # fmt: skip
    begins_at = _moment(label=gettext_lazy("什么时候"), required=False)
    venue = forms.CharField(label=gettext_lazy("在哪里"), max_length=80, required=False)

    def __init__(self, actor: Actor, kind: MeetingType, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = place_choices(actor)
        self.fields["place"].choices = places
        orgs = org_choices(actor, [code for code, _name in places])
        may_alone = any(policy.can(actor, queries.MANAGE, code) for code, _name in places)
        blank = [("", _("社区"))] if may_alone else []
        self.fields["org"].choices = [*blank, *orgs]
        self.fields["org"].required = not may_alone
        if kind.members == "group":
            self.fields["org"].help_text = _("小组的成员会自动列入应到名单")
        topics = Topic.objects.filter(manageable_q(actor), state="running").order_by("-id")[:50]
        self.fields["topic"].choices = [("", _("不为哪一个")), *((one.number, one.title) for one in topics)]
        if len(self.fields["topic"].choices) == 1:
            del self.fields["topic"]
        self.topics = {one.number: one for one in topics}

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["org"] = data["org"] or None
        data["topic"] = self.topics.get(data.get("topic", ""))
        return data


class Edit(forms.Form):
    """Everything about a draft but its agenda."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_LENGTH)
    begins_at = _moment(label=gettext_lazy("什么时候"), required=False)
    lasts = forms.IntegerField(label=gettext_lazy("大约开多少分钟"), min_value=10, max_value=600)
    venue = forms.CharField(label=gettext_lazy("在哪里"), max_length=80, required=False)
    site = forms.ChoiceField(label=gettext_lazy("只关系到哪个院落、小区"), required=False)
    chair = forms.CharField(label=gettext_lazy("谁主持"), max_length=40, required=False)
    recorder = forms.CharField(label=gettext_lazy("谁记录"), max_length=40, required=False)
    due = forms.IntegerField(
        label=gettext_lazy("应到多少人"), required=False, min_value=0, max_value=1_000_000,
        help_text=gettext_lazy("名单上列全了就空着"),
    )  # fmt: skip
    intro = forms.CharField(
        label=gettext_lazy("为什么开"), required=False, max_length=TEXT_LENGTH, widget=_area(3)
    )

    def __init__(self, meeting: Meeting, data: Any = None):
        names = ("title", "begins_at", "lasts", "venue", "site", "chair", "recorder", "intro")
        initial = {name: getattr(meeting, name) for name in names} | {"due": meeting.due or None}
        super().__init__(data, initial=initial)
        near = sites(meeting.place, "estate") if len(meeting.place) == 12 else []
        if meeting.site and meeting.site not in {one.code for one in near}:
            near_choices = [(meeting.site, name_of(meeting.site))]
        else:
            near_choices = []
        self.fields["site"].choices = [
            ("", _("不限")),
            *near_choices,
            *((one.code, one.name) for one in near),
        ]
        if type_of(meeting.type).members == "open":
            del self.fields["due"]

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "due": self.cleaned_data.get("due") or 0}


class Announce(forms.Form):
    """Who was told by hand already, and why it is late where it is."""

    told = forms.MultipleChoiceField(
        label=gettext_lazy("已经当面或书面告知"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("没有告知的，发出通知后会留在您的待办里"),
    )  # fmt: skip
    late_reason = forms.CharField(
        label=gettext_lazy("通知晚了，为什么"), max_length=200, required=False,
        help_text=gettext_lazy("和通知一起公开"),
    )  # fmt: skip

    def __init__(self, meeting: Meeting, is_late: bool, data: Any = None):
        super().__init__(data)
        duties = type_of(meeting.type).by_hand
        self.fields["told"].choices = [(one.key, str(one)) for one in duties]
        if not duties:
            del self.fields["told"]
        if is_late:
            self.fields["late_reason"].is_either = True  # asked for by the action, so never "may be left out"
        else:
            del self.fields["late_reason"]

    def values(self) -> dict[str, Any]:
        return {
            "told": self.cleaned_data.get("told", []),
            "late_reason": self.cleaned_data.get("late_reason", ""),
        }


class Change(forms.Form):
    """Another time or place."""

    begins_at = _moment(label=gettext_lazy("改到什么时候"))
    lasts = forms.IntegerField(label=gettext_lazy("大约开多少分钟"), min_value=10, max_value=600)
    venue = forms.CharField(label=gettext_lazy("在哪里"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("为什么改"), max_length=200, help_text=gettext_lazy("来的人会看到")
    )

    def __init__(self, meeting: Meeting, data: Any = None):
        names = ("begins_at", "lasts", "venue")
        super().__init__(data, initial={name: getattr(meeting, name) for name in names})


class Reason(forms.Form):
    """One sentence that everybody may read."""

    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=200)


class Item(forms.Form):
    """One item of the agenda."""

    title = forms.CharField(label=gettext_lazy("议什么"), max_length=TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=TEXT_LENGTH, widget=_area(4),
        help_text=gettext_lazy("让没有来过的人也看得懂。不写姓名和门牌。"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("要不要作决定"), choices=list(states.ITEM_KINDS.items()), widget=forms.RadioSelect
    )
    topic = forms.ChoiceField(label=gettext_lazy("属于哪个议题"), required=False)
    matter = forms.CharField(
        label=gettext_lazy("来自哪件事的编号"), max_length=20, required=False,
        help_text=gettext_lazy("只能写已经公开的事，说过这件事的人会收到通知"),
    )  # fmt: skip

    def __init__(self, actor: Actor, meeting: Meeting, item: AgendaItem | None, data: Any = None):
        initial = {"kind": "hear"}
        if item:
            initial = {name: getattr(item, name) for name in ("title", "text", "kind")}
        super().__init__(data, initial=initial)
        near = Topic.objects.filter(manageable_q(actor), state="running").order_by("-id")
        topics = [one for one in near[:MOST] if one.place[:9] == meeting.place[:9]]
        self.fields["topic"].choices = [("", _("不属于")), *((one.number, one.title) for one in topics)]
        if item:
            del self.fields["topic"], self.fields["matter"]
        elif not topics:
            del self.fields["topic"]


class MoveItem(forms.Form):
    """To which meeting."""

    into = forms.ChoiceField(label=gettext_lazy("转到哪次会"), widget=forms.RadioSelect)
    why = forms.CharField(label=gettext_lazy("为什么转"), max_length=200, required=False)

    def __init__(self, actor: Actor, meeting: Meeting, data: Any = None):
        super().__init__(data)
        kinds = (*type_of(meeting.type).linked, meeting.type)
        coming = queries.targets_for(actor, meeting, kinds)
        near = [(f"into:{one.number}", _target(one)) for one in coming]
        new = [(f"type:{key}", _("新起草一次%(type)s") % {"type": word(key)}) for key in kinds]
        self.fields["into"].choices = [*near, *new]

    def values(self) -> dict[str, str]:
        kind, _colon, value = self.cleaned_data["into"].partition(":")
        return {kind: value, "why": self.cleaned_data["why"]}


def _target(meeting: Meeting) -> str:
    from mulin.councils.meetings.showing import when

    words = {
        "type": word(meeting.type),
        "title": meeting.title,
        "when": when(meeting.begins_at) or _("时间没定"),
    }
    if meeting.state == "announced":
        return _("%(type)s：%(title)s，%(when)s（通知已发，转过去算没有事先通知）") % words
    return _("%(type)s：%(title)s，%(when)s") % words


class Propose(forms.Form):
    """What somebody wants to have talked over."""

    title = forms.CharField(label=gettext_lazy("您想议什么"), max_length=TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("说说情况"), required=False, max_length=TEXT_LENGTH, widget=_area(5)
    )


class DecideProposal(forms.Form):
    """Into which meeting and in which words, or why not."""

    into = forms.ChoiceField(label=gettext_lazy("列进哪次会"), required=False)
    title = forms.CharField(label=gettext_lazy("议程上怎么写"), max_length=TITLE_LENGTH, required=False)
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=TEXT_LENGTH, widget=_area(4),
        help_text=gettext_lazy("公开前请去掉姓名、电话、门牌"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("不列入的话，为什么"), max_length=200, required=False,
        help_text=gettext_lazy("提的人会看到"),
    )  # fmt: skip

    def __init__(self, coming: list[Meeting], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", _("不列入")), *((one.number, _target(one)) for one in coming)]


class People(forms.Form):
    """Names, one a line."""

    text = forms.CharField(
        label=gettext_lazy("名字，一行一个"), widget=_area(8),
        help_text=gettext_lazy("名字后面空一格，可以写代表哪一户、哪个单位"),
    )  # fmt: skip
    guests = forms.BooleanField(label=gettext_lazy("这些是列席的，不算应到"), required=False)


class Heads(forms.Form):
    """Counted by eye."""

    due = forms.IntegerField(label=gettext_lazy("应到"), min_value=0, max_value=1_000_000, required=False)
    counted = forms.IntegerField(
        label=gettext_lazy("名单以外到了"), min_value=0, max_value=1_000_000, required=False
    )


class Decide(forms.Form):
    """What came of one item. Which choices there are depends on how the meeting decides."""

    decision = forms.ChoiceField(label=gettext_lazy("结果"), widget=forms.RadioSelect)
    votes_for = forms.IntegerField(label=gettext_lazy("同意"), min_value=0, required=False)
    votes_against = forms.IntegerField(label=gettext_lazy("反对"), min_value=0, required=False)
    votes_abstain = forms.IntegerField(label=gettext_lazy("弃权"), min_value=0, required=False)
    resolution = forms.CharField(
        label=gettext_lazy("决定了什么"), required=False, max_length=TEXT_LENGTH, widget=_area(3)
    )

    def __init__(self, meeting: Meeting, item: AgendaItem, may_decide: bool, data: Any = None):
        decides = type_of(meeting.type).decides
        is_hands = item.votes_for is not None and decides == "hands"
        names = ("votes_for", "votes_against", "votes_abstain", "resolution")
        initial = {name: getattr(item, name) for name in names}
        initial["decision"] = "hands" if is_hands else item.decision
        super().__init__(data, initial=initial)
        plain = [(key, states.DECISIONS[key]) for key in ("put_off", "heard")]
        first: list[tuple[str, Any]] = []
        if may_decide and decides == "hands":
            first = [("hands", _("举手表决，按人数认定"))]
        elif may_decide and decides == "talk":
            first = [(key, states.DECISIONS[key]) for key in states.DECIDED]
        self.fields["decision"].choices = [*first, *plain]
        if not first:
            for name in ("votes_for", "votes_against", "votes_abstain"):
                del self.fields[name]


class NewAction(forms.Form):
    """What is to be done."""

    text = forms.CharField(label=gettext_lazy("要做什么"), max_length=200)
    who = forms.CharField(label=gettext_lazy("由谁负责"), max_length=80)
    due_on = forms.DateField(
        label=gettext_lazy("哪天前"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    item = forms.ChoiceField(label=gettext_lazy("来自哪一项"), required=False)

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = meeting.items.order_by("position")
        self.fields["item"].choices = [("", "—"), *((str(one.pk), one.title) for one in rows)]


class EndAction(forms.Form):
    """What became of it."""

    state = forms.ChoiceField(
        label=gettext_lazy("结果"), widget=forms.RadioSelect,
        choices=[(key, states.ACTION_WORDS[key]) for key in ("done", "dropped")],
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("一句话说明"), max_length=200, help_text=gettext_lazy("和记录一起公开")
    )
