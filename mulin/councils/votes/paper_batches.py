"""Papers from the box on the table, typed in by two persons: what both typed goes into the box, or neither.

The first person types a batch (say 25 papers with a slip of their own round them), the second types the same
papers again. Where they differ, the page says by how much for each option; somebody takes the papers in hand
again. Only then the papers are sealed like those that came online (`casting.put_typed`). Until then they lie
here under the code of the batch's slip, which the server does not keep (`slips`).
"""

import json
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.votes import access, casting, papers, ruling, slips
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote
from mulin.councils.votes.paper_models import VotePaperBatch
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible

MOST = 50
NAME_LENGTH = 24
SPOILED, BLANK = "x", "0"


class Differs(ActionError):
    """Two persons typed different papers; `rows`: what, how often the first and the second typed it."""

    def __init__(self, rows: list[tuple[str, int, int]]):
        text = _("两个人录的不一样，没有放进票箱。请把这一摞票拿出来，对照下面的差别再数一遍。")
        super().__init__("differs", text, status=422)
        self.rows = rows


def parse(vote: Vote, text: str) -> list[papers.Choice]:
    """Papers as they are typed, one a line: the numbers of the options in the order of the paper ("2", for
    several or a rank "3 1"), 0 for a blank one, x for a spoiled one. Raises bad-line with the line's number,
    no-papers, too-many-papers."""
    keys = ruling.keys_of(vote)
    found: list[papers.Choice] = []
    for n, row in enumerate(text.splitlines(), 1):
        words = row.replace("，", " ").replace(",", " ").replace("、", " ").split()
        if not words:
            continue
        if words == [SPOILED] or words == [SPOILED.upper()]:
            found.append(None)
        elif words == [BLANK]:
            found.append([])
        else:
            found.append(_chosen(vote, keys, words, n))
    if not found:
        raise ActionError("no-papers", _("请录入这一摞票，一行一张。"), field="papers", status=422)
    if len(found) > MOST:
        said = _("一摞最多%(most)s张，请分成几摞。") % {"most": MOST}
        raise ActionError("too-many-papers", said, field="papers", status=422)
    return found


def _chosen(vote: Vote, keys: Sequence[str], words: list[str], n: int) -> list[str]:
    numbers = [int(one) if one.isascii() and one.isdecimal() else 0 for one in words]
    if any(not 1 <= one <= len(keys) for one in numbers):
        text = _("第%(n)s行看不懂。写选项的号，空白票写 0，废票写 x。") % {"n": n}
        raise ActionError("bad-line", text, field="papers", status=422)
    try:
        return papers.check(vote, [keys[one - 1] for one in numbers])
    except ActionError as error:
        text = _("第%(n)s行：%(why)s") % {"n": n, "why": error.message}
        raise ActionError("bad-line", text, field="papers", status=422) from error


def _sorted(choices: Sequence[papers.Choice], is_rank: bool) -> list[papers.Choice]:
    plain = [None if one is None else list(one) if is_rank else sorted(one) for one in choices]
    return sorted(plain, key=lambda one: json.dumps(one))


def begin_batch(*, actor: Actor, number: str, name: str, choices: Sequence[papers.Choice]) -> VotePaperBatch:
    """The first person's typing of a batch, after the close. Nothing is in the box yet. The batch has the
    attribute `slip`: the code for the slip round the papers, which nobody keeps.

    Who: councils.vote:count. Raises not-now, named-vote, no-name, batch-twice, more-than-came.
    """
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise ActionError("no-name", _("请给这一摞编个号，例如 1。"), field="name", status=422)
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "closed")
        casting.must_be_secret(vote)
        if vote.batches.filter(name=name).exists():
            raise ActionError("batch-twice", _("这个号用过了，请换一个。"), field="name", status=422)
        waiting = sum(vote.batches.values_list("n", flat=True))
        came = vote.voted.filter(channel="paper").count()
        typed = vote.slots.filter(channel="paper").count()
        if typed + waiting + len(choices) > came:
            text = _("到场登记了 %(came)s 张纸票，加上这一摞有 %(n)s 张，多了。请先核对登记。")
            said = text % {"came": came, "n": typed + waiting + len(choices)}
            raise ActionError("more-than-came", said, field="papers")
        code = slips.new_code()
        plain = json.dumps(_sorted(choices, vote.kind == "rank"), separators=(",", ":")).encode()
        sealed = slips.seal(code, plain, MOST * papers.room(vote))
        batch = VotePaperBatch.objects.create(
            vote=vote, name=name, typed_by=actor.account, n=len(choices), sealed=sealed
        )
        batch.slip = code
        line("councils.vote.batch_typed", actor, vote, n=len(choices))
    return batch


def confirm_batch(
    *, actor: Actor, number: str, batch: UUID, choices: Sequence[papers.Choice], slip: str
) -> int:
    """The second person's typing, with the code of the slip: the same papers go into the box together; how
    many are typed now.

    Who: councils.vote:count, and not the first person. Raises not-now, same-person, wrong-slip, Differs,
    more-than-came; NotVisible.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "closed")
        found = vote.batches.select_for_update().filter(pk=batch).first()
        if found is None:
            raise NotVisible(batch)
        if found.typed_by == actor.account:
            raise ActionError("same-person", _("这一摞是您录的，请另一个人来录第二遍。"))
        first = _first(found, slip)
        again = _sorted(choices, vote.kind == "rank")
        if again != first:
            raise Differs(differences(vote, first, again))
        found.delete()
        return casting.put_typed(vote, actor, again)


def _first(batch: VotePaperBatch, slip: str) -> list[papers.Choice]:
    """What the first person typed."""
    try:
        return json.loads(slips.unseal(papers.clean_receipt(slip), bytes(batch.sealed)))
    except slips.SlipError as error:
        text = _("这不是这一摞的封条码。请看包票的纸条；纸条丢了，就退回这一摞重新录。")
        raise ActionError("wrong-slip", text, field="slip", status=422) from error


def drop_batch(*, actor: Actor, number: str, batch: UUID) -> None:
    """Take a batch back that waits for the second person, to type it anew. Who: councils.vote:count. Raises
    not-now; NotVisible."""
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "closed")
        found = vote.batches.filter(pk=batch).first()
        if found is None:
            raise NotVisible(batch)
        n = found.n
        found.delete()
        line("councils.vote.batch_dropped", actor, vote, n=n)


def differences(
    vote: Vote, first: Sequence[papers.Choice], second: Sequence[papers.Choice]
) -> list[tuple[str, int, int]]:
    """What was typed how often by each, where it differs; papers as they are typed."""
    numbers = {key: str(n) for n, key in enumerate(ruling.keys_of(vote), 1)}

    def typed(choice: papers.Choice) -> str:
        if choice is None:
            return SPOILED
        return " ".join(numbers[key] for key in choice) or BLANK

    one, two = Counter(map(typed, first)), Counter(map(typed, second))
    return [(text, one[text], two[text]) for text in sorted({*one, *two}) if one[text] != two[text]]
