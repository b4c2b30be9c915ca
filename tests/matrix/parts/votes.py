"""Votes in every state that pages differ in. The clerk and the district's officer hold the keys; the resident
is the roster, so that a vote is over once they have voted."""

from datetime import timedelta
from types import SimpleNamespace

from mulin.councils.votes import actions
from mulin.councils.votes.models import Vote
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock
from tests.matrix.bodies import fixed
from tests.matrix.objects import both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("vote_open", "vote_published", "vote_budget")

SEEN = ("vote_draft", "vote_open", "vote_published")
MOVES = {
    "notice": "draft", "discard": "draft", "open": "notice", "close": "open", "untype": "closed",
    "again": "counted", "archive": "published",
}  # fmt: skip


def _challenge(side: Side) -> dict:
    return {
        "number": side.numbers["vote_open"],
        "challenge_number": side.numbers["vote_challenge"],
    }


THINGS = {
    "councils:vote": numbered(*SEEN),
    "councils:vote-cast": numbered(*SEEN),
    "councils:vote-receipts": numbered(*SEEN),
    "councils:vote-recount": numbered(*SEEN),
    "councils:vote-pb": numbered("vote_budget"),
    "councils:vote-challenge": numbered("vote_draft", "vote_open"),
    "councils_desk:vote": numbered(*SEEN),
    "councils_desk:vote-edit": numbered("vote_draft"),
    "councils_desk:vote-officers": numbered("vote_draft"),
    "councils_desk:vote-key": numbered("vote_draft"),
    "councils_desk:vote-key-new": numbered("vote_draft"),
    "councils_desk:vote-extend": numbered("vote_open"),
    "councils_desk:vote-stop": numbered("vote_open"),
    "councils_desk:vote-turnout": numbered("vote_open"),
    "councils_desk:vote-papers": numbered("vote_named"),
    "councils_desk:vote-count": numbered("vote_closed"),
    "councils_desk:vote-certify": numbered("vote_counted"),
    "councils_desk:vote-print": numbered("vote_counted"),
    "councils_desk:vote-challenge-new": numbered("vote_open"),
    "councils_desk:vote-challenge": both("vote_challenge", _challenge),
    "councils_desk:vote-move": [
        thing
        for move, state in MOVES.items()
        for thing in both(
            f"{move} vote_{state}",
            lambda side, move=move, state=state: {"number": side.numbers[f"vote_{state}"], "move": move},
        )
    ],
}


def _edit(matrix: Matrix, side: Side, params: dict) -> dict:
    return {
        "title": "换不换行道树", "body": "residents", "affair": "consultation", "kind": "yes_no",
        "secrecy": "secret", "method": "equal_shares", "roster": str(side.ids["vote_roster"]),
    }  # fmt: skip


BODIES = {
    "councils:vote-cast": lambda m, s, p: {"entry": str(s.ids["vote_entry"]), "choice": "yes", "sure": "1"},
    "councils:vote-challenge": fixed(text="公告没有贴在门厅"),
    "councils_desk:vote-new": lambda m, s, p: {
        "title": "换不换行道树", "place": s.place, "body": "residents", "kind": "yes_no"
    },
    "councils_desk:vote-edit": _edit,
    "councils_desk:vote-officers": lambda m, s, p: {"accounts": [str(s.clerk.id), str(m.cast.district.id)]},
    "councils_desk:vote-key": lambda m, s, p: {"text": s.secrets["vote_key"]},
    "councils_desk:vote-extend": fixed(closes_at="2099-01-01T20:00", reason="连着下雨"),
    "councils_desk:vote-stop": fixed(reason="题目写错了"),
    "councils_desk:vote-turnout": lambda m, s, p: {"entry": str(s.ids["vote_entry"])},
    "councils_desk:vote-papers": lambda m, s, p: {"entry": str(s.ids["vote_entry"]), "choice": "yes"},
    "councils_desk:vote-count": lambda m, s, p: {
        f"key_{n}": key for n, key in enumerate(s.secrets["vote_keys"])
    },
    "councils_desk:vote-certify": fixed(keys_destroyed="on"),
    "councils_desk:vote-challenge-new": fixed(name="王建国", text="公告没有贴在门厅"),
    "councils_desk:vote-challenge": fixed(
        decision="dismissed", summary="公告", answer="三月一日已贴在门厅。"
    ),
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """One vote in each state, in both communities."""
    for side in (matrix.home, matrix.away):
        people = SimpleNamespace(clerk=side.clerk, secretary=matrix.cast.district)
        roster = worlds.residents(people, side.place, [side.resident.account])
        side.ids["vote_roster"] = roster.pk
        side.ids["vote_entry"] = roster.entries.get().pk
        for state in ("draft", "notice", "open", "closed", "counted", "published"):
            vote, keys = _held(people, side, roster, state)
            side.numbers[f"vote_{state}"] = vote.number
            if state == "draft":
                side.secrets["vote_key"] = keys[0]
            if state == "closed":
                side.secrets["vote_keys"] = keys
        side.numbers["vote_budget"] = _held(people, side, roster, "published", is_budget=True)[0].number
        named = worlds.drafted(people, roster, opens_at=clock.now() - timedelta(hours=1), is_secret=False)
        actions.give_notice(actor=side.clerk.actor, number=named.number)
        actions.open_vote(actor=side.clerk.actor, number=named.number)
        side.numbers["vote_named"] = named.number
        made = actions.challenge(
            actor=side.resident.actor, number=side.numbers["vote_open"], text="公告没有贴在门厅"
        )
        side.numbers["vote_challenge"] = made.number


def _held(people, side: Side, roster, state: str, *, is_budget: bool = False) -> tuple[Vote, list[str]]:
    """A vote as far as a state; over at once, for everybody on the roster votes."""
    opens = clock.now() + timedelta(hours=1 if state == "notice" else -1)
    more = {"kind": "budget", "money": 80000, "options": [{"title": "凉亭", "text": "", "cost": 40000}]}
    frame = {"opens_at": opens, "closes_at": opens + timedelta(days=7)}
    vote = worlds.drafted(people, roster, **frame, **(more if is_budget else {}))
    keys = worlds.keyed(people, vote)
    clerk, number = side.clerk.actor, vote.number
    if state == "draft":
        return vote, keys
    vote = actions.give_notice(actor=clerk, number=number)
    if state == "notice":
        return vote, keys
    vote = actions.open_vote(actor=clerk, number=number)
    if state == "open":
        return vote, keys
    worlds.says(vote, side.resident.account, *(["o1"] if is_budget else ["yes"]))
    vote = actions.close_vote(actor=clerk, number=number)
    if state == "closed":
        return vote, keys
    vote = actions.count_vote(actor=clerk, number=number, keys_given=keys)
    if state == "published":
        vote = actions.certify_vote(actor=people.secretary.actor, number=number, keys_destroyed=True)
    return vote, keys
