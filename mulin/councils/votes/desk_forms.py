"""The forms with which votes are prepared, counted and answered."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils import voterules
from mulin.councils.results.words import to_fen
from mulin.councils.rosters import queries as rosters
from mulin.councils.votes import challenges, drafting, money, running, states
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.language import either
from mulin.places.queries import children, names_of

MOMENT = {"type": "datetime-local"}
MOST_FILE = 5_000_000


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **more)


def places_for(actor: Actor) -> list[tuple[str, str]]:
    """Communities and streets where the actor may hold a vote."""
    own = dict.fromkeys(post.place[:12] for post in actor.posts if len(post.place) >= 12)
    found = [code for code in own if codes.level(code) >= codes.Level.STREET]
    names = names_of(found)
    choices = [(code, names[code]) for code in found]
    for code in found:
        if codes.level(code) < codes.Level.COMMUNITY:
            choices += [(one.code, one.name) for one in children(code)[:200]]
    if not choices and actor.posts:
        for post in actor.posts:
            choices += [(one.code, one.name) for one in children(post.place)[:200]] if post.place else []
    return choices


class NewVote(forms.Form):
    """Where, and what about: everything else comes on the next page."""

    title = forms.CharField(label=gettext_lazy("表决什么"), max_length=drafting.TITLE_LENGTH)
    place = forms.ChoiceField(label=gettext_lazy("在哪里"))
    body = forms.ChoiceField(
        label=gettext_lazy("谁来投票"), choices=list(states.BODY_WORDS.items()), widget=forms.RadioSelect,
        help_text=gettext_lazy("居民和业主是两种人、两套法律，从不混在一起计票。"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("怎么投"), choices=list(states.KIND_WORDS.items()), widget=forms.RadioSelect
    )
    pb = forms.FileField(
        label=gettext_lazy("从 .pb 文件带入项目和预算"), required=False,
        help_text=gettext_lazy("只用于预算投票；Pabulib 的格式。"),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places_for(actor)

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        file = data.pop("pb")
        if file is not None and data["kind"] == "budget":
            if file.size > MOST_FILE:
                raise ActionError("bad-file", _("文件太大了。"), field="pb", status=422)
            try:
                text = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise ActionError("bad-file", _("文件要用 UTF-8 编码。"), field="pb", status=422) from error
            data["money"], data["options"] = money.read_projects(text)
        return data


class EditVote(forms.Form):
    """A whole draft on one page, with the fields that its kind has."""

    OF_KIND = {
        "yes_no": (),
        "choose_one": ("options", "breaks_ties"),
        "approve": ("options", "seats", "max_choices", "breaks_ties"),
        "rank": ("options", "seats", "breaks_ties"),
        "budget": ("options", "max_choices", "yuan", "method"),
    }

    title = forms.CharField(label=gettext_lazy("表决什么"), max_length=drafting.TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=drafting.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("为什么表决，各选项有什么不同，钱从哪里来。"),
    )  # fmt: skip
    body = forms.ChoiceField(label=gettext_lazy("谁来投票"), choices=list(states.BODY_WORDS.items()))
    affair = forms.ChoiceField(
        label=gettext_lazy("属于哪类事项"), help_text=gettext_lazy("门槛由规则包按事项给出，附法律依据。")
    )
    kind = forms.ChoiceField(label=gettext_lazy("怎么投"), choices=list(states.KIND_WORDS.items()))
    secrecy = forms.ChoiceField(
        label=gettext_lazy("记名还是无记名"), widget=forms.RadioSelect,
        choices=[
            ("secret", gettext_lazy("无记名：知道谁投过，不知道投了什么")),
            ("named", gettext_lazy("记名")),
        ],
        help_text=gettext_lazy("业主按面积的表决，依法是记名的。"),
    )  # fmt: skip
    options = forms.CharField(
        label=gettext_lazy("选项，一行一个"), required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("写成：名称 | 费用（元）| 说明。费用和说明可以不写。"),
    )  # fmt: skip
    seats = forms.IntegerField(label=gettext_lazy("选出几个"), required=False, min_value=1, max_value=60)
    max_choices = forms.IntegerField(
        label=gettext_lazy("每张票最多选几个"), required=False, min_value=1, max_value=60,
        help_text=gettext_lazy("空着就不限。"),
    )  # fmt: skip
    breaks_ties = forms.BooleanField(label=gettext_lazy("票数相同时，按选项排列的先后定"), required=False)
    yuan = forms.DecimalField(
        label=gettext_lazy("预算一共多少元"), required=False, min_value=Decimal(1), decimal_places=2
    )
    method = forms.ChoiceField(label=gettext_lazy("怎么选项目"), choices=list(states.METHOD_WORDS.items()))
    roster = forms.ChoiceField(
        label=gettext_lazy("名册"), required=False, help_text=gettext_lazy("只列已定稿、同一类人的名册。")
    )
    opens_at = _moment(gettext_lazy("什么时候开始"), required=False)
    closes_at = _moment(gettext_lazy("什么时候截止"), required=False)
    quorum = forms.CharField(
        label=gettext_lazy("另定的参与门槛"), required=False, max_length=120,
        help_text=gettext_lazy("一般空着。例如 heads > 1/2 of roster；只能比法律更严。"),
    )  # fmt: skip
    consent = forms.CharField(label=gettext_lazy("另定的同意门槛"), required=False, max_length=120)
    basis = forms.CharField(label=gettext_lazy("另定门槛的依据"), required=False, max_length=120)

    def __init__(self, vote: Vote, *args: Any, **kwargs: Any):
        super().__init__(*args, initial=_initial(vote), **kwargs)
        self.vote = vote
        for name in {one for names in self.OF_KIND.values() for one in names} - {*self.OF_KIND[vote.kind]}:
            del self.fields[name]
        self.fields["affair"].choices = affairs(vote)
        found = rosters.usable_rosters(vote.place)
        self.fields["roster"].choices = [
            ("", _("还没有选")),
            *((str(one.pk), f"{one.title}（{states.BODY_WORDS[one.body]}）") for one in found[:60]),
        ]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        custom = {name: data.pop(name).strip() for name in ("quorum", "consent", "basis")}
        has_own = custom["quorum"] or custom["consent"]
        if has_own and not custom["basis"]:
            raise ActionError("no-basis", _("另定的门槛要写依据。"), field="basis", status=422)
        data["custom"] = {name: text for name, text in custom.items() if text} if has_own else {}
        data["is_secret"] = data.pop("secrecy") == "secret"
        # What this kind does not ask stays as it was.
        data["money"] = to_fen(data.pop("yuan")) if "yuan" in data else self.vote.money
        has_options = "options" in data
        data["options"] = read_options(data["options"], self.vote) if has_options else self.vote.options
        data["seats"] = data.get("seats") or 1
        for name in ("max_choices", "breaks_ties", "method"):
            data.setdefault(name, getattr(self.vote, name))
        data["roster"] = data["roster"] or None
        return data


def affairs(vote: Vote) -> list[tuple[str, str]]:
    """Matters that a vote can be about: the owners' list of the law, or our words."""
    if not vote.is_by_area:
        return [(code, str(states.AFFAIR_WORDS[code])) for code in ("consultation", "decision")]
    rows = voterules.matters(rulebook.book(), at=vote.place, on=clock.today())
    found = [(row["code"], either(row["zh"], row["en"])) for row in rows]
    return [*found, *((code, str(states.AFFAIR_WORDS[code])) for code in ("lift", "home_to_business"))]


