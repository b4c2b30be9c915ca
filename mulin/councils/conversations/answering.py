"""Taking sides, and saying something oneself: by anyone, in a second, without a name.

An answer is no act of an office and writes no journal line: a line has a time, and a time leads to a person.
What is written passes a moderator before anybody sees it.
"""

import math
from collections.abc import Mapping
from uuid import UUID

from django.db.models import F, Max
from django.utils.translation import gettext as _

from mulin.councils.conversations import queries
from mulin.councils.conversations.actions import line
from mulin.councils.conversations.models import Conversation, Opinion, Participant, Statement
from mulin.kernel import policy, rulebook
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.voices import grams, masking

STATEMENT_LENGTH = 140


class Alike(ActionError):
    """Others said nearly the same: `found` maps numbers of statements to their texts."""

    def __init__(self, found: Mapping[int, str]):
        super().__init__("alike", _("有人说过类似的，先看看是不是同一个意思。"), field="text", status=422)
        self.found = found


def answer(*, actor: Actor, number: str, key: str, n: int, value: int) -> Participant:
    """Say what one thinks of statement `n`: 1, -1 or 0; a second time changes it.

    Anyone may, while it is open; where it is only for residents, those confirmed in the place. `key`: the
    browser's secret. Raises NotVisible, over, login-first, not-resident, no-key, gone, bad-answer.
    """
    if value not in {-1, 0, 1}:
        raise ActionError("bad-answer", _("请选同意、不同意或说不准。"), status=422)
    with write():
        conversation = _open_to(actor, number)
        if not conversation.statements.filter(n=n, state="shown").exists():
            raise ActionError("gone", _("这句话已经撤下或并到别的话里了，请看下一句。"))
        participant, identity = queries.participant_of(conversation, actor, key)
        if participant is None:
            participant = _newcomer(conversation, identity)
        Opinion.objects.bulk_create(
            [Opinion(participant=participant, n=n, value=value)],
            update_conflicts=True, unique_fields=["participant", "n"], update_fields=["value"],
        )  # fmt: skip
        Participant.objects.filter(pk=participant.pk).update(touches=F("touches") + 1, is_fresh=True)
    return participant


def _open_to(actor: Actor, number: str) -> Conversation:
    conversation = queries.public_conversation(number)
    policy.require(actor, queries.ANSWER, queries.target_of(conversation))
    if not queries.takes_answers(conversation):
        raise ActionError("over", _("征集已经结束，谢谢您。结果在这一页上看。"))
    why = queries.keeps_out(conversation, actor)
    if why == "login":
        raise ActionError("login-first", _("这次只请本地住户表态，请先登录。"), status=403)
    if why == "verify":
        text = _("这次只请本地认证住户表态。在“我的”里申请认证，通过后就能参加。")
        raise ActionError("not-resident", text, status=403)
    return conversation


def _newcomer(conversation: Conversation, identity: str) -> Participant:
    if not identity:
        text = _("浏览器没有留下记号，记不住您的表态。请允许本站的 Cookie 再试。")
        raise ActionError("no-key", text, status=422)
    digest = queries.hashed(conversation, identity)
    return Participant.objects.get_or_create(conversation=conversation, key_hash=digest)[0]


def write_statement(
    *, actor: Actor, number: str, key: str, text: str, anyway: bool = False
) -> tuple[Statement, bool]:
    """Say something in one sentence. It waits for a moderator; telephone numbers, doors and the like are
    covered at once. Returns it and whether something was covered.

    Who: as `answer`. `anyway`: others said something like it, and it is still meant to be another. Raises
    what `answer` raises, and not-asked, no-text, too-long, too-many, Alike.
    """
    text = " ".join(text.split())
    if not text:
        raise ActionError("no-text", _("请写一句话。"), field="text", status=422)
    if len(text) > STATEMENT_LENGTH:
        raise ActionError("too-long", _("一句话最多140个字，一次只说一个意思。"), field="text", status=422)
    masked = masking.mask(text)
    with write():
        conversation = _open_to(actor, number)
        if not conversation.writes:
            raise ActionError("not-asked", _("这次只请大家表态，不收新的话。"))
        _participant, identity = queries.participant_of(conversation, actor, key)
        if not identity:
            _newcomer(conversation, identity)
        digest = queries.hashed(conversation, identity, "statement")
        _refuse_too_many(conversation, digest)
        found = alike(conversation, masked)
        if found and (not anyway or _is_same(masked, found.values())):
            raise Alike(found)
        Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        made = add_statement(conversation, text=masked, author_hash=digest)
        line("councils.conversation.statement_written", ANONYMOUS, conversation)
    return made, masked != text


