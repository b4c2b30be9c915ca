"""Rosters: a draft and a frozen one of owners, with a letter, a proxy and an objection; and the paper
channel of a vote after its close, with a batch that waits for its second typing."""

from datetime import timedelta
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from mulin.councils.rosters import actions, lines
from mulin.councils.rosters.models import Roster
from mulin.councils.votes import actions as votes
from mulin.councils.votes import paper_batches
from mulin.councils.votes.tests import worlds
from mulin.kernel.clock import now, today
from mulin.people.models import Account
from tests.matrix.bodies import fixed
from tests.matrix.objects import both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("roster_frozen",)

DRAFT, FROZEN = "roster_draft", "roster_frozen"
DAYS = {"signed_on": today().isoformat(), "until": (today() + timedelta(days=30)).isoformat()}


def of(name: str, **ids: str) -> list:
    """Things of a roster; `ids` are parameters and the names of the side's ids."""
    return both(
        name,
        lambda side: {"number": side.numbers[name], **{key: side.ids[value] for key, value in ids.items()}},
    )


THINGS = {
    "councils:roster": numbered(DRAFT, FROZEN),
    "councils:roster-object": numbered(FROZEN),
    "councils_desk:roster": numbered(DRAFT, FROZEN),
    "councils_desk:roster-frame": numbered(DRAFT),
    "councils_desk:roster-freeze": numbered(DRAFT),
    "councils_desk:roster-correct": numbered(FROZEN),
    "councils_desk:roster-import": numbered(DRAFT),
    "councils_desk:roster-template": numbered(DRAFT),
    "councils_desk:roster-export": numbered(FROZEN),
    "councils_desk:roster-print": numbered(FROZEN),
    "councils_desk:roster-lines": numbered(DRAFT, FROZEN),
    "councils_desk:roster-line-new": numbered(DRAFT),
    "councils_desk:roster-line": [*of(DRAFT, entry_id="roster_line"), *of(FROZEN, entry_id="roster_unit")],
    "councils_desk:roster-line-remove": of(DRAFT, entry_id="roster_line"),
    "councils_desk:roster-line-unlink": of(FROZEN, entry_id="roster_unit"),
    "councils_desk:roster-line-phone": of(FROZEN, entry_id="roster_unit"),
    "councils_desk:roster-letters": numbered(FROZEN),
    "councils_desk:roster-proxies": numbered(FROZEN),
    "councils_desk:roster-proxy-new": numbered(FROZEN),
    "councils_desk:roster-proxy-withdraw": of(FROZEN, proxy_id="roster_proxy"),
    "councils_desk:roster-proxy-scan": of(FROZEN, proxy_id="roster_proxy"),
    "councils_desk:roster-objections": numbered(FROZEN),
    "councils_desk:roster-objection-new": numbered(FROZEN),
    "councils_desk:roster-objection": both(
        FROZEN, lambda side: {"number": side.numbers[FROZEN], "objection": side.numbers["roster_objection"]}
    ),
    "councils_desk:roster-move": [
        thing
        for move in ("fill", "discard")
        for thing in both(
            f"{move} roster_homes",
            lambda side, move=move: {"number": side.numbers["roster_homes"], "move": move},
        )
    ],
    "councils_desk:vote-paper": numbered("paper_vote"),
    "councils_desk:vote-paper-print": numbered("paper_vote"),
    "councils_desk:vote-paper-sheet": numbered("paper_vote"),
    "councils_desk:vote-paper-official": numbered("paper_vote"),
    "councils_desk:vote-paper-export": numbered("paper_vote"),
    "councils_desk:vote-paper-second": of("paper_vote", batch="paper_batch"),
    "councils_desk:vote-paper-drop": of("paper_vote", batch="paper_batch"),
}


def _file(text: str):
    return lambda matrix, side, params: {"file": SimpleUploadedFile("f.csv", text.encode()), "kind": "papers"}


def _line(matrix: Matrix, side: Side, params: dict) -> dict:
    return {"building": side.building, "stair": "1单元", "door": "7-7", "kind": "home", "registry": "89.34"}


