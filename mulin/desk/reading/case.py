"""The page of a case in words: what `cases.pages` reads, laid out for the template."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from mulin.cases import pages as case_pages
from mulin.cases import states
from mulin.cases.models import Case
from mulin.cases.pages import CasePage, Line
from mulin.desk import bar, ideas, words
from mulin.desk.reading import calling, inbox
from mulin.kernel import policy, registry
from mulin.kernel.actors import Actor
from mulin.kernel.models import ThreadLink
from mulin.people import states as states_of_people
from mulin.places.queries import names_of
from mulin.voices import access
from mulin.voices.models import Addition, Matter, Voice
from mulin.voices.needs.linking import may_link, may_propose
from mulin.voices.needs.queries import needs_of_matter
from mulin.voices.queries import can_be_called
from mulin.voices.states import CHANNEL_WORDS, PUBLICATION_WORDS, SEVERITY_WORDS, tells_more
from mulin.voices.understanding import mask_for_staff

WORD_LABELS = {
    "reason": gettext_lazy("原因"),
    "done": gettext_lazy("做了什么"),
    "reply": gettext_lazy("答复"),
    "decision": gettext_lazy("决定"),
    "note": gettext_lazy("说明"),
    "said": gettext_lazy("原话"),
}
ROLES = {
    "lead": gettext_lazy("牵头"),
    "assist": gettext_lazy("协办"),
    "whistled": gettext_lazy("吹哨请来"),
}
ARRIVED = {
    "asked": (gettext_lazy("还没报到"), "wait", "clock"),
    "arrived": (gettext_lazy("已到场"), "", "pin"),
    "done": (gettext_lazy("已办完"), "done", "check"),
    "left": (gettext_lazy("已退出"), "", "minus"),
}
MATTER_RIGHTS = {
    "facts": "voices.matter:edit_facts",
    "category": "voices.matter:recategorise",
    "place": "voices.matter:relocate",
    "publish": "voices.matter:publish",
    "link": "voices.matter:link",
}
VOICE_RIGHTS = {
    "contact": "voices.voice:read_contact",
    "add": "voices.voice:add",
    "correct": "voices.voice:correct",
    "withdraw": "voices.voice:withdraw",
}


def present(page: CasePage, query: str) -> dict[str, Any]:
    """Everything the template of a case names. `query` keeps the list beside it."""
    case, matter, may = page.case, page.matter, rights(page.actor, page.matter, page)
    callable_ = can_be_called([one.voice for one in page.voices])
    voices = _voices(page, callable_)
    for note in page.notes:
        note.when_text = words.when(note.created_at)
    return {
        "page": page,
        "case": case,
        "matter": matter,
        "state": words.state_badge(case.state, case.state_label),
        "clock": _first_clock(page),
        "clocks": [words.shown_clock(one) for one in _latest(page)],
        "timeline": _timeline(page, voices),
        "voices": voices,
        "facts": page.facts,
        "has_facts": any(text for *_name, text in page.facts),
        "spot": _spot(page),
        "about": _about(page),
        "units": _units(page),
        "may": may,
        "category_ideas": _category_ideas(page) if may["category"] else [],
        "duplicates": page.suggestions.duplicates if case.is_open else [],
        "can_merge": any(move.name == "merge" for move in page.moves),
        "can_note": any(move.name == "note" for move in page.moves),
        "checks": _checks(page),
        "unknown": _unknown(page, callable_),
        "publication": _publication(matter),
        "thread": thread(page),
        "ways": ways(page.actor, matter),
        "needs": needs_of_matter(matter.pk),
        "can_need": may_link(page.actor, matter),
        "can_propose": may_propose(page.actor, matter),
        "actor_account": str(page.actor.account),
        "query": query,
        "next_url": next_url(case.number, query),
        "why_mine": why_mine(page),
        "called": calling.calls_of(case),
        **bar.bar(page, query, next_url(case.number, query)),
    }


def _unknown(page: CasePage, callable_: set[UUID]) -> str:
    """What nobody said of a major matter that is under way, and whoever hurries there needs."""
    case, said = page.case, [one for one in page.voices if one.voice.state == "received"]
    if case.severity != "major" or not case.is_open or not said:
        return ""
    has_place = case.building or any(
        one.voice.address
        or one.voice.lon is not None
        or any(tells_more(more, one.voice) for more in one.additions)
        for one in said
    )
    has_phone = any(one.voice.pk in callable_ for one in said)
    if has_place:
        return "" if has_phone else _("没有人留电话。")
    return _("没有选楼栋，也没有写地址。") if has_phone else _("没有选楼栋，没有写地址，也没有人留电话。")


def _publication(matter: Matter) -> Any:
    if matter.publication == "shown" and matter.hidden_reason:
        return _("已公开，答复不公开")
    return PUBLICATION_WORDS[matter.publication]


def why_mine(page: CasePage) -> str:
    """Why this case waits for the one who looks at it, in one sentence; empty where it waits for others."""
    main = next((move for move in bar.ordered(page)[:1] if move.tone == "main"), None)
    if main is None or not bar.is_due(page):
        return ""
    case, places = page.case, names_of(post.place for post in page.actor.posts if post.place)
    for post in page.actor.posts:
        role = states_of_people.role_name(post.role)
        if post.org and post.org == case.lead_id:
            return _("等您“%(move)s”：由您的单位牵头") % {"move": main.title}
        if post.place and post.place in {case.desk, case.grid, case.building}:
            where = {"place": places.get(post.place, post.place), "role": role, "move": main.title}
            return _("等您“%(move)s”：您是%(place)s的%(role)s") % where
    return ""


def next_url(number: str, query: str) -> str:
    """On to what stands after this case in the list beside it."""
    return f"{reverse('desk:next')}?{urlencode({'after': number})}" + (f"&{query}" if query else "")


def rights(actor: Actor, matter: Matter, page: CasePage | None = None) -> dict[str, bool]:
    """Which forms about the matter and its voices the actor is offered."""
    orgs = frozenset(row.org_id for row in page.involvements if row.is_current) if page else frozenset()
    target = policy.Target(place=matter.place, grid=matter.grid, building=matter.building, orgs=orgs)
    return {name: policy.can(actor, need, target) for name, need in {**MATTER_RIGHTS, **VOICE_RIGHTS}.items()}


def _latest(page: CasePage) -> list[Any]:
    """Of each kind the last one: a reopened case has had several. That its resident answered in time in an
    earlier round says nothing about this one."""
    last = {one.kind: one for one in page.clocks}
    if page.case.is_open and page.case.state != "done":
        last.pop("confirm", None)
    return list(last.values())


def _first_clock(page: CasePage) -> dict[str, Any] | None:
    """The clock that burns first, in the words that it has among the others: two units would read like two
    deadlines. Rows of lists count in the same unit (`clocks.first_limit`)."""
    case = page.case
    if case.state not in {"done", "suspended"}:
        for one in _latest(page):
            if one.is_running and not one.is_paused and one.due_at == case.due_at:
                return words.shown_clock(one)
    return words.due_clock(case)


def _voices(page: CasePage, callable_: set[UUID]) -> list[dict[str, Any]]:
    found = []
    for one in page.voices:
        voice = one.voice
        found.append(
            {
                "number": voice.number,
                "text": mask_for_staff(voice.text),
                "channel": CHANNEL_WORDS.get(voice.channel, voice.channel),
                "when": voice.created_at,
                "when_text": words.when(voice.created_at),
                "happened": words.when(voice.happened_at),
                "withdrawn": voice.state == "withdrawn",
                "for_someone": voice.entered_by is not None,
                "has_contact": voice.pk in callable_,
                "last4": voice.contact_last4,
                "is_anonymous": one.is_anonymous,
                "address": voice.address,
                "additions": [
                    {
                        "text": mask_for_staff(a.text),
                        "is_former": a.is_former,
                        "when_text": words.when(a.created_at),
                    }
                    for a in one.additions
                ],
                "photos": [photo(p) for p in one.photos],
                "answered": voice.answered_at is not None,
                "is_solved": voice.is_solved,
                "is_satisfied": voice.is_satisfied,
                "remark": mask_for_staff(voice.remark),
            }
        )
    return found


def photo(row: Any) -> dict[str, Any]:
    url = reverse("desk:photo", args=[row.pk])
    return {
        "id": str(row.pk),
        "url": url,
        "thumb": f"{url}?thumb=1",
        "alt": _("办完后的照片") if row.role == "after" else _("随诉求发来的照片"),
        "is_approved": row.is_approved,
        "role": row.role,
    }


def _timeline(page: CasePage, voices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Oldest first. A voice is quoted where it came in, so that nobody looks for it elsewhere."""
    by_number = {voice["number"]: voice for voice in voices}
    after = [photo(row) for row in page.done_photos]
    added = {str(a.id): (a, one.voice) for one in page.voices for a in one.additions}
    entries = []
    for line in page.timeline:
        entry = _entry(line)
        voice = by_number.get(line.data.get("number", ""))
        if line.code == "voices.voice.submitted" and voice:
            entry |= {"quote": voice["text"], "photos": voice["photos"], "voice": voice}
        if line.data.get("addition") in added:
            entry |= _added(*added[line.data["addition"]])
        if line.code == "cases.case.finished" and line.data.get("photos"):
            entry["photos"] = after
        entries.append(entry)
    return entries


