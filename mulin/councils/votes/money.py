"""Budget votes: residents support projects, a rule chooses among them, and each project is told why it won or
lost. The published file is a `.pb` (Pabulib), which `mulin budget evaluate` decides again."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils import pabulib, replays
from mulin.councils.budgets import Outcome
from mulin.councils.results.words import money as yuan
from mulin.councils.votes.models import Vote
from mulin.councils.votes.papers import Choice
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.places.queries import full_name

FORMAT = "mulin-budget/1"
# Our methods as the format names them; equal shares are completed by raising all shares, then by points.
RULES = {"equal_shares": "equalshares/add1u", "greedy": "greedy"}


def counted(vote: Vote, papers: list[Choice]) -> dict[str, Any]:
    """Decide, and the file of it: the papers as .pb with the winners marked, and the result as JSON."""
    valid = sorted(tuple(one) for one in papers if one is not None)
    election = _election(vote, valid, winners=None)
    outcome = replays.replay(election)
    assert outcome is not None, "a method is a rule that we have"
    marked = _election(vote, valid, winners=set(outcome.winners))
    return {
        "format": FORMAT,
        "number": vote.number,
        "title": vote.title,
        "rule": RULES[vote.method],
        "budget": vote.money,
        "scale": replays.contest_of(election).scale,
        "papers": len(valid),
        "blank": sum(not one for one in valid),
        "void": len(papers) - len(valid),
        # Whether every paper says the same, for the page: it then says how everybody voted.
        "alike": len(papers) > 0 and len({None if one is None else tuple(one) for one in papers}) == 1,
        "result": {**outcome.as_json(), "status": "decided"},
        "pb": pabulib.write(marked),
    }


def _election(vote: Vote, papers: list[tuple[str, ...]], winners: set[str] | None) -> pabulib.Election:
    votes = {one["key"]: sum(one["key"] in paper for paper in papers) for one in vote.options}
    meta = {
        "description": vote.title.replace("\n", " "),
        "country": "China",
        "unit": full_name(vote.place),
        "instance": vote.number,
        "budget": _yuan(vote.money),
        "currency": "CNY",
        "rule": RULES[vote.method],
        "vote_type": "approval",
        "max_length": str(vote.max_choices or len(vote.options)),
        "date_begin": _day(vote.opens_at),
        "date_end": _day(vote.closes_at),
    }
    projects = [
        {
            "project_id": one["key"],
            "cost": _yuan(one["cost"]),
            "name": one["title"],
            "votes": str(votes[one["key"]]),
            **({} if winners is None else {"selected": "1" if one["key"] in winners else "0"}),
        }
        for one in vote.options
    ]
    # Numbers of voters in the order of what the papers say: they are nobody's.
    rows = [(str(n), paper, (1,) * len(paper)) for n, paper in enumerate(papers, 1)]
    return pabulib.make(meta, projects, rows)


def _yuan(fen: int) -> str:
    return pabulib.amount_text(Fraction(fen, 100))


def _day(moment: Any) -> str:
    return clock.day_of(moment).strftime("%d.%m.%Y") if moment else ""


def outcome_again(text: str) -> Outcome | None:
    """What a file's rule chooses: for proving that a published file says what was published."""
    return replays.replay(pabulib.parse(text))


def read_projects(text: str) -> tuple[int, list[dict[str, Any]]]:
    """The budget and the options in a .pb file, in fen, to begin a vote with. Raises bad-file."""
    try:
        election = pabulib.parse(text)
    except pabulib.PabulibError as error:
        said = _("这个文件不是可用的 .pb：%(why)s") % {"why": error}
        raise ActionError("bad-file", said, field="file", status=422) from error
    if any((one * 100).denominator != 1 for one in (election.budget, *(p.cost for p in election.projects))):
        raise ActionError("bad-file", _("文件里的金额比分还小，不能用。"), field="file", status=422)
    options = [
        {"title": (one.fields.get("name") or one.id)[:60], "text": "", "cost": int(one.cost * 100)}
        for one in election.projects
    ]
    return int(election.budget * 100), options


# --- in words --------------------------------------------------------------------------------------------


AMOUNTS = frozenset({"cost", "left", "missing", "had", "each_floor"})


def why(reason: dict[str, Any], titles: dict[str, str], scale: int) -> str:
    """One plain sentence why a project won or lost. `scale`: how many of the result's units make a yuan."""
    values: dict[str, Any] = {}
    for name, value in reason.items():
        values[name] = yuan(value * 100 // scale) if name in AMOUNTS else value
    if "stopped_by" in reason:
        values["stopped_by"] = titles.get(reason["stopped_by"], "")
    if "each" in reason:
        values["each"] = yuan(round(Fraction(reason["each"]) * 100 / scale))
    return _sentences()[reason["code"]] % values


def _sentences() -> dict[str, str]:
    return {
        "won_by_score": _("选上：%(votes)s 票，排到它时钱够，用 %(cost)s，还剩 %(left)s。"),
        "lost_no_room": _("没选上：%(votes)s 票，要 %(cost)s，排到它时只剩 %(left)s，差 %(missing)s。"),
        "lost_after_stop": _("没选上：%(votes)s 票；排在前面的“%(stopped_by)s”放不下，选择就到那里为止。"),
        "won_by_shares": _("选上：%(votes)s 位支持的人一起出钱，每人最多出 %(each)s，凑够 %(cost)s。"),
        "won_by_filling": _(
            "选上：大家凑钱选完以后还有余钱，它有 %(votes)s 票，放得下，用 %(cost)s，还剩 %(left)s。"
        ),
        "lost_supporters_had_too_little": _(
            "没选上：支持它的 %(votes)s 人手里一共还有 %(had)s，要 %(cost)s，差 %(missing)s。"
        ),
        "lost_no_support": _("没选上：没有人选它。"),
        "lost_threshold": _("没选上：%(votes)s 票，不到最低的 %(threshold)s。"),
    }