def _refuse_too_many(conversation: Conversation, digest: str) -> None:
    most = int(rulebook.value("councils.opinions.statements_each", at=conversation.place))
    if conversation.statements.filter(author_hash=digest).count() >= most:
        text = _("您已经写了%(n)s句，够多了；请看看别人的话。") % {"n": most}
        raise ActionError("too-many", text, field="text")


def add_statement(conversation: Conversation, *, text: str, **more: object) -> Statement:
    """One more, with the next number; the conversation is locked."""
    last = conversation.statements.aggregate(last=Max("n"))["last"] or 0
    return Statement.objects.create(conversation=conversation, n=last + 1, text=text, **more)


def alike(conversation: Conversation, text: str, limit: int = 3, but: int = 0) -> dict[int, str]:
    """Statements that say nearly the same, the likest first. Only what everybody may see."""
    least = float(rulebook.value("councils.opinions.likeness", at=conversation.place))
    texts = queries.shown_statements(conversation)
    scored = [(likeness(text, other), n) for n, other in texts.items() if n != but]
    best = sorted((one for one in scored if one[0] >= least), key=lambda one: (-one[0], one[1]))[:limit]
    return {n: texts[n] for _score, n in best}


def likeness(a: str, b: str) -> float:
    """How much two sentences share, 0 to 1: cosine of their pairs of characters, stop words left out where
    something is left then."""
    first, second = _pairs(a), _pairs(b)
    return len(first & second) / math.sqrt(len(first) * len(second)) if first and second else 0.0


def _pairs(text: str) -> frozenset[str]:
    return grams.gram_set(grams.normalise(text)) or grams.gram_set(grams.squeeze(text))


def _is_same(text: str, others: object) -> bool:
    plain = grams.squeeze(text)
    return any(plain == grams.squeeze(other) for other in others)


# A person's share in "my data" ------------------------------------------------------------------------


def _traces(account: UUID) -> list[Participant]:
    """Where an account is still known to have answered: conversations that are not published yet."""
    alive = Conversation.objects.exclude(state__in=["draft", "published"])
    hashes = [queries.hashed(one, f"account:{account}") for one in alive.only("id")]
    found: list[Participant] = []
    for begin in range(0, len(hashes), 500):
        rows = Participant.objects.filter(key_hash__in=hashes[begin : begin + 500])
        found += rows.select_related("conversation")
    return found


def export(account: UUID) -> list[dict[str, object]]:
    """What this account answered, where that is still known."""
    found = []
    for one in _traces(account):
        texts = dict(one.conversation.statements.values_list("n", "text"))
        answers = queries.answers_of(one)
        found.append(
            {
                "number": one.conversation.number,
                "title": one.conversation.title,
                "answers": [{"statement": texts.get(n, ""), "answer": answers[n]} for n in sorted(answers)],
            }
        )
    return found


def erase(account: UUID) -> int:
    """Forget that the answers are this account's; the answers stay, as nobody's. How many conversations."""
    found = _traces(account)
    Participant.objects.filter(pk__in=[one.pk for one in found]).update(key_hash="")
    for conversation in {one.conversation for one in found}:
        digest = queries.hashed(conversation, f"account:{account}", "statement")
        conversation.statements.filter(author_hash=digest).update(author_hash="")
    return len(found)
