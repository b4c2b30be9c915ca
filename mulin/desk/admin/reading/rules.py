"""Rules as people read them: the value in words, why it is the one, and what may be filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from mulin.cases.states import MOVES
from mulin.kernel import codes, registry, rulebook, rulevalues
from mulin.kernel.language import is_english
from mulin.kernel.rules import Rule
from mulin.kernel.rulevalues import Shape
from mulin.kernel.workingtime import Limit
from mulin.people.states import ROLES
from mulin.voices.categories import catalogue
from mulin.voices.states import KIND_WORDS, SEVERITY_WORDS

# How sure a value is: (word, tone, icon).
CERTAINTY = {
    "law": (pgettext_lazy("certainty", "法律规定"), "done", "check-double"),
    "official page": (gettext_lazy("官方发布"), "done", "check"),
    "local practice": (pgettext_lazy("certainty", "当地做法"), "", "pin"),
    "to be verified": (pgettext_lazy("certainty", "待核实"), "wait", "question"),
    "house default": (pgettext_lazy("certainty", "本产品默认"), "", "settings"),
}
FACTS = {
    "kind": gettext_lazy("种类"),
    "severity": gettext_lazy("大小"),
    "category": gettext_lazy("类别"),
    "group": gettext_lazy("大类"),
    "staff": gettext_lazy("工作人员"),
    "account": gettext_lazy("有账户"),
}
COLUMNS = {
    "code": gettext_lazy("代码"),
    "zh": gettext_lazy("中文"),
    "en": gettext_lazy("英文"),
    "level": gettext_lazy("层级"),
    "after": gettext_lazy("超期多久"),
    "roles": gettext_lazy("岗位"),
    "limit": gettext_lazy("多少"),
    "seconds": gettext_lazy("多少秒内"),
}
LEVELS = {
    "grid": gettext_lazy("网格"),
    "community": gettext_lazy("社区"),
    "street": gettext_lazy("镇街"),
    "district": gettext_lazy("区县"),
}
Words = Mapping[str, Any]


def listed(names: Iterable[Any]) -> str:
    """Names in a row, as the language writes them."""
    return (", " if is_english() else "、").join(map(str, names))


def module_choices() -> list[tuple[str, Any]]:
    """Modules that have rules, by their title."""
    titles = {module.name: module.title for module in registry.modules()}
    used = dict.fromkeys(name.split(".")[0] for name in rulebook.book().names())
    return [(name, titles.get(name, name)) for name in used]


def title(name: str) -> str:
    return rulebook.book().title(name, is_english())


def vocabulary(values: Iterable[Any]) -> dict[str, Any]:
    """The words behind the codes that a rule's values hold: categories, kinds, roles, moves or ways. Empty
    when they are free texts."""
    parts = [one for value in values for one in (value if isinstance(value, list) else [value])]
    known = {one for one in parts if isinstance(one, str) and one}
    if not known or not all(isinstance(one, str) for one in parts):
        return {}
    books: tuple[dict[str, Any], ...] = (
        {code: word[0] for code, word in KIND_WORDS.items()},
        {role: word for role, (word, _levels) in ROLES.items()},
        {one.code: one.name for one in catalogue()},
        {move.name: move.title for move in MOVES.values()},
        {way.code: way.title for kind in KIND_WORDS for way in registry.ways(kind)},
    )
    return next((book for book in books if known <= set(book)), {})


def value_words(value: Any, shape: Shape, words: Words) -> str:
    """A value as a sentence would say it."""
    if value is None:
        return _("没有定")
    if shape.kind == rulevalues.LIMIT:
        return Limit.parse(value).describe(get_language() or "zh-hans")
    if shape.kind == rulevalues.YES_NO:
        return _("是") if value else _("否")
    if shape.kind == rulevalues.LIST:
        return _list_words(value, words)
    if shape.kind == rulevalues.ENTRIES:
        return ngettext("%(n)s 项", "%(n)s 项", len(value)) % {"n": len(value)}
    if shape.kind == rulevalues.TABLE:
        return ngettext("%(n)s 项", "%(n)s 项", len(value)) % {"n": len(value)}
    if shape.kind == rulevalues.RECORD:
        return listed(f"{COLUMNS.get(key, key)} {part}" for key, part in value.items())
    if value == "":
        return pgettext("value", "空着")
    return str(words.get(value, value)) if isinstance(value, str) else f"{value:,}".replace(",", " ")


def _list_words(value: list[str], words: Words) -> str:
    if not value:
        return pgettext("value", "空着")
    return listed(words.get(one, one) for one in value)


def detail_lines(value: Any, shape: Shape) -> list[str]:
    """The entries of a long value, one a line, for the page of one rule."""
    if value is None or shape.kind not in {rulevalues.ENTRIES, rulevalues.TABLE}:
        return []
    roles = {role: str(word) for role, (word, _levels) in ROLES.items()} | {"*": _("全部岗位")}
    if shape.kind == rulevalues.TABLE:
        return [_pair(roles.get(key, key), _list_words(part, roles)) for key, part in value.items()]
    return [_entry_words(row, roles) for row in value]


def _entry_words(row: Mapping[str, Any], roles: Words) -> str:
    if {"zh", "en"} <= set(row):
        return str(row["en"] if is_english() else row["zh"])
    parts = []
    for key, part in row.items():
        if isinstance(part, list):
            parts.append(_list_words(part, roles))
        elif rulevalues.is_limit(part):
            limit = Limit.parse(part)
            parts.append(limit.describe(get_language() or "zh-hans") if limit.amount else _("马上"))
        else:
            parts.append(str(LEVELS.get(part, part)) if key == "level" else str(part))
    return _pair(parts[0], listed(parts[1:])) if parts[1:] else listed(parts)


def _pair(name: Any, value: str) -> str:
    return f"{name}: {value}" if is_english() else f"{name}：{value}"


def fact_words(key: str, value: Any) -> str:
    if key == "kind":
        return str(KIND_WORDS[value][0]) if value in KIND_WORDS else str(value)
    if key == "severity":
        return str(SEVERITY_WORDS.get(value, value))
    if key in {"category", "group"}:
        return catalogue().name(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def condition_words(match: Mapping[str, Iterable[Any]]) -> str:
    """The conditions of a rule: 类别：供水、供电；大小：小事. Empty: always."""
    parts = [
        _pair(FACTS.get(key, key), listed(fact_words(key, one) for one in wanted))
        for key, wanted in match.items()
    ]
    return ("; " if is_english() else "；").join(parts)


def certainty_badge(certainty: str) -> dict[str, Any]:
    word, tone, icon = CERTAINTY.get(certainty, (certainty, "", "question"))
    return {"label": word, "tone": tone, "icon": icon, "code": certainty}


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the list: what holds at a place on a day without further facts, and how many values depend
    on conditions there."""

    name: str
    title: str
    rule: Rule | None
    words: str
    applying: tuple[Rule, ...]
    url: str

    @property
    def is_unset(self) -> bool:
        """Nothing at all can be relied on: neither without nor under conditions."""
        return all(rule.unset for rule in self.applying)

    @property
    def conditional(self) -> int:
        return len({tuple(sorted(rule.match.items())) for rule in self.applying if rule.match})

    @property
    def is_own(self) -> bool:
        return any(rule.override for rule in self.applying)

    @property
    def badge(self) -> dict[str, Any] | None:
        rule = self.rule or next(iter(self.applying), None)
        return certainty_badge(rule.certainty) if rule else None

    def has_certainty(self, certainty: str) -> bool:
        return any(rule.certainty == certainty and not rule.unset for rule in self.applying)

    @property
    def note(self) -> str:
        return note_of(self.rule) if self.rule else ""


