"""Money that went over the counter: recorded by the desk, never moved by the system."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import journal, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.ledger import posting
from mulin.ledger.models import Book, Posting
from mulin.mutualaid.sharing import access, money
from mulin.mutualaid.sharing.models import SharedUse
from mulin.mutualaid.sharing.offers import _short

WORDS = 100


def record_payment(*, actor: Actor, place: str, party: UUID, fen: int, words: str = "") -> Posting:
    """Somebody paid what they owe, by hand. Who: aid.sharing:manage. Raises no-amount, over-paid."""
    return _record(actor, place, money.BORROWER, party, fen, words)


def record_payout(*, actor: Actor, place: str, party: UUID, fen: int, words: str = "") -> Posting:
    """The community paid an owner, by hand. Who: aid.sharing:manage, not to themselves. Raises no-amount,
    over-paid, no-cash, own-case."""
    return _record(actor, place, money.OWNER, party, fen, words)


def _record(actor: Actor, place: str, kind: str, party: UUID, fen: int, words: str) -> Posting:
    policy.require(actor, access.MANAGE, place)
    words = _short(words, WORDS, "words")
    if party == actor.account:
        raise ActionError("own-case", _("这和您自己有关，请另一位同事来办。"))
    if fen <= 0:
        raise ActionError("no-amount", _("请填金额。"), field="yuan", status=422)
    if not Book.objects.filter(place=place, unit="fen", kind=kind, ref=party).exists():
        raise NotVisible(str(party))
    with write():
        act = money.pay if kind == money.BORROWER else money.pay_out
        made = act(place, party, fen, words=words, actor=actor)
        code = "aid.sharing.paid" if kind == money.BORROWER else "aid.sharing.paid_out"
        journal.record(code, actor=actor, place=place, subject=made.pk, data={"fen": fen})
    return made


def take_deposit(*, actor: Actor, number: str) -> SharedUse:
    """The deposit of a use lies with the community now. Who: aid.sharing:manage. Raises not-now."""
    return _deposit(actor, number, "due", "held")


def return_deposit(*, actor: Actor, number: str) -> SharedUse:
    """All of it went back. Who: aid.sharing:manage. Raises not-now; while damage is not settled, too."""
    return _deposit(actor, number, "held", "returned")


def _deposit(actor: Actor, number: str, before: str, after: str) -> SharedUse:
    with write():
        use = access.get_use(actor, number, lock=True)
        policy.require(actor, access.MANAGE, use.place)
        open_damage = use.damages.exclude(state="settled").exists()
        in_hand = after == "returned" and use.state == "in_use"
        if use.deposit_state != before or (after == "returned" and (open_damage or in_hand)):
            raise ActionError("not-now", _("押金现在不能这样办。先看东西还了没有、损坏说好了没有。"))
        if after == "held":
            money.take_deposit(use, actor=actor)
        else:
            money.return_deposit(use, keep=0, actor=actor)
        use.deposit_state = after
        use.save(update_fields=["deposit_state"])
        data = {"number": use.number, "state": after, "fen": use.deposit_fen}
        journal.record("aid.sharing.deposit", actor=actor, place=use.place, subject=use.pk, data=data)
    return use


def waive(*, actor: Actor, number: str, words: str) -> SharedUse:
    """Nothing is owed for this use after all, with a reason that both read. Who: aid.sharing:manage, who is
    neither of the two. Raises not-now, no-words, not-enough."""
    words = _short(words, WORDS, "words")
    if not words:
        raise ActionError("no-words", _("请写明原因，双方都看得到。"), field="words", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        policy.require(actor, access.MANAGE, use.place)
        if access.side_of(actor, use) != "desk":
            raise ActionError("own-case", _("这和您自己有关，请另一位同事来办。"))
        if use.charge is None:
            raise ActionError("not-now", _("这一次没有记费用。"))
        fen = sum(one.amount for one in posting.legs_of(use.charge))
        posting.reverse(use.charge, words=words, actor=actor)
        use.charge, use.decision = None, words
        use.save(update_fields=["charge", "decision"])
        data = {"number": use.number, "fen": fen}
        journal.record("aid.sharing.waived", actor=actor, place=use.place, subject=use.pk, data=data)
    return use
