"""The rule book: what holds where and why; own values set and taken back, in force at once."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise, product
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk import words
from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.rules import RuleForm, initial
from mulin.desk.admin.reading import rules
from mulin.kernel import actions, clock, policy, registry, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry, RuleOverride
from mulin.kernel.pages import refuse
from mulin.kernel.rules import CERTAINTIES, Rule, RuleBook
from mulin.people.models import Account

SEE, SET = admin("kernel.rule:view"), admin("kernel.rule:set")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


@require_safe
@SEE
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules with what holds at a place on a day."""
    get = request.GET
    place, wrong = where.chosen(actor_of(request), get.get("place", ""))
    on = _day(get.get("on", ""))
    chosen = {key: get.get(key, "") for key in ("q", "module", "certainty", "state")}
    rows = [row for row in rules.rows(place, on) if _fits(row, chosen)]
    states = [("own", _("本地设定过")), ("unset", _("没有定"))]
    context = {
        "rows": rows,
        "place": place,
        "place_said": where.name(place),
        "on": on,
        "filters": [
            pages.search("q", _("名称、依据、说明"), chosen["q"]),
            pages.place("place", _("在哪里"), get.get("place", ""), place, wrong),
            pages.day("on", _("哪天"), get.get("on", "")),
            pages.select("module", _("模块"), chosen["module"], rules.module_choices()),
            pages.select("certainty", _("可靠程度"), chosen["certainty"],
                         [(one, rules.CERTAINTY[one][0]) for one in CERTAINTIES]),
            pages.select("state", _("状态"), chosen["state"], states),
        ],
        "filter_wrong": wrong,
        "clear_url": request.path if get else "",
    }  # fmt: skip
    return pages.show(request, "rules.html", context, room="rules")


def _fits(row: rules.Row, chosen: dict[str, str]) -> bool:
    if chosen["module"] and not row.name.startswith(f"{chosen['module']}."):
        return False
    if chosen["certainty"] and not any(rule.certainty == chosen["certainty"] for rule in row.applying):
        return False
    if (chosen["state"] == "own" and not row.is_own) or (chosen["state"] == "unset" and not row.is_unset):
        return False
    text = chosen["q"].strip().lower()
    said = " ".join(
        [row.name, row.title, *(f"{rule.basis} {rule.note} {rule.note_en}" for rule in row.applying)]
    )
    return text in said.lower()


def _known(name: str) -> str:
    if name not in rulebook.book().names():
        raise NotVisible(name)
    return name