def _added(one: Addition, voice: Voice) -> dict[str, Any]:
    """Whose words an addition is: who holds only the receipt has no account."""
    own = one.account is None or one.account == voice.account_id
    return {"what": _("本人补充") if own else _("工作人员补充"), "quote": mask_for_staff(one.text)}


def _entry(line: Line) -> dict[str, Any]:
    who = line.who if not line.org or line.org in line.text else _("%(who)s·%(unit)s") % {
        "who": line.who, "unit": line.org,
    }  # fmt: skip
    return {
        "who": who,
        "what": line.text,
        "when": line.at,
        "when_text": words.when(line.at),
        "icon": words.LINE_ICONS.get(line.code, "circle"),
        "tone": words.TONES.get(line.tone, ""),
        "is_public": line.is_public,
        "said": [
            {"label": WORD_LABELS.get(one.kind, ""), "text": _shown(line, one), "is_public": one.is_public}
            for one in line.words
        ],
    }


def _shown(line: Line, said: case_pages.Words) -> str:
    """What the person of a voice wrote is masked as their voice is."""
    return mask_for_staff(said.text) if line.data.get("spoken_by") else said.text


def _spot(page: CasePage) -> list[str]:
    """Where to go for a major matter that is under way, to be read before everything else."""
    case, address = page.case, page.matter.address
    if case.severity != "major" or not case.is_open:
        return []
    parts = [case.place_name, case.building_name, mask_for_staff(address) if address else ""]
    return list(dict.fromkeys(part for part in parts if part))


