"""Challenges: somebody finds a vote wrong, says so, and is answered in public."""

from datetime import date

from django.utils.translation import gettext as _

from mulin.councils.rosters import queries as rosters
from mulin.councils.votes import access, result, states
from mulin.councils.votes.drafting import line
from mulin.councils.votes.models import Vote, VoteChallenge
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number, new_number
from mulin.kernel.policy import require

TEXT_LENGTH, SUMMARY_LENGTH, ANSWER_LENGTH, NAME_LENGTH = 2000, 300, 2000, 40
MOST_A_PERSON = 5


def challenge(*, actor: Actor, number: str, text: str) -> VoteChallenge:
    """Challenge a vote, from its notice until some days after the result (rule councils.vote.challenge_days).

    Who: those whose vote it is, by the roster. Raises not-yours, over, no-text, too-many.
    """
    text = _checked(text)
    with write():
        vote = access.get_public(number, lock=True)
        require(actor, access.CAST, access.target_of(vote))
        if not rosters.entries_of(vote.roster, actor, vote=vote.number):
            said = _("网上提异议要是名册上的人。也可以到社区当面提，一样登记、一样答复。")
            raise ActionError("not-yours", said)
        if vote.challenges.filter(account=actor.account, state="open").count() >= MOST_A_PERSON:
            raise ActionError("too-many", _("您提的异议还在等答复，请先看答复。"))
        made = _make(vote, text, account_id=actor.account)
        line("councils.vote.challenged", actor, vote, of=made.number)
    return made


def record_challenge(*, actor: Actor, number: str, text: str, name: str) -> VoteChallenge:
    """Write down what is said at the counter. Who: councils.vote:manage. Raises over, no-text, no-name."""
    text, name = _checked(text), name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise ActionError("no-name", _("请写提出人的姓名。"), field="name", status=422)
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        made = _make(vote, text, name=name)
        line("councils.vote.challenged", actor, vote, of=made.number)
    return made


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT_LENGTH:
        said = _("请写明哪里不对，最多2000个字。")
        raise ActionError("no-text", said, field="text", status=422)
    return text


def _make(vote: Vote, text: str, **who: object) -> VoteChallenge:
    if not result.takes_challenges(vote):
        raise ActionError("over", _("现在不能提异议：结果公布已久，或者表决没有办。"))
    return VoteChallenge.objects.create(vote=vote, number=new_number(), text=text, **who)


def answer_challenge(
    *, actor: Actor, number: str, challenge_number: str, decision: str, summary: str, answer: str
) -> VoteChallenge:
    """Decide and answer a challenge; `summary` (what it is about, without names) and `answer` are public.

    Who: councils.vote:certify. Raises NotVisible, not-now, no-decision, no-summary, no-answer.
    """
    summary, answer = summary.strip(), answer.strip()
    if decision not in states.DECISION_WORDS:
        raise ActionError("no-decision", _("请选异议成立还是不成立。"), field="decision", status=422)
    if not summary or len(summary) > SUMMARY_LENGTH:
        said = _("请用一两句话写明异议说的是什么，不写姓名。")
        raise ActionError("no-summary", said, field="summary", status=422)
    if not answer or len(answer) > ANSWER_LENGTH:
        raise ActionError("no-answer", _("请写答复，最多2000个字。"), field="answer", status=422)
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.CERTIFY, vote)
        found = vote.challenges.filter(number=clean_number(challenge_number)).first()
        if found is None:
            raise NotVisible(challenge_number)
        if found.state != "open":
            raise ActionError("not-now", _("这条异议已经答复过了。"))
        found.state, found.decision, found.summary, found.answer = "answered", decision, summary, answer
        found.answered_by, found.answered_at = actor.account, now()
        found.save()
        line("councils.vote.challenge_answered", actor, vote, of=found.number, decision=decision)
    return found


def challenged_until(vote: Vote) -> date | None:
    """The last day on which a published vote can be challenged; None before its result."""
    return None if vote.published_at is None else result.challenge_day(vote)
