"""One's own voice as its person sees it: where it stands, what comes next, the answer, what one may do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from mulin.cases import clocks, pages
from mulin.cases import states as case_states
from mulin.cases.models import Case, Clock
from mulin.cases.pages import Line, ResidentCase
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.days import day_words
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number, show_number
from mulin.kernel.registry import PUBLIC
from mulin.kernel.workingtime import Limit
from mulin.places.queries import names_of
from mulin.portal import words
from mulin.voices import states as voice_states
from mulin.voices.categories import category_name
from mulin.voices.models import Matter, Photo, Voice
from mulin.voices.queries import my_voices

ROAD = ("reported", "dispatched", "in_hand", "done", "closed")
# state of the case -> how far along the road it is
STEP = {
    "reported": 0, "found": 0, "accepted": 0, "returned": 1, "dispatched": 1, "in_hand": 2, "suspended": 2,
    "reopened": 2, "done": 3, "confirmed": 4, "closed": 5,
}  # fmt: skip
# What the road calls a step once it is behind, and a step that is not one of the road's own.
BEHIND = {"done": gettext_lazy("办完了")}
AT = {"suspended": gettext_lazy("暂时办不了")}
# Ordinary states carry no colour: only what waits for the person, what is held up and what is done.
TONES = {"done": "wait", "suspended": "wait", "reopened": "wait", "confirmed": "done", "closed": "done"}
LINE_TONES = {"done": "done", "urgent": "wait", "waiting": "wait"}
ICONS = {
    "voices.voice.submitted": "voice",
    "voices.voice.withdrawn": "undo",
    "voices.matter.published": "eye",
    "voices.wish.answered": "chat",
    "cases.case.dispatched": "hand-over",
    "cases.case.finished": "check",
    "cases.case.closed": "check-double",
    "cases.case.confirmed": "check",
    "cases.case.reopened": "refresh",
    "cases.case.not_solved": "refresh",
    "cases.case.suspended": "pause",
    "cases.case.whistled": "whistle",
}
# Shown as a number beside the matter, not as a line for each person who pressed the button.
COUNTED = frozenset({"voices.matter.me_too"})
# What a person said of their own matter, told to themselves; everybody else reads 反映的人说.
OWN_WORD = {
    "cases.case.not_solved": gettext_lazy("您说：没有解决，重新办理"),
    "cases.case.confirmed": gettext_lazy("您说：解决了"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """What `state_badge` draws."""

    label: Any
    tone: str = ""
    icon: str = ""
    code: str = ""
    seal: bool = False


@dataclass
class Follow:
    """Everything that the page of one's own voice shows."""

    voice: Voice
    state: Badge
    place: str
    where: str
    category: str
    kind: Any
    next_step: str
    clock: dict[str, Any] | None
    road: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    photos: list[dict[str, str]] = field(default_factory=list)
    after: list[dict[str, str]] = field(default_factory=list)
    advice: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    can_rate: bool = False
    can_reopen: bool = False
    is_wish: bool = False
    # What whoever hurries to a major matter does not know and nobody else can say: `where`, `phone`.
    asks: tuple[str, ...] = ()
    # Nothing is being done any more: there is nothing to take back or to put right.
    is_over: bool = False

    @property
    def is_active(self) -> bool:
        return self.voice.state == "received"

    @property
    def shown_number(self) -> str:
        return show_number(self.voice.number)

    @property
    def is_rated(self) -> bool:
        return self.voice.rated_at is not None


def find_own(actor: Actor, number: str) -> Voice:
    """One's own voice by its number, or by that of the matter it belongs to. NotVisible (404) otherwise."""
    number = clean_number(number)
    mine = my_voices(actor)
    voice = mine.filter(number=number).first()
    voice = (
        voice
        or mine.filter(matter__number=number).first()
        or mine.filter(first_matter__number=number).first()
    )
    if voice is None:
        raise NotVisible(number)
    return voice


def state_of(voice: Voice, case: Case | None) -> Badge:
    """Where one's own voice stands, in the words of a neighbour."""
    if voice.state == "withdrawn":
        return Badge(_("您已撤回"), icon="undo", code="withdrawn")
    if case is not None:
        if case.state == "closed" and case.outcome == "unconfirmed":
            return Badge(_("办结，等您一句话"), "wait", code="closed")
        return Badge(case_states.neighbour_label(case.state), TONES.get(case.state, ""), code=case.state)
    return wish_state(voice.matter)