def note_of(rule: Rule) -> str:
    return (rule.note_en if is_english() else "") or rule.note


def shape(name: str) -> tuple[Shape, dict[str, Any]]:
    """The shape of a rule's value and the words behind its codes, both from the packs."""
    known = [rule.value for rule in rulebook.book().rules(name) if not rule.override]
    return rulevalues.shape_of(name, known), vocabulary(known)


def applying(name: str, place: str, on: date) -> list[Rule]:
    """Every rule of a name that holds at a place on a day for some facts, nearest place first."""
    chain = list(reversed(codes.chain(place)))
    found = [
        rule
        for rule in rulebook.book().rules(name)
        if rule.place in chain and rule.applies(on, {key: wanted[0] for key, wanted in rule.match.items()})
    ]
    return sorted(found, key=lambda rule: (chain.index(rule.place), not rule.override, len(rule.match)))


def rows(place: str, on: date) -> list[Row]:
    """All rules, in the order of their names."""
    book, found = rulebook.book(), []
    query = urlencode({"place": place, "on": on.isoformat()})
    for name in book.names():
        form, words = shape(name)
        rule = next(iter(book.explain(name, place, on)), None)
        here = tuple(applying(name, place, on))
        said = value_words(rule.value, form, words) if rule and not rule.unset else ""
        url = f"{reverse('desk:desk_admin:rule', args=[name])}?{query}"
        found.append(Row(name, book.title(name, is_english()), rule, said, here, url))
    return found


def facts_of(name: str) -> list[str]:
    """The facts that acts give when they ask this rule: those that packs use for it or for its sisters."""
    book = rulebook.book()
    sisters = [one for one in book.names() if one.rpartition(".")[0] == name.rpartition(".")[0]]
    own = {key for rule in book.rules(name) for key in rule.match}
    if name.count(".") > 1 and not own:
        own = {
            key
            for sister in sisters
            for rule in book.rules(sister)
            if not rule.override
            for key in rule.match
        }
        own = own if name.startswith("cases.limit.") else set()
    if "category" in own:
        own.add("group")
    return [key for key in FACTS if key in own]


def why(winner: Rule, other: Rule) -> str:
    """Why one rule comes before another, in the order of precedence."""
    if winner.place != other.place:
        return _("地方更近：%(place)s") % {"place": _place(winner.place)}
    if winner.override != other.override:
        return _("同一地方，本地设定先于规则包")
    if len(winner.match) != len(other.match):
        return _("条件更具体")
    return _("开始得更晚")


def _place(code: str) -> str:
    from mulin.desk.admin.where import name

    return name(code)