def _about(page: CasePage) -> list[tuple[str, Any]]:
    case, matter = page.case, page.matter
    where = "·".join(part for part in (case.place_name, case.grid_name, case.building_name) if part)
    found = [
        (pgettext("desk", "地点"), where),
        (_("地址"), mask_for_staff(matter.address) if matter.address != case.building_name else ""),
        (_("类别"), case.category_name or _("还没有分类")),
        (_("类型"), case.kind_label),
        (_("大小"), SEVERITY_WORDS[case.severity]),
        (_("牵头"), case.lead.name if case.lead else ""),
        (_("经办人"), str(case.handler) if case.handler else ""),
        (_("多少人说"), _people(matter)),
        (_("办结情况"), states.OUTCOMES.get(case.outcome, "")),
        (_("上报到"), _level(case)),
    ]
    return [(label, value) for label, value in found if value]


def _people(matter: Matter) -> str:
    n = matter.voices_count
    said = ngettext("%(n)s 条诉求", "%(n)s 条诉求", n) % {"n": n}
    if matter.me_too_count:
        said += _("，%(n)s 人也遇到") % {"n": matter.me_too_count}
    return said


def _level(case: Case) -> str:
    return {1: _("社区"), 2: _("街道"), 3: _("区县")}.get(case.escalation, "")


def _units(page: CasePage) -> list[dict[str, Any]]:
    """Units that take part, both directions of a whistle visible."""
    found = []
    for row in page.involvements:
        if not row.is_current:
            continue
        label, tone, icon = ARRIVED[row.state]
        shown = row.role == "whistled" or row.state != "asked"
        found.append(
            {
                "name": row.org_name,
                "role": ROLES.get(row.role, row.role),
                "badge": {"label": label, "tone": tone, "icon": icon, "code": row.state} if shown else None,
                "note": row.note,
                "when": words.when(row.answered_at or row.created_at),
            }
        )
    return found