def wish_state(matter: Matter) -> Badge:
    """Where a wish or an offer stands."""
    if matter.decision == "accepted":
        return Badge(voice_states.DECISION_WORDS["accepted"], "done", code="accepted")
    if matter.decision == "declined":
        return Badge(voice_states.DECISION_WORDS["declined"], "wait", "info", "declined")
    if not matter.is_open:
        return Badge(pgettext("state", "已结束"), code="closed")
    if matter.publication == "shown":
        return Badge(_("邻居都看得到"), icon="people", code="shown")
    return Badge(_("已收到"), code="received")


def follow(actor: Actor, voice: Voice, say: Callable[..., str] = words.when) -> Follow:
    """The page of one's own voice, in about twelve statements. `say` words a moment: on paper not as 明天."""
    shown = pages.resident_case(actor, voice)
    case = shown.case if shown else None
    is_wish = voice.kind in voice_states.WISHES
    names = names_of({voice.place, voice.building})
    clock = _clock(case, say) if voice.state == "received" else None
    photos = list(Photo.objects.filter(matter_id=voice.matter_id).order_by("id"))
    answered = voice.answered_at is not None and voice.state == "received"
    return Follow(
        voice=voice,
        state=state_of(voice, case),
        place=names.get(voice.place, ""),
        where=" · ".join(filter(None, dict.fromkeys((names.get(voice.building, ""), voice.address)))),
        category=category_name(voice.matter.category) if voice.matter.category else "",
        kind=words.kind(voice.kind),
        next_step=next_step(voice, shown, clock),
        clock=clock,
        road=_road(voice, shown),
        timeline=_timeline(voice, shown),
        photos=[photo_of(photo) for photo in photos if photo.voice_id == voice.id],
        after=[photo_of(photo, _("办完后的照片")) for photo in photos if photo.role == "after"],
        advice=advice_in(voice.suggestions.get("advice", [])),
        notes=_notes(voice, shown),
        can_rate=answered if is_wish else bool(shown and shown.can_confirm and voice.state == "received"),
        can_reopen=bool(shown and shown.can_reopen and voice.state == "received"),
        is_wish=is_wish,
        asks=_asks(actor, voice, case),
        is_over=bool(case and not case.is_open),
    )


def photo_of(photo: Photo, alt: str = "") -> dict[str, str]:
    return {
        "url": reverse("portal:photo", args=[photo.id, "large"]),
        "thumb": reverse("portal:photo", args=[photo.id, "thumb"]),
        "alt": alt or _("照片"),
    }