def read_options(text: str, vote: Vote) -> list[dict[str, Any]]:
    """`name | cost | words` a line. Options that keep their name keep their key."""
    keys = {one["title"]: one["key"] for one in vote.options}
    found = []
    for row in filter(None, (one.strip() for one in text.splitlines())):
        title, cost, words = (*(part.strip() for part in row.replace("｜", "|").split("|", 2)), "", "")[:3]
        try:
            fen = to_fen(Decimal(cost.replace(",", "").replace("元", ""))) if cost else None
        except ArithmeticError as error:
            said = _("“%(cost)s”不是金额。写成：名称 | 费用（元）| 说明。") % {"cost": cost[:20]}
            raise ActionError("bad-money", said, field="options", status=422) from error
        found.append({"key": keys.get(title, ""), "title": title, "text": words, "cost": fen})
    return found


def _initial(vote: Vote) -> dict[str, Any]:
    names = ("title", "text", "body", "affair", "kind", "seats", "max_choices", "breaks_ties", "method")
    return {
        **{name: getattr(vote, name) for name in names},
        **vote.custom,
        "secrecy": "secret" if vote.is_secret else "named",
        "options": "\n".join(map(_written, vote.options)),
        "yuan": Decimal(vote.money) / 100 if vote.money else None,
        "roster": str(vote.roster_id or ""),
        "opens_at": vote.opens_at,
        "closes_at": vote.closes_at,
    }


