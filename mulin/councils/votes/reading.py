"""Votes as pages show them: to residents, on a community's home, and at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.results.words import money as money_words
from mulin.councils.results.words import on_day
from mulin.councils.rosters import queries as rosters
from mulin.councils.votes import (
    access,
    casting,
    challenges,
    money,
    paper_official,
    papers,
    result,
    ruling,
    states,
    telling,
)
from mulin.councils.votes.kinds import moment
from mulin.councils.votes.models import Vote, VotePaper, VoteTurnout
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.rules import RuleUnset
from mulin.places.queries import names_of

PER_PAGE = 100


def state_of(vote: Vote) -> dict[str, str]:
    tone, icon = states.TONES[vote.state]
    return {"label": str(states.STATE_WORDS[vote.state]), "tone": tone, "icon": icon}


# --- lists -----------------------------------------------------------------------------------------------


def around(place: str) -> Any:
    """Announced votes of a community and of the places above it."""
    found = access.public_votes()
    return found.filter(place__in={place, *codes.parents(place)}) if place else found


def row(vote: Vote, names: dict[str, str]) -> dict[str, Any]:
    """A vote in a list for residents."""
    lines = {
        "notice": _("%(day)s开始") % {"day": moment(vote.opens_at)},
        "open": _("%(day)s截止") % {"day": moment(vote.closes_at)},
        "published": str(states.STATUS_WORDS.get(vote.status, "")),
        "archived": str(states.STATUS_WORDS.get(vote.status, "")),
    }
    return {
        "title": vote.title,
        "number": vote.number,
        "url": reverse("councils:vote", args=[vote.number]),
        "state": state_of(vote),
        "place": names.get(vote.place, ""),
        "who": str(states.BODY_WORDS[vote.body]),
        "line": lines.get(vote.state, ""),
    }


def rows(votes: Iterable[Vote]) -> list[dict[str, Any]]:
    votes = list(votes)
    names = names_of({vote.place for vote in votes})
    return [row(vote, names) for vote in votes]


# --- one vote --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mine:
    """One line of the roster for which the person may act. `said`: their own named paper in words."""

    id: Any
    label: str
    proxy_of: str
    has_voted: bool
    can_vote: bool
    said: tuple[str, ...] = ()


def mine(vote: Vote, actor: Actor) -> list[Mine]:
    """The lines for which the actor may vote, and which of them have."""
    if vote.roster is None:
        return []
    found = rosters.entries_of(vote.roster, actor, vote=vote.number)
    done = set(VoteTurnout.objects.filter(vote=vote, entry__in=found).values_list("entry_id", flat=True))
    given = {}
    if not vote.is_secret:
        own = VotePaper.objects.filter(vote=vote, entry__in=found)
        given = {(one.entry_id, one.owner): one for one in own}
    words, blank, changes = telling.words_of(vote), str(states.BLANK_WORD), False
    if not vote.is_secret and vote.state == "open":
        changes = ruling.may_change(vote)
    rows_ = []
    for entry in found:
        paper = given.get((entry.pk, entry.speaks_for))
        has = entry.pk in done if vote.is_secret else paper is not None
        by_proxy = entry.by_proxy is not None
        can = not has or (paper is not None and changes and casting.can_be_changed(paper, by_proxy))
        # A proxy reads what they handed in themselves, not what the owner did in person.
        may_read = paper is not None and (not by_proxy or paper.account_id == actor.account)
        said = tuple(papers.said(vote, paper.choice, words, blank)) if may_read else ()
        proxy = entry.by_proxy
        giver = str(proxy.giver or entry.label) if proxy else ""
        rows_.append(Mine(entry.pk, entry.label, giver, has, can, said))
    return rows_


def options(vote: Vote) -> list[dict[str, Any]]:
    """Options with their costs in words, in the order of the paper."""
    if vote.kind == "yes_no":
        return [
            {"key": key, "title": str(word), "text": "", "cost": ""}
            for key, word in states.YES_NO_WORDS.items()
        ]
    return [{**one, "cost": money_words(one["cost"]) if one["cost"] else ""} for one in vote.options]


def public_page(vote: Vote, actor: Actor) -> dict[str, Any]:
    """All that everybody sees of a vote, and what this person can do."""
    own = mine(vote, actor)
    is_taken = vote.state == "open" and now() < vote.closes_at
    official = paper_official.official(vote)
    is_online = official != paper_official.REQUIRED
    voted = vote.voted.count() if vote.state == "open" else sum(vote.turnout.values())
    context: dict[str, Any] = {
        "vote": vote,
        "state": state_of(vote),
        "options": options(vote),
        "kind": str(states.KIND_WORDS[vote.kind]),
        "who": str(states.BODY_WORDS[vote.body]),
        "money": money_words(vote.money) if vote.money else "",
        "method": str(states.METHOD_WORDS[vote.method]) if vote.kind == "budget" else "",
        "opens": moment(vote.opens_at),
        "closes": moment(vote.closes_at),
        "mine": own,
        "can_cast": is_taken and is_online and any(one.can_vote for one in own),
        "official": official,
        "official_text": str(paper_official.PUBLIC.get(official, "")),
        "may_change": ruling.may_change(vote),
        "is_taken": is_taken,
        "voted": telling.counted_of(vote, voted),
        "roster_size": telling.counted_of(vote, vote.roster.figures.get("entries", 0)) if vote.roster else "",
        "rules": [] if vote.kind == "budget" else telling.rule_lines(vote),
        "sources": sources(vote),
        "takes_challenges": result.takes_challenges(vote),
        "challenges": answered(vote),
        "own_challenges": own_challenges(vote, actor),
        "most": papers.most(vote),
        "remarks": vote.remarks.splitlines(),
    }
    if vote.state in states.DONE:
        context["result"] = shown_result(vote)
        context["challenge_until"] = on_day(challenges.challenged_until(vote))
    return context


def sources(vote: Vote) -> list[dict[str, str]]:
    """Where each threshold comes from: law, custom or house default."""
    named = (
        "councils.quorum",
        "councils.consent",
        "councils.area_order",
        "councils.blank",
        "councils.absent",
    )
    rows_ = ruling.rule_of(vote).sources if vote.kind != "budget" else ()
    return [{"name": one.name, "basis": one.basis} for one in rows_ if one.name in named and one.basis]


def answered(vote: Vote) -> list[dict[str, Any]]:
    """Challenges that were answered, in the words that everybody may read."""
    found = vote.challenges.filter(state="answered").order_by("answered_at")
    return [
        {
            "number": one.number,
            "summary": one.summary,
            "answer": one.answer,
            "decision": str(states.DECISION_WORDS[one.decision]),
            "day": moment(one.answered_at),
        }
        for one in found
    ]


def own_challenges(vote: Vote, actor: Actor) -> list[Any]:
    if actor.account is None:
        return []
    return list(vote.challenges.filter(account=actor.account, state="open").order_by("id"))


# --- the result ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    text: str
    n: int
    words: str
    most: int
    has_won: bool


def shown_result(vote: Vote) -> dict[str, Any]:
    """The result in words and bars. Full figures, small ones too: a vote's totals decide, and everybody may
    recount them; the page says when they tell more than the total."""
    if vote.kind == "budget":
        return _budget_result(vote)
    words = telling.words_of(vote)
    found = vote.file.get("result", {})
    winners = set(found.get("winners", ()))
    said = {s["choice"]: s for s in found.get("steps", ()) if s["code"] == "papers"}
    most = max((s["heads"] for s in said.values()), default=1) or 1
    bars = []
    for key, step in said.items():
        text = words.get(key) or (str(states.BLANK_WORD) if key == "blank" else "")
        if text:
            bars.append(Bar(text, step["heads"], _amount(vote, step), most, key in winners))
    return {
        "status": str(states.STATUS_WORDS.get(vote.status, vote.status)),
        "is_done": vote.status in ("passed", "elected"),
        "winners": [words[one] for one in found.get("winners", ()) if vote.kind != "yes_no"],
        "steps": telling.steps(vote),
        "bars": bars if vote.kind != "rank" else [],
        "is_telling": _tells_persons(vote, *_sizes(vote.file.get("papers") or [])),
        "has_file": "format" in vote.file,
        "n_receipts": len(vote.receipts),
    }


def _amount(vote: Vote, step: dict[str, Any]) -> str:
    if vote.is_by_area:
        return _("%(n)s 位业主，%(area)s") % {"n": step["heads"], "area": telling.area(step["area"])}
    return telling.counted_of(vote, step["heads"])


def _sizes(given: list[Any]) -> tuple[int, bool]:
    """How many papers there are, and whether all say the same."""
    return len(given), bool(given) and all(one == given[0] for one in given)


def _tells_persons(vote: Vote, n: int, are_alike: bool) -> str:
    """Why the figures themselves say how single people voted; empty when they do not. It goes by papers, not
    by crosses: three people who approve five options each are still three."""
    if not vote.is_secret:
        return ""
    if are_alike:
        return _("投票的人选的都一样，所以结果本身就说出了每个人的选择。这是票数决定的，藏不住。")
    if 0 < n < int(ruling.value("councils.vote.few", vote)):
        return _("票很少，数字可能让人猜到谁怎么投。按规定总数要公布，所以照实公布。")
    return ""


def _budget_result(vote: Vote) -> dict[str, Any]:
    file, titles = vote.file, telling.words_of(vote)
    found = file["result"]
    won, scale = found["winners"], file["scale"]
    reasons = found["reasons"]
    order = [*won, *(one["key"] for one in vote.options if one["key"] not in won)]
    costs = {one["key"]: one["cost"] for one in vote.options}
    projects = [
        {
            "title": titles[key],
            "cost": money_words(costs[key]),
            "has_won": key in won,
            "why": money.why(reasons[key], titles, scale) if key in reasons else "",
        }
        for key in order
    ]
    spent = found["spent"] * 100 // scale
    return {
        "status": ngettext("选上 %(n)s 个项目", "选上 %(n)s 个项目", len(won)) % {"n": len(won)},
        "is_done": bool(won),
        "projects": projects,
        "spent": money_words(spent),
        "left": money_words(vote.money - spent),
        "spent_share": telling.share(spent, vote.money),
        "spent_part": spent // 100,
        "money_part": vote.money // 100,
        "papers": file["papers"],
        "blank": file["blank"],
        "void": file["void"],
        "tie_order": [titles[one] for one in found["tie_order"]],
        "n_receipts": len(vote.receipts),
        "is_telling": _tells_persons(vote, file["papers"] + file["void"], file.get("alike", False)),
    }


# --- the desk --------------------------------------------------------------------------------------------


def desk_rows(votes: Iterable[Vote]) -> list[dict[str, Any]]:
    """Rows of the desk's list, with how many have voted. Two statements for all."""
    votes = list(votes)
    names = names_of({vote.place for vote in votes})
    counted = VoteTurnout.objects.filter(vote__in=votes).values("vote").annotate(n=Count("id"))
    voted = {one["vote"]: one["n"] for one in counted}
    return [
        {
            "number": vote.number,
            "title": vote.title,
            "place": names.get(vote.place, ""),
            "state": state_of(vote),
            "who": str(states.BODY_WORDS[vote.body]),
            "voted": telling.counted_of(vote, voted[vote.pk]) if vote.pk in voted else "",
            "closes": moment(vote.closes_at),
            "url": reverse("councils_desk:vote", args=[vote.number]),
        }
        for vote in votes
    ]


