"""Canvasses: one in preparation, one that runs, one that has ended. The clerk leads them, the resident knocks
on doors."""

from mulin.councils.canvasses import closing, contacts, planning, questions, setup, ties
from mulin.councils.canvasses.models import CanvassVisit
from mulin.kernel.clock import today
from mulin.people.models import Household
from tests.matrix.bodies import fixed
from tests.matrix.objects import both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("canvass_running", "canvass_ended")

ALL = ("canvass_planned", "canvass_running", "canvass_ended")
RUNNING = "canvass_running"
# Places in the list: who knocks lives at the first, the second agreed, the third is to be visited.
HOME, AGREED, NEXT, LATER = range(4)


def of_running(name: str = "", **more) -> list:
    """Things of the running one; `more` are parameters, or names of ids where they are texts."""

    def params(side: Side) -> dict:
        found = {key: side.ids[value] if isinstance(value, str) else value for key, value in more.items()}
        return {"number": side.numbers[RUNNING], **found}

    return both(name or RUNNING, params)


def _moves() -> list:
    planned, running = ("start", "discard"), ("lead", "end", "stop")
    wanted = [*((move, "canvass_planned") for move in planned), *((move, RUNNING) for move in running)]
    return [
        thing
        for move, name in wanted
        for thing in both(
            f"{move} {name}", lambda side, move=move, name=name: {"number": side.numbers[name], "move": move}
        )
    ]


THINGS = {
    "councils:canvass": numbered(*ALL),
    "councils:canvass-ask": numbered(*ALL),
    "councils:canvass-own": numbered(*ALL),
    "councils:canvass-own-tie": numbered(RUNNING),
    "councils:canvass-doors": numbered(*ALL),
    "councils:canvass-doors-more": numbered(RUNNING),
    "councils:canvass-door": of_running(n=NEXT),
    "councils:canvass-door-back": of_running(n=NEXT),
    "councils:canvass-done": of_running(contact="canvass_contact"),
    "councils:canvass-undo": of_running(contact="canvass_contact"),
    "councils:canvass-tie": of_running(contact="canvass_contact"),
    "councils:canvass-tie-withdraw": of_running(tie="canvass_tie"),
    "councils_desk:canvass": numbered(*ALL),
    "councils_desk:canvass-edit": numbered("canvass_planned", RUNNING),
    "councils_desk:canvass-move": _moves(),
    "councils_desk:canvass-report": numbered(RUNNING, "canvass_ended"),
    "councils_desk:canvass-export": numbered(RUNNING),
    "councils_desk:canvass-questions": numbered(RUNNING),
    "councils_desk:canvass-question": of_running(question="canvass_question"),
    "councils_desk:canvass-households": numbered(*ALL),
    "councils_desk:canvass-households-add": numbered("canvass_planned"),
    "councils_desk:canvass-household": of_running(n=NEXT),
    "councils_desk:canvass-contact": of_running(n=LATER),
    "councils_desk:canvass-assign": of_running(n=LATER),
    "councils_desk:canvass-household-remove": both(
        "canvass_planned", lambda side: {"number": side.numbers["canvass_planned"], "n": AGREED}
    ),
    "councils_desk:canvass-tie-new": of_running(n=AGREED),
    "councils_desk:canvass-ties": numbered(RUNNING),
    "councils_desk:canvass-tie-withdraw": of_running(tie="canvass_tie"),
    "councils_desk:canvass-people": numbered(RUNNING),
    "councils_desk:canvass-person": of_running(canvasser="canvass_member"),
    "councils_desk:canvass-plan": numbered(RUNNING),
}
FRAME = {"title": "换水管", "purpose": "每户九百元", "target": "9/10", "contact": "郑老师 6280 1234"}


def _tie(matrix: Matrix, side: Side, params: dict) -> dict:
    return {"building": side.building, "door": "9单元4-1", "trust": 2, "how": "go"}


def _said(matrix: Matrix, side: Side, params: dict) -> dict:
    return {"canvasser": str(side.ids["canvass_member"]), "outcome": "agree", "on": today().isoformat()}


BODIES = {
    "councils:canvass-ask": fixed(text="会不会停水很久？"),
    "councils:canvass-own": fixed(stance="undecided"),
    "councils:canvass-own-tie": _tie,
    "councils:canvass-tie": _tie,
    "councils:canvass-door": fixed(outcome="agree"),
    "councils_desk:canvass-new": lambda m, s, p: {**FRAME, "where": s.place},
    "councils_desk:canvass-edit": fixed(**FRAME),
    "councils_desk:canvass-questions": fixed(kind="rumour", text="听说要涨物业费？"),
    "councils_desk:canvass-question": fixed(kind="question", text="停水多久？", answer="不超过三天。"),
    "councils_desk:canvass-households-add": lambda m, s, p: {"lines": f"{_name(m, s)},9单元9-9"},
    "councils_desk:canvass-contact": _said,
    "councils_desk:canvass-assign": _said,
    "councils_desk:canvass-tie-new": _tie,
    "councils_desk:canvass-people": lambda m, s, p: {"who": "newcomer", "role": "canvasser"},
    "councils_desk:canvass-person": lambda m, s, p: {"building": s.building, "door": "9单元4-1"},
}


def _name(matrix: Matrix, side: Side) -> str:
    return matrix.world.sites[side.building].name


def _doors(matrix: Matrix, side: Side) -> list[setup.Door]:
    """Where who knocks lives, then three more; the second agreed before."""
    home = Household.objects.filter(building=side.building, residences__account=side.resident.account).first()
    first = setup.Door("home", f"{_name(matrix, side)} {home.door}", side.building, home.pk)
    rest = [
        setup.Door(
            f"{side.building[13:]}-9单元{n}-1",
            f"{_name(matrix, side)} 9单元{n}-1",
            side.building,
            None,
            stance,
        )
        for n, stance in ((2, "agree"), (3, "not_reached"), (4, "not_reached"))
    ]
    return [first, *rest]


def build(matrix: Matrix) -> None:
    """One in each state, in both communities."""
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name in ALL:
            number = setup.draft_canvass(actor=clerk, place=side.place, **FRAME).number
            side.numbers[name] = number
            setup.add_households(actor=clerk, number=number, doors=_doors(matrix, side))
            made = setup.add_canvasser(actor=clerk, number=number, account=side.resident.id)
            if name != "canvass_planned":
                setup.start_canvass(actor=clerk, number=number)
            if name == RUNNING:
                _run(matrix, side, number, made)
        closing.end_canvass(actor=clerk, number=side.numbers["canvass_ended"])


def _run(matrix: Matrix, side: Side, number: str, member) -> None:
    """A tie and today's door, a contact of today, a question that waits."""
    clerk, resident = side.clerk.actor, side.resident.actor
    extra = setup.Door(f"{side.building[13:]}-9单元5-1", "9单元5-1", side.building)
    setup.add_households(actor=clerk, number=number, doors=[extra])
    contacts.assign(actor=clerk, number=number, n=LATER + 1, canvasser=member.pk)
    said = contacts.record_contact(actor=resident, number=number, n=LATER + 1, outcome="agree")
    tie = ties.record_tie(actor=clerk, number=number, who=HOME, knows=NEXT, trust=2, how="go")
    planning.plan_today(actor=clerk, number=number)
    assert CanvassVisit.objects.filter(canvasser=member, n=NEXT).exists()
    asked = questions.ask(actor=resident, number=number, text="停水多久？")
    side.ids |= {
        "canvass_contact": said.pk, "canvass_tie": tie.pk, "canvass_member": member.pk,
        "canvass_question": asked.pk,
    }  # fmt: skip