def _category_ideas(page: CasePage) -> list[dict[str, Any]]:
    """What the machine suggests while nobody has confirmed it: one tap accepts it or takes another."""
    if page.matter.category and page.matter.category_by != "guess":
        return []
    found = ideas.categories(page.suggestions.categories, page.matter.place)
    return [{**one, "reason": one["why"], "is_current": one["code"] == page.matter.category} for one in found]


def _checks(page: CasePage) -> list[dict[str, Any]]:
    can_tick = any(move.name == "check" for move in page.moves)
    if not can_tick and not any(one.done_at for one in page.checklist):
        return []
    return [
        {
            "code": one.code,
            "words": one.words,
            "done": one.done_at is not None,
            "by": _("%(who)s，%(when)s") % {"who": one.who, "when": words.when(one.done_at)}
            if one.done_at
            else "",
            "can_tick": can_tick,
        }
        for one in page.checklist
    ]


def thread(page: CasePage) -> list[dict[str, Any]]:
    """What the case grew out of and what grew out of it, as far as the actor may see it."""
    own = [page.case.id, page.matter.id]
    links = list(ThreadLink.objects.filter(child__in=own)) + list(ThreadLink.objects.filter(parent__in=own))
    if not links:
        return []
    others = {link.parent if link.child in own else link.child: link for link in links}
    matters = Matter.objects.filter(access.matter_q(page.actor), pk__in=others).only(
        "id", "number", "title", "way"
    )
    rows = [
        {
            "label": _("来自") if others[one.id].parent == one.id else _("引出"),
            "is_source": others[one.id].parent == one.id,
            "title": one.title,
            "number": one.number,
            "note": others[one.id].note,
            "url": reverse("desk:case", args=[one.number])
            if one.way == "case"
            else reverse("desk:wish", args=[one.number]),
        }
        for one in matters
    ]
    return rows + _elsewhere(links, own)


def _elsewhere(links: list[ThreadLink], own: list[UUID]) -> list[dict[str, Any]]:
    """What is no matter, as its module tells it to everybody: a place that neighbours keep, a topic."""
    rows = []
    for link in links:
        is_source = link.child in own
        kind, pk = (link.parent_kind, link.parent) if is_source else (link.child_kind, link.child)
        told = registry.providers().get(f"thread.{kind}")
        label = _("来自") if is_source else _("引出")
        for one in told([pk]) if told else ():
            row = {"title": one["title"], "url": one["url"], "note": link.note, "number": ""}
            rows.append({**row, "label": label, "is_source": False})
    return rows


def ways(actor: Actor, matter: Matter) -> dict[str, Any]:
    """Other ways that a matter can go or went, as the module offers them: {topics, url, label}."""
    provider = registry.providers().get("matter.ways")
    return provider(actor, matter) if provider else {}


def read(actor: Actor, number: str) -> CasePage:
    """One case with all that its page shows, or NotVisible (404)."""
    return case_pages.case_page(actor, number)


def beside(query: str, number: str) -> dict[str, str]:
    """The list at the left of a case: the inbox, or the filtered list one came from."""
    current = {"current": number}
    if query.startswith("cases"):
        kept = dict(parse_qsl(query.partition("?")[2]))
        kept.pop("cursor", None)
        back = reverse("desk:cases") + (f"?{urlencode(kept)}" if kept else "")
        return {
            "pane_url": f"{reverse('desk:cases-pane')}?{urlencode({**kept, **current})}",
            "back_url": back,
            "back_label": pgettext("desk", "事项"),
            "here": "cases",
        }
    tab = dict(parse_qsl(query.partition("?")[2])).get("tab", "") if query.startswith("inbox") else ""
    kept = {"tab": tab} if tab in inbox.TABS[1:] else {}
    return {
        "pane_url": f"{reverse('desk:inbox-pane')}?{urlencode({**kept, **current})}",
        "back_url": reverse("desk:inbox") + (f"?{urlencode(kept)}" if kept else ""),
        "back_label": _("待办"),
        "here": "inbox",
    }