BODIES = {
    "councils:roster-code": lambda m, s, p: {"code": s.secrets["roster_code"]},
    "councils:roster-object": fixed(kind="missing", text="漏了我家"),
    "councils_desk:roster-new": lambda m, s, p: {
        "place": s.place, "body": "delegates", "title": "居民代表", "start": "hand", "site": "", "stair": ""
    },
    "councils_desk:roster-frame": fixed(title="业主名册", for_what="换物业"),
    "councils_desk:roster-freeze": fixed(objections_until="2099-01-01"),
    "councils_desk:roster-correct": fixed(reason="面积写错了"),
    "councils_desk:roster-import": _file("楼栋,单元,房号,登记面积,业主\n没有的楼,1,2-2,80,某人\n"),
    "councils_desk:roster-line-new": _line,
    "councils_desk:roster-line": _line,
    "councils_desk:roster-line-unlink": fixed(owner="A"),
    "councils_desk:roster-line-phone": fixed(owner="A", purpose="约上门送票"),
    "councils_desk:roster-letters": fixed(building="", only_open=""),
    "councils_desk:roster-proxy-new": lambda m, s, p: {
        "keys": [s.ids["roster_key"]], "giver": "C", "holder_name": "代理人", "vote": "", **DAYS
    },
    "councils_desk:roster-proxy-withdraw": fixed(reason="本人要自己投"),
    "councils_desk:roster-objection-new": fixed(kind="wrong", text="面积不对", name="来访的人"),
    "councils_desk:roster-objection": fixed(is_accepted="no", answer="已核对，没有错"),
    "councils_desk:vote-paper": fixed(name="2", papers="1"),
    "councils_desk:vote-paper-second": lambda m, s, p: {"papers": "1", "slip": s.secrets["paper_slip"]},
    "councils_desk:vote-paper-official": _file("key,owner,choice\nx,,1\n"),
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """The same in both communities."""
    for side in (matrix.home, matrix.away):
        _rosters(matrix, side)
        _paper(matrix, side)


def _unit(matrix: Matrix, side: Side, door: str, name: str, code: str) -> lines.Line:
    return lines.Line(
        building=side.building, building_name=matrix.world.sites[side.building].name, stair="1单元",
        door=door, registry=8934, owners=lines.owners_of(name, code, "13800138777"),
    )  # fmt: skip


def _rosters(matrix: Matrix, side: Side) -> None:
    clerk = side.clerk.actor
    units = (("1-1", "业主甲", "A"), ("1-2", "业主乙", "B"), ("1-3", "业主丙", "C"))
    for name in (DRAFT, FROZEN):
        made = actions.draft_roster(
            actor=clerk, place=side.place, body="owners", title=f"业主名册{side.place[-3:]}"
        )
        for one in units:
            actions.add_entry(actor=clerk, number=made.number, entry=_unit(matrix, side, *one))
        side.numbers[name] = made.number
    side.ids["roster_line"] = Roster.objects.get(number=side.numbers[DRAFT]).entries.first().pk
    homes = actions.draft_roster(actor=clerk, place=side.place, body="households", title="住户名册")
    side.numbers["roster_homes"] = homes.number
    frozen = actions.freeze_roster(actor=clerk, number=side.numbers[FROZEN])
    letters = actions.make_letters(actor=clerk, number=frozen.number)
    side.secrets["roster_code"] = _letter_of_a_home(matrix, side)
    actions.use_code(actor=side.resident.actor, code=letters[0].code)
    unit, second, third = frozen.entries.order_by("position")
    side.ids["roster_unit"], side.ids["roster_key"] = unit.pk, third.key
    side.ids["roster_proxy"] = actions.record_proxy(
        actor=clerk, number=frozen.number, keys=[second.key], signed_on=today(),
        until=today() + timedelta(days=30), holder_name="代理人", scan=b"%PDF-1.4",
    ).pk  # fmt: skip
    side.numbers["roster_objection"] = actions.object_to_roster(
        actor=side.resident.actor, number=frozen.number, kind="wrong", text="面积不对"
    ).number


def _letter_of_a_home(matrix: Matrix, side: Side) -> str:
    """A code that everybody may try: on the owners' roster the resident is somebody already."""
    clerk = side.clerk.actor
    made = actions.draft_roster(actor=clerk, place=side.place, body="households", title="一户一票")
    home = lines.Line(
        building=side.building, building_name=matrix.world.sites[side.building].name, stair="1单元",
        door="8-8",
    )  # fmt: skip
    actions.add_entry(actor=clerk, number=made.number, entry=home)
    actions.freeze_roster(actor=clerk, number=made.number)
    (letter,) = actions.make_letters(actor=clerk, number=made.number)
    return letter.code


def _paper(matrix: Matrix, side: Side) -> None:
    """A secret vote after the close: two came to the table, one paper is typed once."""
    people = SimpleNamespace(clerk=side.clerk, secretary=matrix.cast.district)
    account = Account.objects.get(pk=side.resident.id)
    roster = worlds.residents(people, side.place, [account], others=2)
    opens = now() - timedelta(hours=1)
    vote = worlds.drafted(people, roster, opens_at=opens, closes_at=now() + timedelta(days=7))
    worlds.keyed(people, vote)
    clerk = side.clerk.actor
    votes.give_notice(actor=clerk, number=vote.number)
    votes.open_vote(actor=clerk, number=vote.number)
    for entry in roster.entries.filter(account=None):
        votes.mark_came(actor=clerk, number=vote.number, entry=entry.pk)
    worlds.says(vote, account, "yes")
    vote = votes.close_vote(actor=clerk, number=vote.number)
    typist = matrix.cast.district.actor
    batch = paper_batches.begin_batch(actor=typist, number=vote.number, name="1", choices=[["yes"]])
    side.numbers["paper_vote"], side.ids["paper_batch"] = vote.number, batch.pk
    side.secrets["paper_slip"] = batch.slip