def _written(option: dict[str, Any]) -> str:
    cost = option["cost"]
    amount = "" if cost is None else f"{Decimal(cost) / 100:f}"
    return " | ".join([option["title"], amount, option["text"].replace("\n", " ")]).rstrip(" |")


class Officers(forms.Form):
    """Who opens the box together."""

    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("计票人"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("每人领一把钥匙，到齐才能开箱。请选互相不隶属的人。"),
    )  # fmt: skip

    def __init__(self, vote: Vote, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = [(str(one.pk), f"{one}") for one in drafting.may_be_officers(vote)]


class Unseen(forms.TextInput):
    """A field for a key: what was typed does not come back in the page when something else was wrong, for a
    page stays on the screen, and several officers sit before it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> None:
        return None


class Key(forms.Form):
    """An officer's key, pasted or as its file."""

    text = forms.CharField(
        label=gettext_lazy("钥匙"), required=False, max_length=4000,
        widget=Unseen(),
        help_text=gettext_lazy("贴进 mulin-key 开头的那一行，或者选钥匙文件。"),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("钥匙文件"), required=False)

    def read(self) -> str:
        return self.cleaned_data["text"] or text_of(self.cleaned_data["file"])


def text_of(file: Any) -> str:
    return file.read(4000).decode("utf-8", "replace") if file else ""


class Count(forms.Form):
    """The keys of all officers at once, and how many came to a meeting."""

    present = forms.IntegerField(
        label=gettext_lazy("到会多少"), required=False, min_value=0,
        help_text=gettext_lazy("只有开会表决的才填；没有开会就空着。"),
    )  # fmt: skip

    def __init__(self, vote: Vote, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.officers = list(vote.keys.select_related("account").order_by("position", "id"))
        for n, officer in enumerate(self.officers):
            self.fields[f"key_{n}"] = forms.CharField(
                label=_("%(name)s的钥匙") % {"name": officer.account}, required=False, max_length=4000,
                widget=Unseen(),
            )  # fmt: skip
            self.fields[f"file_{n}"] = forms.FileField(
                label=_("或者选%(name)s的钥匙文件") % {"name": officer.account}, required=False
            )
        if vote.is_by_area:
            # Owners take part by their papers: who only sat there counts for nothing (民法典第278条).
            del self.fields["present"]
        for name, field in self.fields.items():
            field.is_either = name != "present"  # the text or the file
        self.order_fields([*(n for n in self.fields if n != "present"), "present"])

    def keys(self) -> list[str]:
        given = [
            self.cleaned_data[f"key_{n}"] or text_of(self.cleaned_data[f"file_{n}"])
            for n in range(len(self.officers))
        ]
        return [one for one in given if one.strip()]


class Certify(forms.Form):
    """Publishing is for good."""

    keys_destroyed = forms.BooleanField(
        label=gettext_lazy("每位计票人都已删掉自己的钥匙文件和抄件"), required=False,
        help_text=gettext_lazy("钥匙一毁，备份里的票也永远打不开了。"),
    )  # fmt: skip

    def __init__(self, vote: Vote, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not vote.is_secret:
            del self.fields["keys_destroyed"]


class Extend(forms.Form):
    """A later close, and why."""

    closes_at = _moment(gettext_lazy("延到什么时候"))
    reason = forms.CharField(
        label=gettext_lazy("为什么延期"), max_length=running.REASON_LENGTH,
        help_text=gettext_lazy("大家都会看到。"),
    )  # fmt: skip


class Stop(forms.Form):
    """Why a vote is given up."""

    reason = forms.CharField(
        label=gettext_lazy("为什么停办"), max_length=running.REASON_LENGTH,
        help_text=gettext_lazy("大家都会看到。票箱不打开，票全部作废。"),
    )  # fmt: skip


class RecordChallenge(forms.Form):
    """A challenge that came to the counter."""

    name = forms.CharField(label=gettext_lazy("谁提的"), max_length=challenges.NAME_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("哪里不对"),
        max_length=challenges.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AnswerChallenge(forms.Form):
    """A decision with its reasons."""

    decision = forms.ChoiceField(
        label=gettext_lazy("异议成立吗"),
        choices=list(states.DECISION_WORDS.items()),
        widget=forms.RadioSelect,
    )
    summary = forms.CharField(
        label=gettext_lazy("公布：异议说的是什么"), max_length=challenges.SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("一两句话，不写姓名。"),
    )  # fmt: skip
    answer = forms.CharField(
        label=gettext_lazy("公布：答复"), max_length=challenges.ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