def advice_in(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Advice in the current language, with the telephones to call."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [{"code": one["code"], "text": one[language], "phones": one["phones"]} for one in found]


def _asks(actor: Actor, voice: Voice, case: Case | None) -> tuple[str, ...]:
    """In a hurry one says the least: what is missing is asked for once the report is on its way."""
    if case is None or not case.is_open or case.severity != "major" or voice.state != "received":
        return ()
    known = voice.building or voice.address or voice.lon is not None
    known = known or any(voice_states.tells_more(one, voice) for one in voice.additions.all())
    # For an account only whoever is logged in to it leaves a telephone, not who holds the receipt.
    is_own = voice.account_id in (None, actor.account)
    may_call = reach(voice) == "phone" or not is_own
    return (*(() if known else ("where",)), *(() if may_call else ("phone",)))


def _notes(voice: Voice, shown: ResidentCase | None) -> list[str]:
    notes = []
    if shown and shown.merged_into:
        notes.append(_("好几位邻居说的是同一件事，已经并在一起办，您的回执照样有效。"))
    if shown and shown.exclusion:
        notes.append(_("这件事不计入考核：%s。") % shown.exclusion)
    beside = voice.matter.me_too_count
    if beside and shown:
        notes.append(ngettext("有 %d 位邻居也遇到。", "有 %d 位邻居也遇到。", beside) % beside)
    elif beside:
        notes.append(ngettext("有 %d 位邻居也想。", "有 %d 位邻居也想。", beside) % beside)
    return notes


# What comes next ---------------------------------------------------------------------------------


def _clock(case: Case | None, say: Callable[..., str]) -> dict[str, Any] | None:
    """The time limit that the person is waiting for, in words, with the rule it comes from."""
    if case is None or not case.is_open:
        return None
    running = {one.kind: one for one in Clock.objects.filter(case=case, stopped_at=None, paused_at=None)}
    kind = next((k for k in _awaited(case) if k in running), None)
    if kind is None:
        return None
    one = running[kind]
    shown = clocks.show(one, case.place)
    tone = "urgent" if shown.is_overdue and kind != "confirm" else ""
    return {
        "kind": kind, "text": shown.words, "at": shown.due_at, "tone": tone,
        "rule": promise(kind, one.limit), "basis": basis(one.rule),
        "when": say(shown.due_at), "is_over": shown.is_overdue,
    }  # fmt: skip


def promise(kind: str, limit: str) -> str:
    """A time limit as a neighbour would say it."""
    sentences = {
        "acknowledge": _("遇到这样的急事，我们会在 %(limit)s内接手。"),
        "response": _("我们会在 %(limit)s内给您回应。"),
        "solve": _("我们会在 %(limit)s内办好并答复。"),
        "confirm": _("从答复的第二天起数 %(limit)s，最后一天休息就顺延到下一个工作日。"),
    }
    words_ = Limit.parse(limit).describe(get_language() or "zh-hans")
    return sentences[kind] % {"limit": words_} if kind in sentences else ""


def basis(rule: dict[str, Any]) -> str:
    """Where a time limit comes from, for whoever asks."""
    if rule.get("certainty") == "house default" or not rule.get("basis"):
        return _("这是平台通用的时间，当地可以定得更短。")
    return _("依据：%(basis)s。") % {"basis": rule["basis"].rstrip("。")}


def _awaited(case: Case) -> tuple[str, ...]:
    if case.state == "done":
        return ("confirm",)
    if case.severity == "major" and case.acknowledged_at is None:
        return ("acknowledge", "response", "solve")
    return ("response", "solve")


def next_step(voice: Voice, shown: ResidentCase | None, clock: dict[str, Any] | None) -> str:
    """What happens next and by when, in one or two sentences."""
    if voice.state == "withdrawn":
        return _("您撤回了，社区不再办这件事。需要时可以再说。")
    if shown is None:
        return _next_for_wish(voice)
    if clock and not clock["is_over"]:
        found = _next_with_clock(clock, reach(voice))
        if found:
            return found
    if clock and clock["kind"] != "confirm":
        return _("比约定的时间晚了。这件事已经自动报到上一级，您也可以直接打电话催一催。")
    return _next_without_clock(shown)


def reach(voice: Voice) -> str:
    """How the person can be reached: `phone`, `account` (messages only), or `` for not at all."""
    if voice.contact_sealed or (voice.account_id and voice.account.phone_sealed):
        return "phone"
    return "account" if voice.account_id else ""


def _next_with_clock(clock: dict[str, Any], way: str) -> str:
    """Only what can be kept is promised: nobody is called who left no number."""
    if clock["kind"] == "confirm" and way != "phone":
        ask = _("请您看看解决了没有。到%(when)s还没有您的话，会记作“没有确认”办结，不会替您点头。")
        return join(ask % {"when": clock["when"]}, _("以后还能在这里重新打开。"))
    by_hand = {
        "response": _("最晚%(when)s，这里会写明由谁来办。"),
        "solve": _("最晚%(when)s办好，答复写在这里。"),
    }
    sentences = {
        "acknowledge": _("值班的人会马上看到，最晚%(when)s接手。情况变了请直接打电话。"),
        "response": _("社区最晚%(when)s和您联系，或者告诉您由谁来办。"),
        "solve": _("最晚%(when)s办好并答复您。"),
        "confirm": _("请您看看解决了没有。到%(when)s还没有您的话，我们会打电话问您，不会替您点头。"),
    } | ({} if way == "phone" else by_hand)
    if clock["kind"] not in sentences:
        return ""
    said = sentences[clock["kind"]] % {"when": clock["when"]}
    if clock["kind"] in by_hand and way == "account":
        return join(said, _("有进展，“我的”里会有消息。"))
    if clock["kind"] in by_hand and not way:
        return join(said, _("您没有留电话，请凭这张回执回来看：扫码、点链接，或者用编号和查询码。"))
    return said


def join(*sentences: str) -> str:
    """Sentences one after the other; Chinese needs no space between them."""
    return ("" if (get_language() or "zh").startswith("zh") else " ").join(sentences)


def _next_without_clock(shown: ResidentCase) -> str:
    state = shown.case.state
    if state == "suspended":
        review = shown.case.review_on
        said = _("眼下办不了，原因写在下面。到%(day)s会再看一次。")
        if review and review < today():
            said = _("眼下办不了，原因写在下面。原定%(day)s再看，还没有看，您可以打电话催一催。")
        return said % {"day": day_words(review)} if review else ""
    return {
        "done": _("请您看看解决了没有。没有您的话，这件事不会算作办好。"),
        "confirmed": _("谢谢您告诉我们。这件事很快会办结。"),
        "closed": _("办结了。如果又出现了，可以在下面重新打开。"),
        "refused": _("这件事不归社区受理，原因写在下面。觉得不对，可以在下面重新打开。"),
    }.get(state, _("社区会看一遍，再告诉您由谁来办。"))


def _next_for_wish(voice: Voice) -> str:
    matter = voice.matter
    if matter.decision == "accepted":
        return _("社区接下了，答复在下面。邻居还可以继续说“我也想”。")
    if matter.decision == "declined":
        return _("社区暂时做不到，原因写在下面。")
    if matter.publication == "shown":
        return _("已经放到心愿墙上，邻居可以说“我也想”。接不接，社区都会告诉您原因。")
    return _("社区看过后会放到心愿墙上，让邻居也能说“我也想”。接不接，都会告诉您原因。")


def _road(voice: Voice, shown: ResidentCase | None) -> list[dict[str, Any]]:
    """The steps of a case: those that happened, where it stands, and those ahead. A step that was passed over
    (never sent to a unit, answered at once) is not on it. None for what is not on that road at all."""
    case = shown.case if shown else None
    if case is None or voice.state == "withdrawn" or case.state not in STEP:
        return []
    at, happened = min(STEP[case.state], len(ROAD) - 1), _happened(shown)
    steps = []
    for place, state in enumerate(ROAD):
        if place < at and state not in happened:
            continue
        label = case_states.neighbour_label(state)
        if place < at:
            label = BEHIND.get(state, label)
        elif place == at and case.state != "closed":
            label = AT.get(case.state, case_states.neighbour_label(case.state))
        steps.append({"label": label, "past": place < at, "now": place == at, "end": case.state == "closed"})
    return steps


def _happened(shown: ResidentCase) -> set[str]:
    """The steps of the road that the journal tells of; a merged matter brings its own lines along."""
    codes = {line.code for line in shown.timeline}
    found = {"reported"}
    if "cases.case.dispatched" in codes:
        found.add("dispatched")
    if "cases.case.started" in codes:
        found.add("in_hand")
    if shown.case.done_at or "cases.case.finished" in codes:
        found.add("done")
    return found


# What happened -------------------------------------------------------------------------------------


def _timeline(voice: Voice, shown: ResidentCase | None) -> list[dict[str, Any]]:
    lines = shown.timeline if shown else _lines_of(voice)
    lines = [line for line in lines if line.code not in COUNTED]
    entries = [_entry(line, voice.answer) for line in lines]
    _tell_own_words(voice, lines, entries)
    for addition in voice.additions.filter(is_former=False).order_by("id"):
        entries.append(entry(addition.created_at, _("补充"), icon="plus", text=addition.text, quote=True))
    return sorted(entries, key=lambda one: one["when"])


def _tell_own_words(voice: Voice, lines: list[Line], entries: list[dict[str, Any]]) -> None:
    """Say the person's own verdicts in the second person, with what they wrote at each. A remark from before
    lines kept them stands at the last verdict; after a withdrawal it would be the reason of that."""
    own = []
    for line, said in zip(lines, entries, strict=True):
        if line.code in OWN_WORD and line.data.get("voice") == str(voice.id):
            own.append(said)
            said["what"] = str(OWN_WORD[line.code])
    if own and voice.remark and voice.state == "received" and not own[-1]["text"]:
        own[-1] |= {"text": voice.remark, "quote": True}


def _lines_of(voice: Voice) -> list[Line]:
    found = [
        one for one in journal.timeline(voice.matter_id)
        if not one.code.startswith("voices.voice.") or one.subject == voice.id
    ]  # fmt: skip
    return pages.lines(found, {}, {PUBLIC}, people=False)


def _entry(line: Line, answer: str) -> dict[str, Any]:
    """One line of the journal. The answer that stands above on the page is not said twice."""
    said = next((one.text for one in line.words if one.kind in {"reply", "reason", "note", "said"}), "")
    return entry(
        line.at,
        _("您说了这件事") if line.code == "voices.voice.submitted" else line.text,
        who=line.org,
        icon=ICONS.get(line.code, "circle"),
        tone=LINE_TONES.get(line.tone, ""),
        text=said if said != answer else "",
        quote=bool(said),
    )


def entry(moment: datetime, what: str, **facts: Any) -> dict[str, Any]:
    """One line as the timeline part draws it."""
    return {"when": moment, "when_text": words.when(moment), "what": what, **facts}