@dataclass(frozen=True, slots=True)
class TurnoutRow:
    """A building of the live turnout."""

    name: str
    voted: int
    all: int


def turnout_by_building(vote: Vote) -> list[TurnoutRow]:
    """How many of each building have voted, for those who hold the vote. Three statements."""
    from mulin.places.queries import natural

    every = dict(vote.roster.entries.order_by().values_list("building").annotate(n=Count("id")))
    done = dict(vote.voted.order_by().values_list("entry__building").annotate(n=Count("id")))
    names = names_of(code for code in every if code)
    found = [TurnoutRow(names.get(code, _("未分楼栋")), done.get(code, 0), n) for code, n in every.items()]
    return sorted(found, key=lambda one: natural(one.name))


def warnings(vote: Vote) -> list[str]:
    """What whoever prepares a vote should know before the notice."""
    found = []
    few = int(ruling.value("councils.vote.few", vote))
    if vote.is_secret and vote.roster and 0 < vote.roster.figures.get("entries", 0) < few:
        found.append(_("名册不到 %(n)s 项。人这么少，总数就可能说出谁怎么投，请先向大家说明。") % {"n": few})
    if paper_official.official(vote) == paper_official.REQUIRED:
        found.append(str(paper_official.SAID[paper_official.REQUIRED]))
    if vote.affair == "consultation":
        found.append(_("这是征求意见：结果作参考，不是法定表决。"))
    return found


def missing_rules(vote: Vote) -> list[ruling.Missing]:
    """Rules that somebody has to fill in before this vote can be certified."""
    try:
        if vote.state == "counted" and vote.status == "refused":
            from mulin.councils.counting import Gap

            steps = vote.file.get("result", {}).get("steps", ())
            gaps = [Gap(s["gap"], s["rule"]) for s in steps if s["code"] == "refused"]
        elif vote.state in ("draft", "notice", "open", "closed"):
            gaps = ruling.gaps_ahead(vote)
        else:
            return []
    except RuleUnset:
        return []
    return ruling.missing(vote, gaps)
