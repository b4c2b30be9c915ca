"""Where a city has an official voting system: what our rule book says, the roster and the question for it,
and the papers that come back. The files are described in docs/votes.md."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.rosters import areas, queries, tables
from mulin.councils.rosters.models import RosterEntry
from mulin.councils.votes import access, papers, ruling, states
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote, VotePaper, VoteTurnout
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

RULE = "councils.official_voting"
NONE, OFFERED, REQUIRED = "none", "offered", "required"
SAID = {
    NONE: gettext_lazy("这里没有规定必须用政府的投票系统。线上和纸票都可以，合在一起计。"),
    OFFERED: gettext_lazy(
        "本市有免费的业主电子投票系统，可以用，也可以不用。用的话，在这里导出名册、导入结果。"
    ),
    REQUIRED: gettext_lazy(
        "这里规定：线上表决必须用政府的电子投票系统。本系统不收线上票，只收纸票，并导入政府系统的结果。"
    ),
}
# The same for residents.
PUBLIC = {
    OFFERED: gettext_lazy("本市有免费的业主电子投票系统。这次表决如果也在那里投，以公告为准，只能投一次。"),
    REQUIRED: gettext_lazy(
        "这里规定：网上投票必须用政府的电子投票系统，所以这里不收网上的票。请到政府系统投，或者到社区投纸质票。"
    ),
}
COLUMNS = ("key", "owner", "choice")
_HEADS = {"key": ("key", "编号"), "owner": ("owner", "业主编号"), "choice": ("choice", "选择")}
ABSTAINED, SPOILED = ("0", "弃权", "blank"), ("x", "废票", "spoiled")
MOST_ROWS, REPORTED = 50_000, 200


def official(vote: Vote) -> str:
    """Whether online votes of this body have to use the official system here: none, offered or required."""
    return str(rulebook.value(RULE, at=vote.place, body=vote.body))


def refuse_online(vote: Vote) -> None:
    """Raise official-only where papers may not be handed in online here."""
    if official(vote) == REQUIRED:
        raise ActionError("official-only", str(SAID[REQUIRED]))


def roster_file(vote: Vote) -> bytes:
    """The roster and the question as a workbook: what the official system is fed with. No telephone
    numbers."""
    if vote.roster is None:
        raise ActionError("no-roster", _("这次表决还没有名册。"))
    rows: list[tuple] = [
        ("key", "楼栋门牌", "类型", "登记面积", "实测面积", "合同面积", "业主", "业主编号", "开发商未售")
    ]
    for one in queries.entries(vote.roster):
        people = list(one.owners.all())
        measured = [areas.show(getattr(one, name)) for name in ("registry", "survey", "contract")]
        rows.append(
            (
                one.key, one.label, one.kind, *measured, "、".join(person.name for person in people),
                "、".join(person.code for person in people), "是" if one.is_developers else "",
            )
        )  # fmt: skip
    asked = [("号", "选项", "key"), (vote.title, vote.text, vote.number)]
    words = dict(states.YES_NO_WORDS) if vote.kind == "yes_no" else {}
    words |= {one["key"]: one["title"] for one in vote.options}
    asked += [(str(n), str(words[key]), key) for n, key in enumerate(ruling.keys_of(vote), 1)]
    return tables.workbook([(_("名册"), rows), (_("表决事项"), asked)])


@dataclass(slots=True)
class Taken:
    """What came of a file: papers entered, rows refused and why (row as a person counts it, the first
    200)."""

    added: int = 0
    refused: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, row: int, reason: str) -> None:
        self.refused += 1
        if len(self.problems) < REPORTED:
            self.problems.append((row, reason))


def import_papers(*, actor: Actor, number: str, content: bytes) -> Taken:
    """Enter the papers of an official system (CSV: key, owner, choice) into a named vote. Who voted here on
    paper keeps that paper; the row is reported.

    While open or closed. Who: councils.vote:count. Raises not-now, secret-vote (papers of a secret vote
    cannot be given back with names), file-unreadable.
    """
    rows = _rows(content)
    taken = Taken()
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "open", "closed")
        if vote.is_secret:
            raise ActionError("secret-vote", _("无记名表决的票不能带着门牌导入。请用政府系统自己的结果。"))
        entries = {one.key: one for one in queries.entries(vote.roster)}
        given = set(vote.papers.values_list("entry_id", "owner"))
        made = []
        for n, row in rows:
            try:
                paper = _paper(vote, _entry(entries, row), row["owner"], _choice(vote, row["choice"]), given)
            except ActionError as error:
                taken.refuse(n, str(error.message))
                continue
            paper.entered_by = actor.account
            given.add((paper.entry_id, paper.owner))
            made.append(paper)
        VotePaper.objects.bulk_create(made, batch_size=1000)
        _mark(vote, made)
        taken.added = len(made)
        if vote.state == "closed" and taken.added:
            channels = list(vote.voted.values_list("channel", flat=True))
            vote.turnout = {name: channels.count(name) for name in ("portal", "paper")}
            vote.save(update_fields=["turnout"])
        line("councils.vote.official_imported", actor, vote, n=taken.added, refused=taken.refused)
    return taken


def _paper(
    vote: Vote, entry: RosterEntry, owner: str, choice: papers.Choice, given: set[tuple[Any, str]]
) -> VotePaper:
    """One paper, not yet written; raises voted where the entry (and this owner) has one, not-an-owner."""
    if vote.is_by_area:
        codes = [one.code for one in entry.owners.all()]
        owner = owner or (codes[0] if len(codes) == 1 else "")
        if owner not in codes:
            text = _("“%(who)s”没有业主编号“%(code)s”。") % {"who": entry.label, "code": owner[:24]}
            raise ActionError("not-an-owner", text, status=422)
    else:
        owner = ""
    if (entry.pk, owner) in given:
        text = _("“%(who)s”已经投过了，每一项只能投一次。") % {"who": entry.label}
        raise ActionError("voted", text)
    return VotePaper(vote=vote, entry=entry, owner=owner, choice=choice, channel="paper")


def _mark(vote: Vote, made: list[VotePaper]) -> None:
    """That these entries have voted, where they have not yet."""
    done = set(vote.voted.values_list("entry_id", flat=True))
    entries = dict.fromkeys(one.entry_id for one in made if one.entry_id not in done)
    VoteTurnout.objects.bulk_create(
        (VoteTurnout(vote=vote, entry_id=one, channel="paper") for one in entries), batch_size=1000
    )


def _entry(entries: dict[str, RosterEntry], row: dict[str, str]) -> RosterEntry:
    found = entries.get(row["key"])
    if found is None:
        text = _("名册里没有“%(key)s”。") % {"key": row["key"][:40]}
        raise ActionError("no-entry", text, status=422)
    return found


def _choice(vote: Vote, text: str) -> papers.Choice:
    """A choice as a file writes it: keys, numbers or words of options, several separated by spaces or 、."""
    plain = text.strip()
    if plain.lower() in SPOILED:
        return None
    if plain.lower() in ABSTAINED:
        return []
    keys = ruling.keys_of(vote)
    known = {key: key for key in keys} | {str(n): key for n, key in enumerate(keys, 1)}
    known |= {str(one["title"]): one["key"] for one in vote.options}
    if vote.kind == "yes_no":
        known |= {"同意": "yes", "不同意": "no", "反对": "no"}
    said = (
        [known.get(plain)] if plain in known else [known.get(one) for one in plain.replace("、", " ").split()]
    )
    if not said or None in said:
        raise ActionError("not-offered", _("选择“%(text)s”看不懂。") % {"text": plain[:40]}, status=422)
    return papers.check(vote, [one for one in said if one])


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline=""))) if "\x00" not in text else []
    head = [one.strip().lower() for one in rows[0]] if rows else []
    where = {
        name: next((head.index(one) for one in names if one in head), None) for name, names in _HEADS.items()
    }
    if where["key"] is None or where["choice"] is None or len(rows) > MOST_ROWS:
        text = _("这个文件不对。要 CSV，第一行是 key, owner, choice。")
        raise ActionError("file-unreadable", text, field="file", status=422)
    found = []
    for n, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            cells = {
                name: row[at].strip() if at is not None and at < len(row) else ""
                for name, at in where.items()
            }
            found.append((n, cells))
    return found


def check_totals(vote: Vote, content: bytes) -> list[tuple[str, int, int]]:
    """Compare the official system's totals (CSV: choice, papers) with the named papers here: (choice in
    words, theirs, ours) for every choice, where they differ or not. Raises file-unreadable."""
    text = content.decode("utf-8-sig", errors="replace")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    if len(rows) < 2 or any(len(row) < 2 or not row[1].strip().isdecimal() for row in rows[1:]):
        raise ActionError(
            "file-unreadable", _("这个文件不对。要 CSV，第一行是 choice, papers。"), field="file", status=422
        )
    ours: dict[str, int] = {}
    for choice in VotePaper.objects.filter(vote=vote).values_list("choice", flat=True):
        name = "x" if choice is None else " ".join(choice if vote.kind == "rank" else sorted(choice)) or "0"
        ours[name] = ours.get(name, 0) + 1
    theirs: dict[str, int] = {}
    for row in rows[1:]:
        said = _choice(vote, row[0])
        name = "x" if said is None else " ".join(said if vote.kind == "rank" else sorted(said)) or "0"
        theirs[name] = theirs.get(name, 0) + int(row[1])
    return [(name, theirs.get(name, 0), ours.get(name, 0)) for name in sorted({*ours, *theirs})]