@require_safe
@SEE
def rule_page(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: its values at a place, which of them compete for given facts, why one wins, its history."""
    _known(name)
    actor, get = actor_of(request), request.GET
    place, wrong = where.chosen(actor, get.get("place", ""))
    on = _day(get.get("on", ""))
    form, known_words = rules.shape(name)
    facts = {key: get.get(key, "") for key in rules.facts_of(name)}
    asked = {
        key: (value == "true") if value in {"true", "false"} else value
        for key, value in facts.items()
        if value
    }
    competing = rulebook.book().explain(name, place, on, **asked)
    context = {
        "name": name,
        "title": rules.title(name),
        "place": place,
        "place_said": where.name(place),
        "on": on,
        "facts_said": rules.condition_words({key: [value] for key, value in asked.items()}),
        "competing": _competing(competing, form, known_words),
        "others": _others(name, place, on, competing),
        "own": _own(actor, name, place, form, known_words),
        "history": _history(name),
        "may_set": policy.can(actor, "kernel.rule:set", place),
        "set_query": urlencode({"place": place, **{key: value for key, value in facts.items() if value}}),
        "filters": [
            pages.place("place", _("在哪里"), get.get("place", ""), place, wrong),
            pages.day("on", _("哪天"), get.get("on", "")),
            *(pages.select(key, rules.FACTS[key], facts[key], _fact_choices(key)) for key in facts),
        ],
        "filter_wrong": wrong,
        "clear_url": request.path if get else "",
    }
    return pages.show(request, "rule.html", context, room="rules")


def _fact_choices(key: str) -> list[tuple[Any, Any]]:
    from mulin.desk.pickers import category_choices
    from mulin.voices.categories import catalogue
    from mulin.voices.states import KIND_WORDS, SEVERITY_WORDS

    if key == "category":
        return category_choices()
    if key == "group":
        return [(one.code, one.name) for one in catalogue().groups.values()]
    if key == "kind":
        return [(code, word[0]) for code, word in KIND_WORDS.items()]
    return list(SEVERITY_WORDS.items()) if key == "severity" else [("true", _("是")), ("false", _("否"))]


def _line(rule: Rule, form: Any, known_words: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "value": _("没有定") if rule.unset else rules.value_words(rule.value, form, known_words),
        "lines": rules.detail_lines(None if rule.unset else rule.value, form),
        "place": where.name(rule.place),
        "when": rules.condition_words(rule.match) or _("所有情况"),
        "badge": rules.certainty_badge(rule.certainty),
        "note": rules.note_of(rule),
        "source": _("本地设定") if rule.override else rule.reference,
        "term": _term(rule.start, rule.end),
    }


def _term(start: date | None, end: date | None) -> str:
    if start and end:
        return _("%(from)s 到 %(to)s") % {"from": start, "to": end}
    if start:
        return _("%(from)s 起") % {"from": start}
    return _("到 %(to)s 止") % {"to": end} if end else ""


def _competing(found: list[Rule], form: Any, known_words: Any) -> list[dict[str, Any]]:
    lines = [_line(rule, form, known_words) for rule in found]
    for one, two in pairwise(lines):
        one["why"] = rules.why(one["rule"], two["rule"])
    return lines


def _others(name: str, place: str, on: date, competing: list[Rule]) -> list[dict[str, Any]]:
    """The values for other facts. `hidden`: in its own case, too, another value comes before it."""
    form, known_words = rules.shape(name)
    found = []
    for rule in rules.applying(name, place, on):
        if rule in competing:
            continue
        facts = {key: wanted[0] for key, wanted in rule.match.items()}
        first = rulebook.book().explain(name, place, on, **facts)[0]
        found.append({**_line(rule, form, known_words), "hidden": first != rule})
    return found


def _own(actor: Actor, name: str, place: str, form: Any, known_words: Any) -> list[dict[str, Any]]:
    """Own values of this rule in force or to come, wherever they are, with who set them."""
    rows = (
        RuleOverride.objects.filter(name=name, withdrawn_at=None)
        .select_related("set_by")
        .order_by("place", "id")
    )
    return [
        {
            "row": row,
            "value": rules.value_words(row.value, form, known_words),
            "place": where.name(row.place),
            "when": rules.condition_words({key: list(wanted) for key, wanted in row.match.items()})
            or _("所有情况"),
            "term": _term(row.valid_from, row.valid_to),
            "may": policy.can(actor, "kernel.rule:set", row.place),
            "by": str(row.set_by),
        }
        for row in rows
    ]


def _history(name: str) -> list[dict[str, Any]]:
    """What was set and taken back, newest first, from the journal; found by the records it names."""
    ids = RuleOverride.objects.filter(name=name).values("id")
    entries = list(
        Entry.objects.filter(subject__in=ids, code__startswith="kernel.rule.").order_by("-id")[:30]
    )
    people = {one.pk: str(one) for one in Account.objects.filter(pk__in={entry.actor for entry in entries})}
    form, known_words = rules.shape(name)
    sentences = registry.sentences()
    found = []
    for entry in entries:
        is_set = entry.code == "kernel.rule.set"
        data = {**entry.data, "place": where.name(entry.data.get("place", "")), "name": rules.title(name)}
        found.append(
            {
                "who": people.get(entry.actor, ""),
                "what": sentences[entry.code].say(data),
                "when": entry.at,
                "when_text": words.when(entry.at),
                "text": rules.value_words(entry.data.get("value"), form, known_words) if is_set else "",
                "icon": "edit" if is_set else "undo",
            }
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@SET
def rule_set(request: HttpRequest, name: str) -> HttpResponse:
    """Set an own value: filled in, looked at beside what holds now, then set."""
    _known(name)
    actor, get = actor_of(request), request.GET
    place, _wrong = where.chosen(actor, get.get("place", ""))
    facts = {key: get[key] for key in rules.facts_of(name) if get.get(key)}
    now = next(iter(rulebook.book().explain(name, place, clock.today(), **facts)), None)
    form = RuleForm(name, pages.posted(request), initial=initial(name, now, place))
    status, preview = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if "sure" in request.POST:
                try:
                    actions.set_rule(actor=actor, **form.arguments())
                    messages.success(request, _("已设定，现在起照这个值办。已经在走的时限不变。"))
                    return redirect(_page_url(name, form.cleaned_data["place"]))
                except ActionError as error:
                    if error.status == 403:
                        form.add_error("place", str(error.message))
                    else:
                        refuse(form, error)
            else:
                status, preview = 200, _preview(form)
    context = {
        "form": form,
        "name": name,
        "title": _("设定：%(rule)s") % {"rule": rules.title(name)},
        "preview": preview,
        "back_url": _page_url(name, place),
        "now": _line(now, form.shape, form.words) if now else None,
    }
    return pages.show(request, "rule_set.html", context, room="rules", status=status)


def _preview(form: RuleForm) -> list[dict[str, Any]]:
    """Each case that the packs tell apart: what holds there now and what would. An own value comes before all
    values of the packs at its place, so a general one hides their finer ones."""
    data = form.cleaned_data
    place, on = data["place"], max(data["valid_from"], clock.today())
    book = rulebook.book()
    own = RuleOverride.objects.filter(withdrawn_at=None).order_by("id")
    mine = rulebook.as_entry(
        RuleOverride(
            **{
                **form.arguments(),
                "match": {k: v if isinstance(v, list) else [v] for k, v in form.match().items()},
            }
        )
    )
    others = [entry for entry in map(rulebook.as_entry, own) if not _same(entry, mine)]
    try:
        then = book.with_overrides([*others, mine])
    except ValueError:
        return []
    matches = [{}, *(dict(rule.match) for rule in rules.applying(form.name, place, on)), mine["match"]]
    unique = {rules.condition_words(match): match for match in matches}
    found = []
    for _said, match in sorted(unique.items(), key=lambda one: (len(one[1]), one[0])):
        found += _before_and_after(form, (book, then), match, place, on)
    return found


def _before_and_after(
    form: RuleForm, books: tuple[RuleBook, RuleBook], match: Mapping[str, Any], place: str, on: date
) -> list[dict[str, Any]]:
    """One line for a condition; where its values part ways (complaints change, suggestions do not), one
    for each of them."""
    lines: dict[tuple[int, ...], tuple[list[Rule | None], list[dict[str, Any]]]] = {}
    for values in product(*match.values()):
        facts = dict(zip(match, values, strict=True))
        ends = [next(iter(book.explain(form.name, place, on, **facts)), None) for book in books]
        lines.setdefault(tuple(map(id, ends)), (ends, []))[1].append(facts)
    found = []
    for (before, after), cases in lines.values():
        whole = (
            [match] if len(lines) == 1 else [{key: [one] for key, one in facts.items()} for facts in cases]
        )
        for case in whole:
            found.append(
                {
                    "when": rules.condition_words(case) or _("没有别的条件"),
                    "before": _value(form, before),
                    "after": _value(form, after),
                    "changes": before != after,
                }
            )
    return found


def _value(form: RuleForm, rule: Rule | None) -> str:
    unset = rule is None or rule.unset
    return _("没有定") if unset else rules.value_words(rule.value, form.shape, form.words)


def _same(entry: dict[str, Any], mine: dict[str, Any]) -> bool:
    return all(entry[key] == mine[key] for key in ("name", "place", "from")) and all(
        sorted(map(str, entry["match"].get(key, []))) == sorted(map(str, mine["match"].get(key, [])))
        for key in {*entry["match"], *mine["match"]}
    )


def _page_url(name: str, place: str) -> str:
    return reverse("desk:desk_admin:rule", args=[name]) + f"?{urlencode({'place': place})}"


@require_http_methods(["GET", "HEAD", "POST"])
@SET
def rule_withdraw(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """Take an own value back, asked once."""
    actor = actor_of(request)
    row = RuleOverride.objects.filter(pk=override_id).first()
    if row is None or row.name not in rulebook.book().names():
        raise NotVisible(str(override_id))
    policy.require(actor, "kernel.rule:set", row.place)
    form, known_words = rules.shape(row.name)
    return pages.ask(
        request,
        lambda: actions.withdraw_rule(actor=actor, override_id=override_id),
        room="rules",
        title=_("撤回这条设定"),
        text=_("撤回后马上按上一级或规则包里的值办。已经在走的时限不变，记录都留着。"),
        facts=[
            (_("规则"), rules.title(row.name)),
            (_("在哪里"), where.name(row.place)),
            (_("值"), rules.value_words(row.value, form, known_words)),
        ],
        submit=_("撤回"),
        done=_("已撤回，现在按规则包里的值办。"),
        to=_page_url(row.name, row.place),
    )
