"""A count told in sentences: every step of a result with its numbers, in the current language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mulin.councils.votes import ruling, states
from mulin.councils.votes.models import Vote

Values = Mapping[str, Any]
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the count; `tone` "done" or "urgent" for a comparison that is met or not."""

    text: str
    tone: str = ""


def words_of(vote: Vote) -> dict[str, str]:
    """Keys of options -> what people read."""
    if vote.kind == "yes_no":
        return {key: str(word) for key, word in states.YES_NO_WORDS.items()}
    return {one["key"]: one["title"] for one in vote.options}


def area(hundredths: int) -> str:
    """`12,345.67 平方米`."""
    whole, rest = divmod(hundredths, 100)
    return _("%(n)s 平方米") % {"n": f"{whole:,}.{rest:02d}"}


def share(part: int, whole: int) -> str:
    """`62.5%`, cut off and never rounded up: 66.66 % of two thirds must not read as reached."""
    if not whole:
        return "—"
    permyriad = part * 10000 // whole
    return f"{permyriad // 100}.{permyriad % 100:02d}%"


def fraction(text: str) -> str:
    """`2/3` as people say it: 三分之二 is written 2/3, 1/2 half."""
    value = Fraction(text)
    if value == Fraction(1, 2):
        return _("一半")
    if value == 1:
        return _("全部")
    return f"{value.numerator}/{value.denominator}"


def steps(vote: Vote) -> list[Said]:
    """The count of a vote by a threshold or by ranks, from the roster to the outcome."""
    words = {**words_of(vote), "blank": str(states.BLANK_WORD), "void": _("废票")}
    words["contradicted"] = _("共有人意见不一")
    teller = _Teller(vote, words)
    found = []
    for step in vote.file.get("result", {}).get("steps", ()):
        say = getattr(teller, f"on_{step['code']}", None)
        if say is not None and (said := say(step)):
            found.append(said)
    return found


class _Teller:
    """How each code of `counting.STEPS` is said."""

    def __init__(self, vote: Vote, words: Words) -> None:
        self.vote, self.words, self.is_by_area = vote, words, vote.is_by_area
        self.who: Callable[[int], str] = {
            "households": _households,
            "courtyard": _households,
            "owners": _owners,
        }.get(vote.body, _people)

    def _amount(self, step: Values) -> str:
        heads = self.who(step["heads"])
        if not self.is_by_area:
            return heads
        return _("%(heads)s、%(area)s") % {"heads": heads, "area": area(step["area"])}

    def on_roster(self, step: Values) -> Said:
        return Said(_("名册上有%(n)s。") % {"n": self._amount(step)})

    def on_left_out(self, step: Values) -> Said:
        reason = {
            "parking": _("车位、摊位按规则不计入"),
            "not-an-owner": _("票上写的不是自己的房"),
            "unknown-unit": _("名册上没有这套房"),
        }.get(step["reason"], step["reason"])
        if step["papers"]:
            n = ngettext("%(n)s 张票没有计入：%(why)s。", "%(n)s 张票没有计入：%(why)s。", step["papers"])
            return Said(n % {"n": step["papers"], "why": reason})
        text = _("没有计入：%(why)s（%(n)s个，%(area)s）。")
        return Said(text % {"why": reason, "n": step["heads"], "area": area(step["area"])})

    def on_papers(self, step: Values) -> Said | None:
        if step["choice"] in ("void", "contradicted") and not step["heads"]:
            return None
        what = self.words.get(step["choice"], step["choice"])
        return Said(_("%(what)s：%(n)s。") % {"what": what, "n": self._amount(step)})

    def on_took_part(self, step: Values) -> Said:
        return Said(_("参与表决的一共%(n)s。") % {"n": self._amount(step)})

    def on_absent_joined(self, step: Values) -> Said:
        text = _("没有投票的%(n)s，按规则计入多数一方：%(what)s。")
        return Said(text % {"n": self._amount(step), "what": self.words[step["choice"]]})

    def on_absent_not_joined(self, step: Values) -> Said:
        return Said(_("没有明显的多数，没有投票的%(n)s不计入任何一方。") % {"n": self._amount(step)})

    def on_quorum(self, step: Values) -> Said:
        return self._compared(step, _("参与的"))

    def on_consent(self, step: Values) -> Said:
        return self._compared(step, _("“%(what)s”的") % {"what": self.words[step["choice"]]})

    def _compared(self, step: Values, what: str) -> Said:
        by_area = step["measure"] == "area"
        number: Callable[[int], str] = area if by_area else self.who
        base = {
            "roster": pgettext("threshold", "名册"),
            "present": _("到会的"),
            "took_part": _("参与表决的"),
            "decided": _("作了选择的"),
        }[step["base"]]
        verb = _("超过") if step["is_strict"] else _("达到")
        facts = {
            "what": what, "part": number(step["part"]), "base": base, "whole": number(step["whole"]),
            "percent": share(step["part"], step["whole"]), "verb": verb, "share": fraction(step["share"]),
            "needed": number(step["needed"]),
        }  # fmt: skip
        text = _(
            "%(what)s%(part)s，占%(base)s%(whole)s的 %(percent)s；要%(verb)s%(share)s，也就是至少%(needed)s。"
        )
        met = _("够了。") if step["is_met"] else _("不够。")
        return Said(f"{text % facts}{met}", "done" if step["is_met"] else "urgent")

    def on_round(self, step: Values) -> Said:
        counts = _("，").join(
            _("%(what)s %(n)s 票") % {"what": self.words[key], "n": n} for key, n in _pairs(step["counts"])
        )
        text = _("第 %(round)s 轮：%(counts)s。") % {"round": step["round"], "counts": counts}
        if out := step.get("out"):
            text += _("%(who)s最少，退出，票转给各人的下一个选择。") % {"who": self.words[out]}
        return Said(text)

    def on_points(self, step: Values) -> Said:
        points = _("，").join(
            _("%(what)s %(n)s 分") % {"what": self.words[key], "n": n} for key, n in _pairs(step["points"])
        )
        return Said(_("按名次算分：%(points)s。") % {"points": points})

    def on_duel(self, step: Values) -> Said:
        text = _("两两比较：%(one)s %(a)s 票，%(two)s %(b)s 票。")
        return Said(
            text
            % {
                "one": self.words[step["one"]],
                "two": self.words[step["two"]],
                "a": step["for_one"],
                "b": step["for_two"],
            }
        )

    def _named(self, keys: Any) -> str:
        return _("、").join(self.words[one] for one in keys)

    def on_order(self, step: Values) -> Said:
        return Said(_("按票数从多到少：%(who)s。") % {"who": self._named(step["choices"])})

    def on_tie(self, step: Values) -> Said:
        return Said(_("票数相同，规则没有写怎么分：%(who)s。") % {"who": self._named(step["choices"])})

    def on_tie_broken(self, step: Values) -> Said:
        text = _("%(who)s票数相同，按公告时定下的先后：%(order)s。")
        return Said(text % {"who": self._named(step["choices"]), "order": self._named(step["order"])})

    def on_refused(self, step: Values) -> Said:
        known = {
            "area-missing": _("有的房屋没有面积：%(detail)s。请在名册里补上。"),
            "unit-twice": _("名册里有重复的房屋。"),
            "more-papers-than-voters": _("票比人多：%(detail)s。"),
            "totals-disagree": _("数字前后不一：%(detail)s。"),
            "no-attendance": _("门槛按到会人数算，还没有填到会多少。"),
        }
        if step["gap"] in known:
            return Said(known[step["gap"]] % {"detail": step["detail"]}, "urgent")
        text = _("规则“%(rule)s”没有填，不能计算。")
        return Said(text % {"rule": _title(self.vote, step["rule"])}, "urgent")

    def on_outcome(self, step: Values) -> Said:
        status = str(states.STATUS_WORDS.get(step["status"], step["status"]))
        names = self._named(one for one in step["winners"] if self.vote.kind != "yes_no")
        text = _("结果：%(status)s：%(who)s。") if names else _("结果：%(status)s。")
        tone = "done" if step["status"] in ("passed", "elected", "partly_elected") else ""
        return Said(text % {"status": status, "who": names}, tone)


def _pairs(given: Any) -> list[tuple[str, int]]:
    return (
        sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))
        if isinstance(given, dict)
        else list(given)
    )


def _title(vote: Vote, name: str) -> str:
    from mulin.councils.counting import Gap

    return next((one.title for one in ruling.missing(vote, [Gap("", name)])), name)


def _people(n: int) -> str:
    return ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n}


def _households(n: int) -> str:
    return ngettext("%(n)s 户", "%(n)s 户", n) % {"n": n}


def _owners(n: int) -> str:
    return ngettext("%(n)s 位业主", "%(n)s 位业主", n) % {"n": n}


def counted_of(vote: Vote, n: int) -> str:
    """`n` lines of the roster in words: people, households, or owners' units."""
    if vote.is_by_area:
        return ngettext("%(n)s 套", "%(n)s 套", n) % {"n": n}
    return _households(n) if vote.body in ("households", "courtyard") else _people(n)


def rule_lines(vote: Vote) -> list[str]:
    """The thresholds of the vote in words, before anything is counted."""
    from mulin.councils import thresholds

    rule = ruling.rule_of(vote)
    found = []
    for text, begin in ((rule.quorum, _("参与")), (rule.consent, _("同意"))):
        if text is None:
            found.append(_("%(what)s：规则还没有填") % {"what": begin})
            continue
        parts = [_condition(one) for one in thresholds.parse(text)]
        rule_ = _("，并且").join(parts) or _("不设门槛")
        found.append(begin + _("：") + rule_)
    return found


def _condition(one: Any) -> str:
    base = {
        "roster": pgettext("threshold", "名册"),
        "present": pgettext("threshold", "到会"),
        "took_part": pgettext("threshold", "参与表决"),
        "decided": pgettext("threshold", "作了选择"),
    }[one.base]
    measure = pgettext("threshold", "面积") if one.measure == "area" else pgettext("threshold", "人数")
    text = (
        _("%(measure)s超过%(base)s的%(share)s") if one.is_strict else _("%(measure)s达到%(base)s的%(share)s")
    )
    return text % {"measure": measure, "base": base, "share": fraction(str(one.share))}
